using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Measuring.RabbitMq;

/// <summary>Reads one entry under <c>connections: rabbitmq:</c>. No message repeats an address: it may hold a password.</summary>
static class RabbitMqConnectionKeys
{
    const int PlainPort = 5672;
    const int TlsPort = 5671;

    public static RabbitMqConnection? Read(string name, FieldReader fields)
    {
        var (amqp, amqpValid) = Address(fields, "url", "amqp", "amqps");
        var (management, managementValid) = Address(fields, "management_url", "http", "https");
        var passwordFile = fields.Has("password_file") ? fields.RequiredText("password_file") : null;
        var caFile = fields.Has("ca_file") ? fields.RequiredText("ca_file") : null;
        var user = fields.Has("username") ? fields.RequiredText("username") : null;
        if (!fields.Has("url") && !fields.Has("management_url"))
        {
            fields.Error("'url' (amqp:// or amqps://) or 'management_url' (http:// or https://) is missing");
            return null;
        }
        var (users, passwords) = Credentials(user, amqp, management);
        if (!amqpValid || !managementValid || !Agree(fields, users, passwords, passwordFile is not null) || !Virtual(fields, amqp, out var virtualHost))
            return null;
        return new RabbitMqConnection(name)
        {
            Amqp = amqp is null ? null : AmqpAddress(amqp),
            Management = management is null ? null : ManagementAddress(management),
            VirtualHost = virtualHost,
            User = users.FirstOrDefault() ?? "guest",
            InlinePassword = passwordFile is null ? passwords.FirstOrDefault() : null,
            PasswordFile = passwordFile,
            CaFile = caFile,
        };
    }

    static (Uri? Address, bool Valid) Address(FieldReader fields, string key, string plain, string secure)
    {
        if (!fields.Has(key))
            return (null, true);
        var text = fields.RequiredText(key);
        if (text is null)
            return (null, false);
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == plain || address.Scheme == secure)
            && address.Host.Length > 0 && address.Query.Length == 0 && address.Fragment.Length == 0)
            return (address, true);
        fields.Error(key, $"'{key}' is not an address such as {plain}://rabbitmq.example.com or {secure}://rabbitmq.example.com, without a query");
        return (null, false);
    }

    static (List<string> Users, List<string> Passwords) Credentials(string? user, params Uri?[] addresses)
    {
        var users = new List<string>(user is null ? [] : [user]);
        var passwords = new List<string>();
        foreach (var parts in addresses.OfType<Uri>().Select(address => address.UserInfo.Split(':', 2)))
        {
            if (parts[0].Length > 0)
                users.Add(Uri.UnescapeDataString(parts[0]));
            if (parts.Length == 2 && parts[1].Length > 0)
                passwords.Add(Uri.UnescapeDataString(parts[1]));
        }
        return (users, passwords);
    }

    static bool Agree(FieldReader fields, List<string> users, List<string> passwords, bool file)
    {
        if (users.Distinct(StringComparer.Ordinal).Count() > 1)
            fields.Error("two different users are given: one connection has one user");
        else if (passwords.Distinct(StringComparer.Ordinal).Count() > 1)
            fields.Error("two different passwords are given: one connection has one user");
        else if (file && passwords.Count > 0)
            fields.Error("password_file", "the password is given twice: in 'password_file' and in an address");
        else if (users.Count > 0 && users[0] != "guest" && !file && passwords.Count == 0)
            fields.Error($"user '{users[0]}' has no password: name its file in 'password_file'");
        else
            return true;
        return false;
    }

    /// <summary><c>amqp://host</c> and <c>amqp://host/</c> mean the vhost <c>/</c>, <c>amqp://host/%2Fshop</c> means <c>/shop</c>.</summary>
    static bool Virtual(FieldReader fields, Uri? amqp, out string virtualHost)
    {
        var path = amqp is null ? "" : amqp.AbsolutePath.TrimStart('/');
        virtualHost = path.Length == 0 ? "/" : Uri.UnescapeDataString(path);
        if (!path.Contains('/', StringComparison.Ordinal) && RabbitMqQueryKeys.IsShort(virtualHost))
            return true;
        fields.Error("url", "the path of 'url' is not a vhost of at most 255 bytes; write a slash in its name as %2F");
        return false;
    }

    static Uri AmqpAddress(Uri address)
    {
        int port = address.Port > 0 ? address.Port : address.Scheme == "amqps" ? TlsPort : PlainPort;
        return new UriBuilder(address.Scheme, address.Host, port).Uri;
    }

    static Uri ManagementAddress(Uri address) => new UriBuilder(address.Scheme, address.Host, address.Port, address.AbsolutePath.TrimEnd('/') + "/").Uri;
}
