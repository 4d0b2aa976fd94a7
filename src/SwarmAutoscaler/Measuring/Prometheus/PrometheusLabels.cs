using System.Text.RegularExpressions;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Measuring.Prometheus;

/// <summary>Label names that go into a query's text: letters, digits and underscores, no digit first.</summary>
static partial class PrometheusLabels
{
    [GeneratedRegex("^[a-zA-Z_][a-zA-Z0-9_]*\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();

    /// <summary>The label name under a key; null when it is missing or an error was reported.</summary>
    public static string? Read(FieldReader fields, string key)
    {
        if (fields.RequiredText(key) is not { } text)
            return null;
        if (Pattern().IsMatch(text))
            return text;
        fields.Error(key, $"'{key}': '{text}' is not a label name (letters, digits and underscores, no digit first)");
        return null;
    }
}
