using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Measuring;

/// <summary>A Swarm service as one read of the engine shows it.</summary>
public sealed record ServiceState
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary><c>Version.Index</c>; a write is sent only with the version it was decided on.</summary>
    public ulong Version { get; init; }

    public ServiceMode Mode { get; init; } = ServiceMode.Replicated;

    /// <summary>Replicas in the service's spec.</summary>
    public int Wanted { get; init; }

    /// <summary>Running tasks of the service.</summary>
    public int Running { get; init; }

    public RolloutState Rollout { get; init; } = RolloutState.None;

    /// <summary>The update config says <c>failure_action: rollback</c>.</summary>
    public bool RollsBackOnFailure { get; init; }

    /// <summary>Cores per task: the limit, else the reservation, else null.</summary>
    public double? CpuCores { get; init; }

    /// <summary>Bytes per task: the limit, else the reservation, else null.</summary>
    public double? MemoryBytes { get; init; }

    /// <summary>Tasks that the scheduler cannot place.</summary>
    public int Unschedulable { get; init; }

    /// <summary>The engine's own text why they cannot be placed.</summary>
    public string? UnschedulableBecause { get; init; }

    /// <summary>Tasks are not running, and why it is not known whether they can be placed; null when it is known.</summary>
    public string? PlacementUnknownBecause { get; init; }

    /// <summary>Somebody else is updating it or its stack; null when nobody is, as far as is known.</summary>
    public QuietTime? Quiet { get; init; }

    /// <summary>What limits where its tasks may be placed; null when nothing does but the platform of the image.</summary>
    public ServicePlacement? Placement { get; init; }

    /// <summary>Tasks that the engine means to run of a service that has no replica count; null for a replicated one.</summary>
    public int? Tasks { get; init; }

    public double? LimitOf(LimitedResource resource) => resource == LimitedResource.Cpu ? CpuCores : MemoryBytes;
}

/// <summary>The key under <c>Spec.Mode</c>.</summary>
public enum ServiceMode
{
    Replicated,
    Global,
    ReplicatedJob,
    GlobalJob,

    /// <summary>A mode this program does not know; never scaled.</summary>
    Unknown,
}

/// <summary><c>UpdateStatus.State</c>; <see cref="None"/> when the engine reports no status.</summary>
public enum RolloutState
{
    None,
    Updating,
    Paused,
    Completed,
    RollbackStarted,
    RollbackPaused,
    RollbackCompleted,

    /// <summary>A state this program does not know; treated like a rollout that must not be disturbed.</summary>
    Unknown,
}
