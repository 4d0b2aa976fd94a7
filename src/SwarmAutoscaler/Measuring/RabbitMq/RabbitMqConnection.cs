using System.Text;

namespace SwarmAutoscaler.Measuring.RabbitMq;

/// <summary>
/// One broker: its AMQP address, the address of its management API, or both. With a management address everything is read over HTTP; without
/// one, passive declares tell ready messages and consumers.
/// </summary>
sealed record RabbitMqConnection(string Name) : MetricConnection(Name)
{
    /// <summary><c>amqp</c> or <c>amqps</c> with host and port, without user, password and path.</summary>
    public Uri? Amqp { get; init; }

    /// <summary><c>http</c> or <c>https</c>, ends with a slash, without user and password.</summary>
    public Uri? Management { get; init; }

    /// <summary>The vhost of metrics that name none: the path of the AMQP address, else <c>/</c>.</summary>
    public string VirtualHost { get; init; } = "/";

    /// <summary><c>guest</c> when nobody says otherwise, as in every client.</summary>
    public string User { get; init; } = "guest";

    /// <summary>The password from an address. A secret: no text of this record shows it.</summary>
    public string? InlinePassword { get; init; }

    public string? PasswordFile { get; init; }

    /// <summary>Certificates (PEM) to trust instead of the machine's.</summary>
    public string? CaFile { get; init; }

    /// <summary>The password, or why there is none. The file is read anew each time, so that a rotated password needs no restart.</summary>
    public (string Password, Missing? Failure) ReadPassword()
    {
        try
        {
            return (PasswordFile is { } path ? SecretFile.Read(path) : InlinePassword ?? "guest", null);
        }
        catch (IOException e)
        {
            return ("", new Missing(MissingReason.Unauthorized, e.Message));
        }
    }

    protected override bool PrintMembers(StringBuilder builder)
    {
        builder.Append("Name = ").Append(Name).Append(", Amqp = ").Append(Amqp).Append(", Management = ").Append(Management);
        return true;
    }
}
