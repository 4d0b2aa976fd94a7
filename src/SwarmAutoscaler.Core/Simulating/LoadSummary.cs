namespace SwarmAutoscaler.Simulating;

/// <summary>What a load came to with a policy.</summary>
public sealed record LoadSummary
{
    /// <summary>A change soon after one in the other direction is a reversal: 10 min, the end included.</summary>
    public static readonly TimeSpan ReversalWindow = TimeSpan.FromMinutes(10);

    /// <summary>How long the load lasted.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Replicas × hours, those that are still starting included.</summary>
    public required double ReplicaHours { get; init; }

    public required double Arrivals { get; init; }

    public required double Served { get; init; }

    /// <summary>What waits at the end: arrivals − served.</summary>
    public required double QueueAtEnd { get; init; }

    public required double LongestQueue { get; init; }

    /// <summary>Share of the time in which more arrived than the running replicas could do.</summary>
    public required double OverCapacityRatio { get; init; }

    /// <summary>How often the count changed.</summary>
    public required int Changes { get; init; }

    /// <summary>Changes in the other direction than the change before, at most <see cref="ReversalWindow"/> after it.</summary>
    public required int Reversals { get; init; }

    public required int LowestReplicas { get; init; }

    public required int HighestReplicas { get; init; }
}

/// <summary>A time in which nothing changed.</summary>
readonly record struct LoadPiece(double Seconds, int Replicas, double Arrived, double Served, double QueueAfter, bool IsOverCapacity);

/// <summary>Adds up a load while it is worked off.</summary>
sealed class LoadTally
{
    double seconds, replicaSeconds, arrived, served, longestQueue, overCapacitySeconds;
    int changes, reversals, lowest = int.MaxValue, highest;
    int? count;
    (int Direction, TimeSpan At) last;

    /// <summary>The count from this moment on.</summary>
    public void Count(int replicas, TimeSpan now)
    {
        int direction = replicas.CompareTo(count ?? replicas);
        count = replicas;
        if (direction == 0)
            return;
        changes++;
        if (direction == -last.Direction && now - last.At <= LoadSummary.ReversalWindow)
            reversals++;
        last = (direction, now);
    }

    public void Add(LoadPiece piece)
    {
        seconds += piece.Seconds;
        replicaSeconds += piece.Replicas * piece.Seconds;
        arrived += piece.Arrived;
        served += piece.Served;
        longestQueue = Math.Max(longestQueue, piece.QueueAfter); // between its ends a piece rises or falls, so no other moment is above them
        overCapacitySeconds += piece.IsOverCapacity ? piece.Seconds : 0;
        (lowest, highest) = (Math.Min(lowest, piece.Replicas), Math.Max(highest, piece.Replicas));
    }

    public LoadSummary Summarize(TimeSpan duration, double queue) => new()
    {
        Duration = duration,
        ReplicaHours = replicaSeconds / 3600,
        Arrivals = arrived,
        Served = served,
        QueueAtEnd = queue,
        LongestQueue = longestQueue,
        OverCapacityRatio = seconds > 0 ? overCapacitySeconds / seconds : 0,
        Changes = changes,
        Reversals = reversals,
        LowestReplicas = Math.Min(lowest, highest),
        HighestReplicas = highest,
    };
}
