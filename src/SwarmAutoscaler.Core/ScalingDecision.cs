using SwarmAutoscaler.Constraining;
using SwarmAutoscaler.Deciding;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler;

/// <summary>What was decided for one service at one moment, and everything that led to it.</summary>
public sealed record ScalingDecision
{
    public required string Service { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Replicas in the service's spec when the decision was made; 0 when there is no such service.</summary>
    public required int Current { get; init; }

    /// <summary>Running tasks when the decision was made.</summary>
    public required int Running { get; init; }

    /// <summary>The count decided on; equal to <see cref="Current"/> when the count is held.</summary>
    public required int Desired { get; init; }

    /// <summary>What would have been decided if the gate were open; equal to <see cref="Desired"/> when it is.</summary>
    public required int Proposed { get; init; }

    /// <summary>The word of the step or gate that determined <see cref="Desired"/>, one of <see cref="ReasonWords"/>.</summary>
    public required string Reason { get; init; }

    /// <summary>One per metric of the policy, in its order.</summary>
    public required IReadOnlyList<Recommendation> Recommendations { get; init; }

    /// <summary>The steps that changed the number or kept it; each starts where the one before ended.</summary>
    public required IReadOnlyList<DecisionStep> Trail { get; init; }

    /// <summary>The bounds in force.</summary>
    public required ReplicaBounds Bounds { get; init; }

    /// <summary>Time until a scale-up is allowed by the cooldown; 0 s when it is.</summary>
    public TimeSpan CooldownUpRemaining { get; init; }

    /// <summary>Time until a scale-down is allowed by the cooldown; 0 s when it is.</summary>
    public TimeSpan CooldownDownRemaining { get; init; }

    /// <summary>What is to be remembered of this decision. A change is remembered only once it was applied, see <see cref="ScalingHistory.WithChange"/>.</summary>
    public required ScalingHistory History { get; init; }

    public ScalingAction Action => Desired > Current ? ScalingAction.ScaleUp : Desired < Current ? ScalingAction.ScaleDown : ScalingAction.Hold;
}

/// <summary>The direction of a decision.</summary>
public enum ScalingAction
{
    Hold,
    ScaleUp,
    ScaleDown,
}

public static class ScalingActions
{
    /// <summary>The stable word: <c>scale_up</c>, <c>scale_down</c>, <c>hold</c>.</summary>
    public static string Word(this ScalingAction action) => action switch
    {
        ScalingAction.ScaleUp => "scale_up",
        ScalingAction.ScaleDown => "scale_down",
        _ => "hold",
    };
}
