using SwarmAutoscaler.Constraining;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Deciding;

/// <summary>
/// Between idle and active, from KEDA. Active while any metric is strictly above its activation; idle once all have been inactive for
/// <c>idle_after</c>. Missing metrics never make a service inactive, and wake an idle one only through a fallback.
/// </summary>
static class Activation
{
    /// <summary>Takes note of whether the service is active now; the first evaluation counts as active.</summary>
    public static ScalingHistory Remember(ScalingPolicy policy, IReadOnlyList<Recommendation> recommendations, ScalingHistory history, DateTimeOffset now) =>
        history.LastActive is not null && AllInactive(policy, recommendations) ? history : history with { LastActive = now };

    /// <summary>
    /// Moves the proposal between idle and active. Returns the count that the metrics ask for, to be looked back on by stabilization: idle while all are
    /// inactive, also during <c>idle_after</c>, so that the two windows run side by side and not one after the other.
    /// </summary>
    public static int Apply(ReplicaProposal proposal, DecisionContext context, ScalingHistory remembered)
    {
        if (context.Bounds.IdleCount is not { } idle)
            return proposal.Replicas;
        if (context.Wanted <= idle)
            Wake(proposal, context, idle);
        else if (!AllInactive(context.Policy, context.Recommendations))
            KeepActive(proposal, context, idle, new Verdict(ActiveCount(context.Bounds), "a metric is above its activation, or missing"));
        else
        {
            var inactiveFor = context.Now - remembered.LastActive!.Value;
            if (inactiveFor >= context.Bounds.IdleAfter)
                GoIdle(proposal, idle, inactiveFor);
            else
                KeepActive(proposal, context, idle, new Verdict(ActiveCount(context.Bounds), $"inactive for {Figures.Text(inactiveFor)} of the {Figures.Text(context.Bounds.IdleAfter)} before it goes idle",
                    new Lift(context.Bounds.IdleAfter - inactiveFor, "it has been inactive for all of idle_after")));
            return idle;
        }
        return proposal.Replicas;
    }

    static void Wake(ReplicaProposal proposal, DecisionContext context, int idle)
    {
        if (WokenBy(context, idle) is { } because)
            proposal.Move(ReasonWords.Activation, new Verdict(Math.Max(ActiveCount(context.Bounds), proposal.Replicas), because));
        else
        {
            proposal.IsIdle = true;
            proposal.Move(ReasonWords.Activation, new Verdict(idle, "no metric is known to be above its activation, so the service stays idle", new Lift(null, "a metric rises above its activation")));
        }
    }

    static void GoIdle(ReplicaProposal proposal, int idle, TimeSpan inactiveFor)
    {
        proposal.IsIdle = true;
        if (proposal.Replicas != idle)
            proposal.Move(ReasonWords.Activation, new Verdict(idle, $"no metric has been above its activation for {Figures.Text(inactiveFor)}, so the service goes idle"));
    }

    static void KeepActive(ReplicaProposal proposal, DecisionContext context, int idle, Verdict active)
    {
        if (proposal.Replicas <= idle)
            proposal.Move(ReasonWords.Activation, active);
    }

    /// <summary>The fewest replicas of a service that is not idle.</summary>
    static int ActiveCount(ReplicaBounds bounds) => Math.Max(bounds.Min, 1);

    static string? WokenBy(DecisionContext context, int idle)
    {
        for (int i = 0; i < context.Recommendations.Count; i++)
        {
            var (recommendation, spec) = (context.Recommendations[i], context.Policy.Metrics[i]);
            if (recommendation is { Kind: RecommendationKind.Measured, Reading: Measured measured } && measured.Value > spec.Activation)
                return $"{spec.Name} is above its activation {Figures.Text(spec.Activation)}, so the service wakes";
            if (recommendation.IsFallback && recommendation.Replicas > idle)
                return $"{spec.Name} is missing and its fallback counts, so the service wakes";
        }
        return null;
    }

    /// <summary>There is a metric that applies, and all of those are measured and not above their activation.</summary>
    static bool AllInactive(ScalingPolicy policy, IReadOnlyList<Recommendation> recommendations)
    {
        bool anyApplies = false;
        for (int i = 0; i < recommendations.Count; i++)
        {
            if (recommendations[i].Kind == RecommendationKind.NotApplicable)
                continue;
            if (recommendations[i].Reading is not Measured measured || measured.Value > policy.Metrics[i].Activation)
                return false;
            anyApplies = true;
        }
        return anyApplies;
    }
}
