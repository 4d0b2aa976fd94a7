using SwarmAutoscaler.Constraining;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Deciding;

/// <summary>
/// Between idle and active, from KEDA. Active while any metric is strictly above its activation; idle once all have been inactive for
/// <c>idle_after</c>. Missing metrics never make a service inactive, and never wake an idle one.
/// </summary>
static class Activation
{
    /// <summary>Takes note of whether the service is active now.</summary>
    public static ScalingHistory Remember(ScalingPolicy policy, IReadOnlyList<Recommendation> recommendations, ScalingHistory history, DateTimeOffset now) =>
        policy.Replicas.IdleCount is null || AllInactive(policy, recommendations) ? history : history with { LastActive = now };

    /// <summary>Moves the proposal between idle and active. Returns true when it did: idle_after and activation are windows of their own, so stabilization does not apply.</summary>
    public static bool Apply(ReplicaProposal proposal, DecisionContext context, ScalingHistory remembered)
    {
        if (context.Bounds.IdleCount is not { } idle)
            return false;
        int active = Math.Max(context.Bounds.Min, 1);
        if (context.Wanted <= idle)
            return Wake(proposal, context, idle, active);
        if (AllInactive(context.Policy, context.Recommendations))
        {
            var inactiveFor = context.Now - (remembered.LastActive ?? context.Now);
            if (inactiveFor >= context.Bounds.IdleAfter)
            {
                proposal.IsIdle = true;
                if (proposal.Replicas != idle)
                    proposal.Move(ReasonWords.Activation, new Verdict(idle, $"no metric has been above its activation for {Figures.Text(inactiveFor)}, so the service goes idle"));
                return true;
            }
            if (proposal.Replicas < active)
                proposal.Move(ReasonWords.Activation, new Verdict(active, $"inactive for {Figures.Text(inactiveFor)} of the {Figures.Text(context.Bounds.IdleAfter)} before it goes idle"));
        }
        else if (proposal.Replicas < active)
            proposal.Move(ReasonWords.Activation, new Verdict(active, "a metric is above its activation, or missing"));
        return false;
    }

    static bool Wake(ReplicaProposal proposal, DecisionContext context, int idle, int active)
    {
        if (FirstActive(context.Policy, context.Recommendations) is { } metric)
            proposal.Move(ReasonWords.Activation, new Verdict(Math.Max(active, proposal.Replicas), $"{metric.Name} is above its activation {Figures.Text(metric.Activation)}, so the service wakes"));
        else
        {
            proposal.IsIdle = true;
            proposal.Move(ReasonWords.Activation, new Verdict(idle, "no metric is known to be above its activation, so the service stays idle"));
        }
        return true;
    }

    static MetricSpec? FirstActive(ScalingPolicy policy, IReadOnlyList<Recommendation> recommendations)
    {
        for (int i = 0; i < recommendations.Count; i++)
            if (recommendations[i].Kind == RecommendationKind.Measured && recommendations[i].Reading is Measured measured && measured.Value > policy.Metrics[i].Activation)
                return policy.Metrics[i];
        return null;
    }

    /// <summary>Every metric that applies is measured and not above its activation.</summary>
    static bool AllInactive(ScalingPolicy policy, IReadOnlyList<Recommendation> recommendations)
    {
        for (int i = 0; i < recommendations.Count; i++)
        {
            if (recommendations[i].Kind == RecommendationKind.NotApplicable)
                continue;
            if (recommendations[i].Reading is not Measured measured || measured.Value > policy.Metrics[i].Activation)
                return false;
        }
        return true;
    }
}
