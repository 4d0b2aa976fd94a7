namespace SwarmAutoscaler;

/// <summary>The stable words of steps and gates: what people's alerts, scripts and dashboards hang on.</summary>
public static class ReasonWords
{
    public const string WithinTolerance = "within_tolerance";

    public const string Gate = "gate";
    public const string Schedule = "schedule";
    public const string Bounds = "bounds";
    public const string Recommend = "recommend";
    public const string Combine = "combine";
    public const string Activation = "activation";
    public const string Stabilization = "stabilization";
    public const string Cooldown = "cooldown";
    public const string RateLimit = "rate_limit";
    public const string Restore = "restore";
    public const string Capacity = "capacity";

    public const string ServiceNotFound = "service_not_found";
    public const string AmbiguousPolicy = "ambiguous_policy";
    public const string NotReplicated = "not_replicated";
    public const string Disabled = "disabled";
    public const string Paused = "paused";
    public const string StoppedByHand = "stopped_by_hand";
    public const string UpdateInProgress = "update_in_progress";
    public const string UpdatePaused = "update_paused";
    public const string RollbackInProgress = "rollback_in_progress";
    public const string Observe = "observe";
    public const string NotLeader = "not_leader";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        WithinTolerance, Gate, Schedule, Bounds, Recommend, Combine, Activation, Stabilization, Cooldown, RateLimit, Restore, Capacity,
        ServiceNotFound, AmbiguousPolicy, NotReplicated, Disabled, Paused, StoppedByHand, UpdateInProgress, UpdatePaused, RollbackInProgress,
        Observe, NotLeader,
    ];
}
