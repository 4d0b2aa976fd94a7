using System.Globalization;
using System.Text.RegularExpressions;

namespace SwarmAutoscaler.Policies;

/// <summary>Durations as people write them: <c>500ms</c>, <c>15s</c>, <c>5m</c>, <c>1h30m</c>, <c>7d</c>. At most ten years.</summary>
static partial class Durations
{
    static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    [GeneratedRegex(@"^(?:(\d+(?:\.\d+)?)(ms|s|m|h|d))+$", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();

    public static bool TryParse(string text, out TimeSpan value)
    {
        value = default;
        if (text.Length > 40 || Pattern().Match(text) is not { Success: true } match)
            return false;
        double milliseconds = 0;
        for (int i = 0; i < match.Groups[1].Captures.Count; i++)
            milliseconds += double.Parse(match.Groups[1].Captures[i].Value, CultureInfo.InvariantCulture) * Milliseconds(match.Groups[2].Captures[i].Value);
        if (milliseconds > Longest.TotalMilliseconds)
            return false;
        value = TimeSpan.FromTicks((long)Math.Round(milliseconds * TimeSpan.TicksPerMillisecond)); // rounded: 1.001s is 1001 ms, not a tick less
        return true;
    }

    /// <summary>The shortest way to write a duration: <c>1h30m</c>.</summary>
    public static string Write(TimeSpan value)
    {
        var text = string.Concat(Part(value.Days, "d"), Part(value.Hours, "h"), Part(value.Minutes, "m"), Part(value.Seconds, "s"), Part(value.Milliseconds, "ms"));
        return text.Length == 0 ? "0s" : text;
    }

    static string Part(int number, string unit) => number == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{number}{unit}");

    static double Milliseconds(string unit) => unit switch { "ms" => 1, "s" => 1000, "m" => 60_000, "h" => 3_600_000, _ => 86_400_000 };
}
