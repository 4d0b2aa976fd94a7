using System.Net.Http.Headers;
using System.Text;

namespace SwarmAutoscaler.Measuring.Prometheus;

/// <summary>What a request to one Prometheus carries to be let in, read from files; and the guard that none of it is repeated to anyone.</summary>
sealed class PrometheusCredentials
{
    /// <summary>Header values shorter than this, such as a tenant's number, are not taken for secrets.</summary>
    const int ShortestSecretHeader = 6;

    readonly AuthenticationHeaderValue? authorization;
    readonly RequestHeaders headers;
    readonly List<string> secrets = [];

    PrometheusCredentials(PrometheusConnection connection)
    {
        headers = connection.Headers;
        foreach (var value in headers.Values.Where(value => value.Length >= ShortestSecretHeader))
            secrets.AddRange(value.Split(' ').Where(part => part.Length >= ShortestSecretHeader));
        if (connection.BearerTokenFile is { } tokenFile)
            authorization = new("Bearer", Remember(ReadToken(tokenFile)));
        else if (connection is { Username: { } user, PasswordFile: { } passwordFile })
            authorization = new("Basic", Remember(Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{Remember(SecretFile.Read(passwordFile))}"))));
    }

    /// <summary>Reads the files.</summary>
    /// <exception cref="IOException">A file cannot be read or holds nothing usable; the message names the path only.</exception>
    public static PrometheusCredentials Read(PrometheusConnection connection) => new(connection);

    public void AddTo(HttpRequestMessage request)
    {
        headers.AddTo(request.Headers);
        if (authorization is not null)
            request.Headers.Authorization = authorization;
    }

    /// <summary>Someone else's text, fit for one sentence: one line, at most 300 letters, and withheld as a whole if it repeats a secret.</summary>
    public string Quote(string text)
    {
        const int Longest = 300;
        if (secrets.Any(secret => text.Contains(secret, StringComparison.Ordinal)))
            return "(a text that repeats a secret)";
        var line = string.Join(' ', string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter)).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= Longest ? line : $"{line.AsSpan(0, Longest)}…";
    }

    static string ReadToken(string path)
    {
        var token = SecretFile.Read(path).Trim();
        return token.Length > 0 && token.All(letter => letter is > ' ' and <= '~')
            ? token
            : throw new IOException($"secret file {path} {(token.Length == 0 ? "is empty" : "holds letters that no token has")}");
    }

    string Remember(string secret)
    {
        if (secret.Length > 0)
            secrets.Add(secret);
        return secret;
    }
}
