using SwarmAutoscaler.Constraining;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Simulating;

/// <summary>A story about one service: what is so at the beginning and what happens then.</summary>
public sealed record Scenario
{
    public required string Name { get; init; }

    public required ScalingPolicy Policy { get; init; }

    /// <summary>The time the steps count from; it matters for schedules.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>The service before the first step. Its running tasks are those of the first step; after that every wanted task runs unless a step says otherwise.</summary>
    public required ServiceState Service { get; init; }

    /// <summary>What is remembered from before the first step.</summary>
    public ScalingHistory History { get; init; } = ScalingHistory.FirstSight;

    /// <summary>Each decision is applied before the next step; otherwise the count stays what it is.</summary>
    public bool Apply { get; init; } = true;

    /// <summary>In the order of time; empty with a <see cref="Model"/>.</summary>
    public required IReadOnlyList<ScenarioStep> Steps { get; init; }

    /// <summary>How the service works off a load, from which the metrics follow; null when the steps give them.</summary>
    public ServiceModel? Model { get; init; }
}

/// <summary>One evaluation of a scenario. What it leaves open is as in <see cref="Scenario.Service"/>.</summary>
public sealed record ScenarioStep
{
    /// <summary>Time since the start, 0 s or more.</summary>
    public required TimeSpan At { get; init; }

    /// <summary>One per metric of the policy, in its order: what the source would report after its own arithmetic; null repeats the last one.</summary>
    public required IReadOnlyList<MetricReading?> Readings { get; init; }

    /// <summary>Somebody else set the count to this just before the step.</summary>
    public int? Replicas { get; init; }

    /// <summary>Running tasks; null for all that are wanted.</summary>
    public int? Running { get; init; }

    public RolloutState? Rollout { get; init; }

    /// <summary>Tasks that the scheduler cannot place.</summary>
    public int Unschedulable { get; init; }

    /// <summary>What the model says of this moment; null without one.</summary>
    public LoadState? Load { get; init; }

    /// <summary>At most so many can be placed or afforded; null for any number.</summary>
    public int? Capacity { get; init; }

    /// <summary>What keeps this step from changing anything, besides what the service itself shows; null when nothing does.</summary>
    public OutsideGate? ClosedBy { get; init; }

    public Expectation? Expect { get; init; }
}

/// <summary>Gates that are about people, other policies and other instances.</summary>
public enum OutsideGate
{
    /// <summary>Somebody paused the policy.</summary>
    Paused,

    /// <summary>Another instance holds the lease.</summary>
    NotLeader,

    /// <summary>There is no service of this name at the moment.</summary>
    ServiceNotFound,

    /// <summary>Another policy names the service, too.</summary>
    AmbiguousPolicy,
}

/// <summary>What a scenario's author says will be decided; null is not asked for.</summary>
/// <param name="Replicas">The count decided on.</param>
/// <param name="Reason">One of <see cref="ReasonWords"/>.</param>
public sealed record Expectation(int? Replicas, string? Reason)
{
    /// <summary>How a decision differs from it, one sentence; null when it does not.</summary>
    public string? DifferenceTo(ScalingDecision decision)
    {
        bool sameReplicas = Replicas is null || Replicas == decision.Desired, sameReason = Reason is null || Reason == decision.Reason;
        return sameReplicas && sameReason ? null
            : $"expected {string.Join(" and ", ((string?[])[sameReplicas ? null : $"{Replicas} replicas", sameReason ? null : $"reason {Reason}"]).OfType<string>())}"
                + $", decided {decision.Desired} with reason {decision.Reason}";
    }
}
