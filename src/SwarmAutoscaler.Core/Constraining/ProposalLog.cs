using System.Collections.Immutable;

namespace SwarmAutoscaler.Constraining;

/// <summary>
/// The proposals of the past, as far as they can still matter to stabilization. An older entry can never again be the highest of a window once a
/// newer one is at least as high, nor the lowest once a newer one is at least as low. So two staircases are kept, one falling and one rising, whose
/// length is bounded by the range of counts and not by the process's life.
/// </summary>
public sealed class ProposalLog
{
    readonly ImmutableArray<Entry> highs; // oldest first, strictly falling
    readonly ImmutableArray<Entry> lows;  // oldest first, strictly rising

    ProposalLog(ImmutableArray<Entry> highs, ImmutableArray<Entry> lows) => (this.highs, this.lows) = (highs, lows);

    public static ProposalLog Empty { get; } = new([], []);

    /// <summary>Both staircases, oldest first; an entry may stand in both.</summary>
    public IEnumerable<(DateTimeOffset At, int Replicas)> Entries =>
        highs.Concat(lows).Distinct().OrderBy(entry => entry.At).Select(entry => (entry.At, entry.Replicas));

    /// <summary>A log of these proposals, given in any order.</summary>
    public static ProposalLog Of(IEnumerable<(DateTimeOffset At, int Replicas)> proposals) =>
        proposals.OrderBy(entry => entry.At).Aggregate(Empty, (log, entry) => log.Add(entry.At, entry.Replicas, TimeSpan.MaxValue));

    /// <summary>Adds a proposal that is not older than any before, and forgets those older than <paramref name="keep"/>.</summary>
    public ProposalLog Add(DateTimeOffset at, int replicas, TimeSpan keep) =>
        new(Push(highs, new Entry(at, replicas), -1, keep), Push(lows, new Entry(at, replicas), 1, keep));

    /// <summary>
    /// When no proposal as high as <paramref name="count"/> is left in the window, and which are the last one of those and the highest after it; null when
    /// there is none in it now.
    /// </summary>
    public (TimeSpan In, int Last, int Next)? FallsBelow(int count, DateTimeOffset now, TimeSpan window, int present) => Leaving(highs, -1, count, now, window, present);

    /// <summary>When no proposal as low as <paramref name="count"/> is left in the window, as <see cref="FallsBelow"/>.</summary>
    public (TimeSpan In, int Last, int Next)? RisesAbove(int count, DateTimeOffset now, TimeSpan window, int present) => Leaving(lows, 1, count, now, window, present);

    /// <summary>The highest proposal strictly newer than now − window, or <paramref name="present"/> if that is higher.</summary>
    public int Highest(DateTimeOffset now, TimeSpan window, int present) => First(highs, now, window) is { } entry ? Math.Max(entry, present) : present;

    /// <summary>The lowest proposal strictly newer than now − window, or <paramref name="present"/> if that is lower.</summary>
    public int Lowest(DateTimeOffset now, TimeSpan window, int present) => First(lows, now, window) is { } entry ? Math.Min(entry, present) : present;

    /// <summary>The oldest entry of a staircase within the window is its most extreme one.</summary>
    static int? First(ImmutableArray<Entry> staircase, DateTimeOffset now, TimeSpan window)
    {
        foreach (var entry in staircase)
            if (now - entry.At < window)
                return entry.Replicas;
        return null;
    }

    /// <summary>Of the entries at least as extreme as the count the newest leaves last. Those of the same time leave together, whichever was logged first.</summary>
    static (TimeSpan In, int Last, int Next)? Leaving(ImmutableArray<Entry> staircase, int sign, int count, DateTimeOffset now, TimeSpan window, int present)
    {
        int last = staircase.Length - 1;
        while (last >= 0 && sign * staircase[last].Replicas > sign * count)
            last--;
        if (last < 0 || now - staircase[last].At >= window)
            return null;
        var at = staircase[last].At;
        while (last > 0 && staircase[last - 1].At == at)
            last--;
        int after = last;
        while (after < staircase.Length && staircase[after].At == at)
            after++;
        int next = after < staircase.Length && sign * staircase[after].Replicas < sign * present ? staircase[after].Replicas : present;
        return (Cooldown.Remaining(window, at, now), staircase[last].Replicas, next);
    }

    /// <param name="sign">−1 for the falling staircase, 1 for the rising one: an older entry stays while sign × it is below sign × the new one.</param>
    static ImmutableArray<Entry> Push(ImmutableArray<Entry> staircase, Entry added, int sign, TimeSpan keep)
    {
        int end = staircase.Length;
        while (end > 0 && sign * staircase[end - 1].Replicas >= sign * added.Replicas)
            end--;
        int start = 0;
        while (start < end && added.At - staircase[start].At >= keep)
            start++;
        var kept = new Entry[end - start + 1];
        staircase.CopyTo(start, kept, 0, end - start);
        kept[^1] = added;
        return System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(kept);
    }

    readonly record struct Entry(DateTimeOffset At, int Replicas);
}
