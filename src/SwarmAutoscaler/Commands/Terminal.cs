using System.Globalization;

namespace SwarmAutoscaler.Commands;

/// <summary>Plain text for people: aligned columns, and colour where somebody looks at a terminal and wants it.</summary>
/// <param name="IsInteractive">The output is a terminal: a watched table may be drawn over.</param>
/// <param name="HasColor">Interactive, and nobody has said <c>NO_COLOR</c>.</param>
sealed record Terminal(bool IsInteractive, bool HasColor)
{
    /// <summary>Goes to the upper left corner and clears what is there.</summary>
    public const string Clear = "\u001b[H\u001b[J";

    const string Green = "32", Yellow = "33", Red = "31";

    public static Terminal Of(bool isRedirected, IReadOnlyDictionary<string, string> environment)
    {
        bool isPlain = environment.GetValueOrDefault("NO_COLOR") is { Length: > 0 } || environment.GetValueOrDefault("TERM") is "dumb";
        return new Terminal(!isRedirected, !isRedirected && !isPlain);
    }

    /// <summary>Columns as wide as their widest cell, two blanks between them.</summary>
    public static IEnumerable<string[]> Aligned(IReadOnlyList<string[]> rows)
    {
        int[] widths = [.. Enumerable.Range(0, rows.Count == 0 ? 0 : rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        return rows.Select(row => row.Select((cell, column) => cell.PadRight(widths[column])).ToArray());
    }

    public static string Line(string[] cells) => string.Join("  ", cells).TrimEnd();

    /// <summary>What comes from elsewhere may hold a sequence that a terminal obeys.</summary>
    public static string Harmless(string text) => string.Concat(text.Select(letter => char.IsControl(letter) ? '?' : letter));

    public static string Seconds(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, span.TotalSeconds):0} s");

    public static string Number(int? number) => number is { } value ? value.ToString(CultureInfo.InvariantCulture) : "-";

    /// <summary>Up is green, down is yellow.</summary>
    public string ByAction(string? action, string text) => action switch
    {
        "scale_up" => Colored(Green, text),
        "scale_down" => Colored(Yellow, text),
        _ => text,
    };

    public string Warning(string text) => Colored(Red, text);

    string Colored(string color, string text) => HasColor ? $"\u001b[{color}m{text}\u001b[0m" : text;
}
