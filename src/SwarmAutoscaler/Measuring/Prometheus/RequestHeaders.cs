using System.Net.Http.Headers;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Measuring.Prometheus;

/// <summary>Extra request headers, equal when all names and values are. Values may be secrets and are never shown.</summary>
sealed class RequestHeaders : IEquatable<RequestHeaders>
{
    /// <summary>What the client sets itself, or what would change how the connection works.</summary>
    static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Content-Length", "Content-Type", "Expect", "Keep-Alive", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
    };

    readonly IReadOnlyDictionary<string, string> values;

    RequestHeaders(IReadOnlyDictionary<string, string> values) => this.values = values;

    public static RequestHeaders None { get; } = new(new SortedDictionary<string, string>(StringComparer.Ordinal));

    public IEnumerable<string> Values => values.Values;

    public bool Has(string name) => values.Keys.Contains(name, StringComparer.OrdinalIgnoreCase);

    public void AddTo(HttpRequestHeaders request)
    {
        foreach (var (name, value) in values)
            request.TryAddWithoutValidation(name, value);
    }

    public bool Equals(RequestHeaders? other) => other is not null && values.SequenceEqual(other.values);

    public override bool Equals(object? obj) => Equals(obj as RequestHeaders);

    public override int GetHashCode() => values.Aggregate(0, (hash, header) => HashCode.Combine(hash, header.Key, header.Value));

    public override string ToString() => $"{values.Count} headers";

    /// <summary>Reads a mapping of names to values; null when an error was reported.</summary>
    public static RequestHeaders? Read(FieldReader fields, string key)
    {
        if (!fields.Has(key))
            return None;
        if (fields.Map(key) is not { } map)
            return null;
        var values = fields.TextMap(key);
        bool whole = values.Count == map.Keys.Count();
        foreach (var (name, value) in values)
            if (Problem(name, value, values) is { } problem)
            {
                fields.Error(key, $"'{key}': {problem}");
                whole = false;
            }
        return whole ? new RequestHeaders(values) : null;
    }

    static string? Problem(string name, string value, IReadOnlyDictionary<string, string> all)
    {
        if (Reserved.Contains(name))
            return $"'{name}' cannot be set here";
        using var probe = new HttpRequestMessage();
        if (!probe.Headers.TryAddWithoutValidation(name, "x"))
            return $"'{name}' is not a request header";
        if (value.Any(letter => letter is < ' ' or > '~'))
            return $"the value of '{name}' may hold only visible ASCII characters and spaces";
        return all.Keys.Count(other => other.Equals(name, StringComparison.OrdinalIgnoreCase)) > 1 ? $"'{name}' is given more than once" : null;
    }
}
