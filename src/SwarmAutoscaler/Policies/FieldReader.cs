using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace SwarmAutoscaler.Policies;

/// <summary>
/// One YAML mapping, read key by key. Every mistake becomes an error at its place and reading goes on, so that all of them are reported at once;
/// what was asked for is then null or a default. <see cref="Done"/> reports the keys nobody asked for.
/// </summary>
sealed class FieldReader(string file, YamlMappingNode mapping, string path, ICollection<DocumentError> errors)
{
    readonly HashSet<string> known = new(StringComparer.Ordinal);

    /// <summary>Where this mapping stands in the document, for messages: <c>metrics[2]</c>.</summary>
    public string Path { get; } = path;

    public bool Has(string key) => Take(key) is not null;

    /// <summary>A scalar as it is written, or null when absent.</summary>
    public string? Text(string key) => Scalar(key)?.Value;

    /// <summary>A scalar that must be there and not be empty; otherwise an error and null.</summary>
    public string? RequiredText(string key)
    {
        if (Take(key) is null)
        {
            Error($"'{key}' is missing");
            return null;
        }
        var scalar = Scalar(key);
        if (scalar is { Value: "" })
            Error(scalar, $"'{key}' must not be empty");
        return scalar is { Value: "" } ? null : scalar?.Value;
    }

    /// <summary>A whole number in decimal notation within the range, ends included.</summary>
    public int? Int(string key, int min = 0, int max = 1_000_000) => Parse<int>(key, text =>
        !int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? (null, "is not a whole number")
        : value < min || value > max ? (null, $"must be from {min} to {max}") : (value, null));

    /// <summary>A finite number; never a percentage.</summary>
    public double? Number(string key, double min = double.MinValue) => Parse<double>(key, text =>
        !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value) ? (null, "is not a number")
        : value < min ? (null, string.Create(CultureInfo.InvariantCulture, $"must be at least {min}")) : (value, null));

    public bool? Flag(string key) => Parse<bool>(key, text => text switch
    {
        "true" => (true, null),
        "false" => (false, null),
        _ => (null, "is neither true nor false"),
    });

    public TimeSpan? Duration(string key) => Parse<TimeSpan>(key, text =>
        Durations.TryParse(text, out var value) ? (value, null) : (null, "is not a duration, write for instance 500ms, 30s, 5m or 1h30m"));

    /// <summary>A share of one: <c>65%</c> or a ratio <c>0.65</c>. A bare number above 1 is an error that says so.</summary>
    public double? Share(string key) => Parse<double>(key, Shares.Parse);

    /// <summary>One of the given words.</summary>
    public T? Choice<T>(string key, params (string Word, T Value)[] choices) where T : struct => Parse<T>(key, text =>
    {
        foreach (var (word, value) in choices)
            if (word == text)
                return (value, null);
        return (null, $"is not one of {string.Join(", ", choices.Select(choice => choice.Word))}");
    });

    /// <summary>A nested mapping, or null when absent or something else.</summary>
    public FieldReader? Map(string key) => Take(key) switch
    {
        null => null,
        YamlMappingNode node => Nested(node, key),
        var node => Wrong<FieldReader>(node, $"'{key}' must be a mapping"),
    };

    /// <summary>A list of mappings; empty when absent.</summary>
    public IReadOnlyList<FieldReader> Maps(string key)
    {
        switch (Take(key))
        {
            case null:
                return [];
            case YamlSequenceNode list:
                var readers = new List<FieldReader>();
                foreach (var (item, index) in list.Select((item, index) => (item, index)))
                    if (item is YamlMappingNode node)
                        readers.Add(Nested(node, $"{key}[{index}]"));
                    else
                        Error(item, $"'{key}' must be a list of mappings");
                return readers;
            case var node:
                Error(node, $"'{key}' must be a list");
                return [];
        }
    }

    /// <summary>A list of non-empty scalars; empty when absent.</summary>
    public IReadOnlyList<string> Texts(string key)
    {
        switch (Take(key))
        {
            case null:
                return [];
            case YamlSequenceNode list:
                foreach (var item in list.Where(item => item is not YamlScalarNode { Value.Length: > 0 }))
                    Error(item, $"'{key}' must be a list of texts");
                return [.. list.OfType<YamlScalarNode>().Where(item => item.Value is { Length: > 0 }).Select(item => item.Value!)];
            case var node:
                Error(node, $"'{key}' must be a list");
                return [];
        }
    }

    /// <summary>All keys with their scalar values, for free-form mappings such as <c>headers</c>; empty when absent.</summary>
    public IReadOnlyDictionary<string, string> TextMap(string key)
    {
        var result = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (Map(key) is not { } nested)
            return result;
        foreach (var name in nested.Keys)
            if (nested.Text(name) is { } value)
                result[name] = value;
        return result;
    }

    /// <summary>The keys as written.</summary>
    public IEnumerable<string> Keys => mapping.Children.Keys.OfType<YamlScalarNode>().Select(key => key.Value ?? "");

    /// <summary>An error at a key's value, or at the mapping when the key is absent.</summary>
    public void Error(string key, string message) => Error(Take(key) ?? mapping, message);

    /// <summary>An error at the mapping itself.</summary>
    public void Error(string message) => Error(mapping, message);

    /// <summary>Reports every key that was never asked for.</summary>
    public void Done()
    {
        foreach (var key in mapping.Children.Keys)
            if (key is not YamlScalarNode { Value: { } name })
                Error(key, "a key must be a plain text");
            else if (!known.Contains(name))
                Error(key, $"unknown key '{name}'");
    }

    FieldReader Nested(YamlMappingNode node, string key) => new(file, node, Path.Length == 0 ? key : $"{Path}.{key}", errors);

    YamlNode? Take(string key)
    {
        known.Add(key);
        return mapping.Children.TryGetValue(new YamlScalarNode(key), out var node) ? node : null;
    }

    YamlScalarNode? Scalar(string key) => Take(key) switch
    {
        null => null,
        YamlScalarNode node => node,
        var node => Wrong<YamlScalarNode>(node, $"'{key}' must be a single value"),
    };

    T? Parse<T>(string key, Func<string, (T? Value, string? Problem)> parse) where T : struct
    {
        if (Scalar(key) is not { } scalar)
            return null;
        var (value, problem) = parse(scalar.Value ?? "");
        if (problem is not null)
            Error(scalar, $"'{key}': '{scalar.Value}' {problem}");
        return value;
    }

    T? Wrong<T>(YamlNode node, string message) where T : class
    {
        Error(node, message);
        return null;
    }

    void Error(YamlNode node, string message) => errors.Add(new DocumentError(file, node.Start.Line, node.Start.Column, message));
}
