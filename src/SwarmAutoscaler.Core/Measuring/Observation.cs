namespace SwarmAutoscaler.Measuring;

/// <summary>Everything a decision may look at besides the policy and the history.</summary>
public sealed record Observation
{
    /// <summary>The time of the decision.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The service, or null when no service has exactly the policy's name.</summary>
    public required ServiceState? Service { get; init; }

    /// <summary>One reading per metric of the policy, in its order; where a metric asks for a share of a limit, that share.</summary>
    public required IReadOnlyList<MetricReading> Readings { get; init; }

    /// <summary>What can be placed or afforded at most; in any order.</summary>
    public IReadOnlyList<ReplicaCap> Caps { get; init; } = [];

    /// <summary>The whole process only observes.</summary>
    public bool ObserveOnly { get; init; }

    /// <summary>Somebody paused the policy through the API; null when it is not paused. One sentence, with the end if it has one.</summary>
    public string? PausedBecause { get; init; }

    /// <summary>When the pause ends by itself; null when it does not, or there is none.</summary>
    public DateTimeOffset? PausedUntil { get; init; }

    /// <summary>This instance holds the lease. Another one decides just the same and is the one that acts.</summary>
    public bool IsLeader { get; init; } = true;
}
