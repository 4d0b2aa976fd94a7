using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Simulating;

/// <summary>
/// The count between its bounds as a line of text, on one scale for a whole scenario: <c>├━━━●────┤</c>. The ends are the bounds in force, the dot is the
/// count. Where a bound and the count fall into one place, the count is shown.
/// </summary>
sealed class CountBar
{
    const int Width = 20;

    readonly int lowest, highest;

    public CountBar(IReadOnlyList<SimulatedStep> steps)
    {
        lowest = steps.Min(step => Math.Min(step.After, step.Decision.Bounds.Min));
        highest = steps.Max(step => Math.Max(step.After, step.Decision.Bounds.Max));
    }

    /// <summary>The ends of the scale.</summary>
    public string Heading => FormattableString.Invariant($"{lowest}{$"{highest}".PadLeft(Width - $"{lowest}".Length)}");

    public string Draw(int count, ReplicaBounds bounds)
    {
        var (from, dot, to) = (Place(bounds.Min), Place(count), Place(bounds.Max));
        return string.Concat(Enumerable.Range(0, Math.Max(dot, to) + 1).Select(i =>
            i == dot ? '●' : i == from ? '├' : i == to ? '┤' : i < from || i > to ? ' ' : i < dot ? '━' : '─'));
    }

    /// <summary>Rounded to the nearest; in whole numbers, so that it is the same everywhere.</summary>
    int Place(int count) => highest == lowest ? 0 : (int)((2L * (count - lowest) * (Width - 1) + highest - lowest) / (2L * (highest - lowest)));
}
