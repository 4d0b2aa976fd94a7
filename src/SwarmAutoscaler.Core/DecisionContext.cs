using SwarmAutoscaler.Constraining;
using SwarmAutoscaler.Deciding;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler;

/// <summary>What the steps of one decision look at.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Service">The service as it was read; replicated.</param>
/// <param name="Effective">The bounds in force and the windows they come from.</param>
/// <param name="Now">The time of the decision.</param>
/// <param name="Before">The history before this decision, with the present count taken note of. Its proposals do not hold the present one.</param>
/// <param name="Recommendations">One per metric, in the policy's order.</param>
public sealed record DecisionContext(
    ScalingPolicy Policy, ServiceState Service, EffectiveBounds Effective, DateTimeOffset Now, ScalingHistory Before, IReadOnlyList<Recommendation> Recommendations)
{
    public int Wanted => Service.Wanted;

    public ReplicaBounds Bounds => Effective.Bounds;

    /// <summary>What can be placed or afforded at most.</summary>
    public IReadOnlyList<ReplicaCap> Caps { get; init; } = [];

    /// <summary>The proposal after stabilization; null before that step, and where the bounds alone decided.</summary>
    public int? Stabilized { get; init; }

    /// <summary>The rules of a direction: upwards when <paramref name="proposed"/> is above wanted.</summary>
    public ScalingRules RulesTowards(int proposed) => proposed > Wanted ? Policy.ScaleUp : Policy.ScaleDown;
}
