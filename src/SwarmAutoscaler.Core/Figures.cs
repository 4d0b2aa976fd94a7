using System.Globalization;

namespace SwarmAutoscaler;

/// <summary>Numbers as they stand in sentences: invariant, at most four significant decimals, no exponent for everyday sizes.</summary>
static class Figures
{
    public static string Text(double value) => Math.Abs(value) is >= 1e15 or (> 0 and < 1e-6)
        ? value.ToString("0.###E+0", CultureInfo.InvariantCulture)
        : value.ToString("0.####", CultureInfo.InvariantCulture);

    /// <summary>Seconds, without a fraction when there is none: 90 s.</summary>
    public static string Text(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.###} s");
}
