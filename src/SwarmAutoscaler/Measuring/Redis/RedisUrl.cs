using System.Globalization;

namespace SwarmAutoscaler.Measuring.Redis;

/// <summary><c>redis://[user[:password]@]host[:port][/database]</c>; <c>rediss://</c> for TLS. Characters that mean something in a URL are percent-encoded.</summary>
sealed record RedisUrl(RedisAddress Address, int Database, RedisLogin Login, bool Encrypted)
{
    /// <summary>Null when the text has another form. Nothing that was understood is left out: a query such as <c>?timeout=5</c> is another form.</summary>
    public static RedisUrl? Parse(string text)
    {
        if (Split(text, RedisAddress.DefaultPort) is not var (url, address) || url.Scheme is not ("redis" or "rediss"))
            return null;
        int database = 0;
        if (url.AbsolutePath is not ("" or "/") && !int.TryParse(url.AbsolutePath.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out database))
            return null;
        var user = url.UserInfo.Split(':', 2);
        var password = user.Length > 1 && user[1].Length > 0 ? new HiddenText(Uri.UnescapeDataString(user[1])) : null;
        return new RedisUrl(address, database, new RedisLogin(user[0].Length > 0 ? Uri.UnescapeDataString(user[0]) : null, null, password), url.Scheme == "rediss");
    }

    /// <summary><c>host[:port]</c> of a sentinel; null when the text has another form.</summary>
    public static RedisAddress? ParseSentinel(string text) =>
        Split($"redis://{text}", RedisAddress.DefaultSentinelPort) is var (url, address) && url is { UserInfo: "", AbsolutePath: "" or "/" } ? address : null;

    static (Uri Url, RedisAddress Address)? Split(string text, int defaultPort) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url is { Host.Length: > 0, Port: not 0, Query: "", Fragment: "" }
            ? (url, new RedisAddress(url.DnsSafeHost, url.Port < 0 ? defaultPort : url.Port))
            : null;
}
