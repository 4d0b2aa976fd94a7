namespace SwarmAutoscaler.Policies;

/// <summary>What one service is scaled by: the parsed form of one policy document, which cannot be wrong any more.</summary>
public sealed record ScalingPolicy
{
    /// <summary>The exact Swarm service name.</summary>
    public required string Service { get; init; }

    public bool Enabled { get; init; } = true;

    public PolicyMode Mode { get; init; } = PolicyMode.Apply;

    /// <summary>When the policy is evaluated; policies with equal schedules share a cycle.</summary>
    public EvaluationSchedule Schedule { get; init; } = IntervalSchedule.Default;

    public required ReplicaBounds Replicas { get; init; }

    /// <summary>Other bounds for some hours; a later one wins. Names are unique.</summary>
    public IReadOnlyList<ScheduleWindow> Windows { get; init; } = [];

    /// <summary>In the order of the document; names are unique.</summary>
    public IReadOnlyList<MetricSpec> Metrics { get; init; } = [];

    public ScalingRules ScaleUp { get; init; } = ScalingRules.UpDefaults;

    public ScalingRules ScaleDown { get; init; } = ScalingRules.DownDefaults;

    /// <summary>What a metric recommends once it has been missing for too long; null holds the count for as long as it takes.</summary>
    public FallbackRules? Fallback { get; init; }

    public DuringUpdate DuringUpdate { get; init; } = DuringUpdate.Auto;

    public OnExternalChange OnExternalChange { get; init; } = OnExternalChange.Restore;

    /// <summary>Replicas that have had no place for so long are given back; above 0 s. Null, the default, leaves them waiting.</summary>
    public TimeSpan? GiveBackAfter { get; init; }
}

/// <summary>Whether decisions are applied or only recorded.</summary>
public enum PolicyMode
{
    Apply,
    Observe,
}

/// <summary>What a running rollout (<c>UpdateStatus.State</c> is <c>updating</c>) allows.</summary>
public enum DuringUpdate
{
    /// <summary>Hold if the service's update config rolls back on failure, else scale up only.</summary>
    Auto,
    Hold,
    ScaleUpOnly,
    Ignore,
}

/// <summary>What is done about a count that someone else lowered, typically <c>docker stack deploy</c>.</summary>
public enum OnExternalChange
{
    /// <summary>Return to the last decided count without waiting for cooldown or rate limits.</summary>
    Restore,

    /// <summary>Take the outside count as the new starting point.</summary>
    Adopt,
}
