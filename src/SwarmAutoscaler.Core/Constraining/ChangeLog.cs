using System.Collections.Immutable;

namespace SwarmAutoscaler.Constraining;

/// <summary>The changes of a service's count, ours and other people's, oldest first.</summary>
public sealed class ChangeLog
{
    ChangeLog(ImmutableArray<ReplicaChange> changes) => Changes = changes;

    public static ChangeLog Empty { get; } = new([]);

    public ImmutableArray<ReplicaChange> Changes { get; }

    /// <summary>The last change upwards, null when none is remembered.</summary>
    public DateTimeOffset? LastUp => Changes.LastOrDefault(change => change.To > change.From)?.At;

    /// <summary>The last change in either direction, null when none is remembered.</summary>
    public DateTimeOffset? Last => Changes.LastOrDefault()?.At;

    /// <summary>A log of these changes, given in any order.</summary>
    public static ChangeLog Of(IEnumerable<ReplicaChange> changes) => new([.. changes.OrderBy(change => change.At)]);

    /// <summary>Adds a change that is not older than any before, and forgets those older than <paramref name="keep"/>.</summary>
    public ChangeLog Add(ReplicaChange change, TimeSpan keep) => new([.. Changes.Where(known => change.At - known.At < keep), change]);

    /// <summary>Replicas added and replicas removed by the changes strictly newer than now − period.</summary>
    public (int Added, int Removed) Within(DateTimeOffset now, TimeSpan period)
    {
        int added = 0, removed = 0;
        foreach (var change in Changes)
            if (now - change.At < period)
            {
                added += Math.Max(0, change.To - change.From);
                removed += Math.Max(0, change.From - change.To);
            }
        return (added, removed);
    }
}

/// <summary>One change of the count.</summary>
public sealed record ReplicaChange(DateTimeOffset At, int From, int To);
