namespace SwarmAutoscaler.Simulating;

/// <summary>What arrives over time. Each row holds until the next one; the last one says when the load ends, and nothing of it arrives.</summary>
public sealed class LoadCurve
{
    readonly TimeSpan[] times;
    readonly double[] arrivals;

    /// <param name="rows">At least two, the first at 0 s, each later than the one before.</param>
    public LoadCurve(IReadOnlyCollection<LoadRow> rows)
    {
        times = [.. rows.Select(row => row.At)];
        arrivals = [.. rows.Select(row => row.ArrivalsPerSecond)];
    }

    public TimeSpan End => times[^1];

    /// <summary>Arrivals per second at this moment, from 0 s to before the end.</summary>
    public double ArrivalsAt(TimeSpan at) => arrivals[RowAt(at)];

    /// <summary>Until when the arrivals of this moment hold.</summary>
    public TimeSpan HoldsUntil(TimeSpan at) => times[RowAt(at) + 1];

    int RowAt(TimeSpan at) => Array.BinarySearch(times, at) is var found && found >= 0 ? found : ~found - 1;
}

/// <summary>One row of a load.</summary>
/// <param name="At">Time since the start.</param>
/// <param name="ArrivalsPerSecond">0 or more.</param>
public readonly record struct LoadRow(TimeSpan At, double ArrivalsPerSecond);
