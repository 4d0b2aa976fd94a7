using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace SwarmAutoscaler.Policies;

/// <summary>The single values of a mapping.</summary>
sealed partial class FieldReader
{
    const int LongestEcho = 60;

    /// <summary>A scalar as it is written, or null when absent. A key without a value is an error.</summary>
    public string? Text(string key) => Scalar(key)?.Text;

    /// <summary>A scalar that must be there and not be empty; otherwise an error and null.</summary>
    public string? RequiredText(string key)
    {
        if (!Has(key))
        {
            Error($"'{key}' is missing");
            return null;
        }
        var text = Text(key);
        if (text is "")
            Error(key, $"'{key}' must not be empty");
        return text is "" ? null : text;
    }

    /// <summary>A whole number in decimal notation within the range, ends included.</summary>
    public int? Int(string key, int min = 0, int max = 1_000_000) => Parse<int>(key, text =>
        !Numbers.IsWhole(text) ? (null, "is not a whole number in plain digits")
        : !int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) || value < min || value > max
            ? (null, string.Create(CultureInfo.InvariantCulture, $"must be from {min} to {max}"))
            : (value, null));

    /// <summary>A finite number; never a percentage.</summary>
    public double? Number(string key, double min = double.MinValue) => Parse<double>(key, text =>
        Numbers.TryParse(text, out var value) ? AtLeast(value, min) : (null, "is not a number"));

    /// <summary>A number in base units: a plain number, a percentage (<c>65%</c> is 0.65) or a duration (<c>500ms</c> is 0.5).</summary>
    public double? Quantity(string key, double min = double.MinValue) => Parse<double>(key, text =>
        Numbers.TryParse(text, out var number) ? AtLeast(number, min)
        : text.EndsWith('%') && Numbers.TryParse(text[..^1], out var percent) ? AtLeast(percent / 100, min)
        : Durations.TryParse(text, out var duration) ? AtLeast(duration.TotalSeconds, min)
        : (null, "is not a number, percentage or duration"));

    public bool? Flag(string key) => Parse<bool>(key, text => text switch
    {
        "true" => (true, null),
        "false" => (false, null),
        _ => (null, "is neither true nor false"),
    });

    /// <summary>A duration within the range, ends included; without a range 0 s to ten years.</summary>
    public TimeSpan? Duration(string key, TimeSpan? min = null, TimeSpan? max = null) => Parse<TimeSpan>(key, text =>
        !Durations.TryParse(text, out var value) ? (null, "is not a duration, write for instance 500ms, 30s, 5m or 1h30m")
        : value < min ? (null, $"must be at least {Durations.Write(min.Value)}")
        : value > max ? (null, $"must be at most {Durations.Write(max.Value)}")
        : (value, null));

    /// <summary>A share of one: <c>65%</c> or a ratio <c>0.65</c>. A bare 1 and more is an error that says so.</summary>
    public double? Share(string key) => Parse<double>(key, Shares.Parse);

    /// <summary>One of the given words.</summary>
    public T? Choice<T>(string key, params (string Word, T Value)[] choices) where T : struct => Parse<T>(key, text =>
    {
        foreach (var (word, value) in choices)
            if (word == text)
                return (value, null);
        return (null, $"is not one of {string.Join(", ", choices.Select(choice => choice.Word))}");
    });

    /// <summary>A scalar with a form of its own; <paramref name="parse"/> answers the value or what is wrong, worded to follow the quoted text.</summary>
    public T? Parse<T>(string key, Func<string, (T? Value, string? Problem)> parse) where T : struct
    {
        if (Scalar(key) is not var (place, text))
            return null;
        var (value, problem) = parse(text);
        if (problem is not null)
            errors.Add(place.Error($"'{key}': '{Echo(text)}' {problem}"));
        return problem is null ? value : null;
    }

    (PlacedNode Place, string Text)? Scalar(string key)
    {
        if (Take(key) is not { } found)
            return null;
        if (found.Node is not YamlScalarNode scalar)
        {
            errors.Add(found.Error($"'{key}' must be a single value"));
            return null;
        }
        if (scalar is { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" })
        {
            errors.Add(found.Error($"'{key}' has no value"));
            return null;
        }
        return (found, scalar.Value ?? "");
    }

    static (double?, string?) AtLeast(double value, double min) =>
        value < min ? (null, string.Create(CultureInfo.InvariantCulture, $"must be at least {min}")) : (value, null);

    static string Echo(string text) => text.Length <= LongestEcho ? text : text[..LongestEcho] + "…";
}
