using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Measuring.Redis;

/// <summary>
/// The keys of <c>connections: redis: &lt;name&gt;:</c>. Either <c>url</c>, or <c>sentinels</c> and <c>master</c> (with <c>database</c> and
/// <c>tls: true</c> where a URL would have them). No message repeats a URL, because it may hold a password.
/// </summary>
sealed class RedisConnectionReader(FieldReader fields)
{
    static readonly string[] OnlyWithSentinels = ["master", "sentinel_username", "sentinel_password_file", "database", "tls"];
    static readonly string[] OnlyWithTls = ["ca_file", "client_cert_file", "client_key_file"];

    bool correct = true;

    /// <summary>Null when an error was reported.</summary>
    public RedisConnection? Read(string name)
    {
        bool hasUrl = fields.Has("url"), hasSentinels = fields.Has("sentinels");
        if (hasUrl == hasSentinels)
            Wrong(hasUrl ? "sentinels" : "url", "give either 'url', or 'sentinels' and 'master'");
        var url = hasUrl ? ReadUrl() : null;
        var sentinels = ReadSentinels(hasSentinels);
        var (database, tls) = (fields.Int("database"), fields.Flag("tls"));
        if (!hasSentinels)
            foreach (var key in OnlyWithSentinels.Where(fields.Has))
                Wrong(key, $"'{key}' goes with 'sentinels'{(key is "database" ? "; in a URL it is the path: redis://host/1" : key is "tls" ? "; the URL of a TLS server begins with rediss://" : "")}");
        else if (fields.Has("database") && database is null || fields.Has("tls") && tls is null)
            correct = false;
        var connection = new RedisConnection(name)
        {
            Address = url?.Address,
            Sentinels = sentinels,
            Database = url?.Database ?? database ?? 0,
            Login = ReadLogin(url?.Login ?? RedisLogin.None),
            Tls = ReadTls(url?.Encrypted ?? tls ?? false),
        };
        return correct ? connection : null;
    }

    RedisUrl? ReadUrl()
    {
        var text = fields.RequiredText("url");
        var url = text is null ? null : RedisUrl.Parse(text);
        if (text is null)
            correct = false;
        else if (url is null)
            Wrong("url", "'url' must have the form redis://[user@]host[:port][/database], or rediss:// for TLS");
        return url;
    }

    RedisSentinelGroup? ReadSentinels(bool present)
    {
        var (texts, master) = (fields.Texts("sentinels"), fields.Text("master"));
        var login = new RedisLogin(fields.Text("sentinel_username"), fields.Text("sentinel_password_file"), null);
        if (!present)
            return null;
        if (string.IsNullOrEmpty(master))
            Wrong("master", "'master' is missing: the name under which the sentinels know the master");
        if (login is { Username: not null, PasswordFile: null })
            Wrong("sentinel_username", "'sentinel_username' needs 'sentinel_password_file'");
        if (texts.Count == 0)
            Wrong("sentinels", "'sentinels' must be a list of at least one host:port");
        var addresses = new List<RedisAddress>();
        foreach (var text in texts)
            if (RedisUrl.ParseSentinel(text) is { } address)
                addresses.Add(address);
            else
                Wrong("sentinels", "an entry of 'sentinels' is not host:port");
        return new RedisSentinelGroup(master ?? "", login) { Addresses = addresses };
    }

    RedisLogin ReadLogin(RedisLogin fromUrl)
    {
        var (username, file) = (fields.Text("username"), fields.Text("password_file"));
        if (username is not null && fromUrl.Username is not null)
            Wrong("username", "the user is given twice, in 'url' and as 'username'");
        if (file is not null && fromUrl.Password is not null)
            Wrong("password_file", "the password is given twice, in 'url' and as 'password_file'");
        var login = new RedisLogin(username ?? fromUrl.Username, file, fromUrl.Password);
        if (login is { Username: not null, PasswordFile: null, Password: null })
            Wrong(username is null ? "url" : "username", "a user needs a password: give 'password_file'");
        return login;
    }

    RedisTls? ReadTls(bool encrypted)
    {
        var tls = new RedisTls(fields.Text("ca_file"), fields.Text("client_cert_file"), fields.Text("client_key_file"));
        if (!encrypted && correct)
            foreach (var key in OnlyWithTls.Where(fields.Has))
                Wrong(key, $"'{key}' needs TLS: a rediss:// URL, or 'tls: true' with sentinels");
        if (tls.ClientCertFile is null != tls.ClientKeyFile is null)
            Wrong(tls.ClientCertFile is null ? "client_key_file" : "client_cert_file", "'client_cert_file' and 'client_key_file' go together");
        return encrypted ? tls : null;
    }

    void Wrong(string key, string message)
    {
        fields.Error(key, message);
        correct = false;
    }
}
