using System.Globalization;

namespace SwarmAutoscaler.Applying;

/// <summary>Where one Docker engine listens. <see cref="object.ToString"/> is fit for logs.</summary>
abstract record DockerEndpoint
{
    /// <summary>Where the Docker client looks when nothing is set.</summary>
    public const string DefaultSocket = "/var/run/docker.sock";

    /// <summary>
    /// Reads one entry of <c>DOCKER_HOST</c>: <c>unix:///path</c>, <c>tcp://host:port</c>, <c>http://</c>, <c>https://</c>, or <c>host:port</c>, which
    /// means <c>tcp</c>. The problem does not repeat an entry with a user name, it could hold a password.
    /// </summary>
    /// <param name="text">The entry.</param>
    /// <param name="tls">
    /// How TCP connections are secured; null when they are not. <c>https</c> is always secured, by default with the system's authorities.
    /// </param>
    public static (DockerEndpoint? Endpoint, string? Problem) Parse(string text, EngineTls? tls)
    {
        var (scheme, address) = text.Split("://", 2) is [var before, var after] ? (before, after) : ("tcp", text);
        if (address.Contains('@', StringComparison.Ordinal))
            return (null, "DOCKER_HOST: an address cannot hold a user name or password");
        return scheme switch
        {
            "unix" => Unix(address),
            "tcp" when address.StartsWith('/') => (null, $"DOCKER_HOST: '{text}' has no host; write unix://{address} for a socket"),
            "tcp" => Tcp(text, address, tls),
            "http" => Tcp(text, address, null),
            "https" => Tcp(text, address, tls ?? EngineTls.SystemTrust),
            _ => (null, $"DOCKER_HOST: '{text}' is not supported; use unix://, tcp:// or https://"),
        };
    }

    static (DockerEndpoint?, string?) Unix(string path) => path switch
    {
        "" => (new UnixEndpoint(DefaultSocket), null),
        ['/', ..] => (new UnixEndpoint(path), null),
        _ => (null, $"DOCKER_HOST: the socket's path '{path}' must begin with '/': write unix:///{path}"),
    };

    /// <summary>The ports are the Docker client's: 2376 with TLS, else 2375.</summary>
    static (DockerEndpoint?, string?) Tcp(string text, string address, EngineTls? tls)
    {
        if (!Uri.TryCreate("tcp://" + (address.StartsWith(':') ? "localhost" + address : address), UriKind.Absolute, out var uri) || uri.Host.Length == 0
            || uri.Port == 0 || uri.PathAndQuery.Trim('/').Length > 0 || uri.Fragment.Length > 0)
            return (null, $"DOCKER_HOST: '{text}' is not an address such as tcp://manager.example.com:2376");
        return (new TcpEndpoint(uri.IdnHost, uri.IsDefaultPort ? tls is null ? 2375 : 2376 : uri.Port, tls), null);
    }
}

/// <summary>A unix socket.</summary>
sealed record UnixEndpoint(string Path) : DockerEndpoint
{
    public override string ToString() => $"unix://{Path}";
}

/// <summary>A TCP port, secured when <paramref name="Tls"/> is set.</summary>
sealed record TcpEndpoint(string Host, int Port, EngineTls? Tls) : DockerEndpoint
{
    public override string ToString()
    {
        var host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
        return string.Create(CultureInfo.InvariantCulture, $"{(Tls is null ? "tcp" : "https")}://{host}:{Port}");
    }
}
