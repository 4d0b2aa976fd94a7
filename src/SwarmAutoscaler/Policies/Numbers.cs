using System.Globalization;
using System.Text.RegularExpressions;

namespace SwarmAutoscaler.Policies;

/// <summary>
/// Numbers in decimal notation only. A leading zero is refused, because YAML 1.1 reads <c>010</c> as eight and people mean ten; <c>0x10</c>,
/// <c>1_000</c> and <c>.inf</c> are no numbers here either.
/// </summary>
static partial class Numbers
{
    [GeneratedRegex(@"\A-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Decimal();

    [GeneratedRegex(@"\A-?(0|[1-9][0-9]*)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Whole();

    public static bool IsWhole(string text) => Whole().IsMatch(text);

    /// <summary>A finite number.</summary>
    public static bool TryParse(string text, out double value)
    {
        value = 0;
        return Decimal().IsMatch(text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
    }
}
