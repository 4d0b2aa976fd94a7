using SwarmAutoscaler.Constraining;
using SwarmAutoscaler.Deciding;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler;

/// <summary>
/// (policy, observation, history) → decision. Pure: the same input gives the same output, whatever the clock says and however long the process has run.
/// </summary>
public static class DecisionEngine
{
    /// <summary>
    /// What limits a proposal, in this order: cooldown and rate limits hold what stabilization let through, restore lifts only those two, and what the
    /// cluster can place comes after all wishes, first upwards, then what has waited for a place in vain. The bounds stand outside the list, first and last: nothing leaves them.
    /// </summary>
    static readonly IReplicaConstraint[] Constraints = [new Cooldown(), new RateLimits(), new Restore(), new Capacity(), new GiveBack()];

    static readonly Stabilization Stabilization = new();

    public static ScalingDecision Decide(ScalingPolicy policy, Observation observation, ScalingHistory history)
    {
        if (observation.Service is not { Mode: ServiceMode.Replicated } service)
            return Refusal.Of(policy, observation, history);

        history = history.Seeing(service, observation.Now, policy).SeeingPlaces(service, observation.Now, policy);
        var gate = Gate.Check(policy, observation, service, history);
        var bounds = EffectiveBounds.At(policy.Replicas, policy.Windows, observation.Now);
        var (recommendations, remembered) = Recommendations.Of(policy, service, observation, history);
        remembered = Activation.Remember(policy, recommendations, remembered, observation.Now);
        var context = new DecisionContext(policy, service, bounds, observation.Now, history, recommendations) { Caps = observation.Caps };
        var proposal = new ReplicaProposal(service.Wanted);

        if (bounds.Because is { } because)
            proposal.Note(ReasonWords.Schedule, because);
        if (!OuterBounds.PullIn(proposal, context))
        {
            Combination.Apply(proposal, recommendations);
            int asked = Activation.Apply(proposal, context, remembered);
            remembered = remembered with { Proposals = remembered.Proposals.Add(observation.Now, asked, Retention.OfProposals(policy)) };
            Limit(Stabilization, proposal, context);
            context = context with { Stabilized = proposal.Replicas };
            foreach (var constraint in Constraints)
                Limit(constraint, proposal, context);
            OuterBounds.Clamp(proposal, context);
        }

        int proposed = proposal.Replicas;
        gate.Apply(proposal);
        if (proposal.Replicas < service.Wanted && proposal.Reason == ReasonWords.Capacity)
            remembered = remembered with { GivenBack = new GivenBack(observation.Now, proposal.Replicas) };
        return new ScalingDecision
        {
            Service = policy.Service,
            At = observation.Now,
            Current = service.Wanted,
            Running = service.Running,
            Proposed = proposed,
            Desired = proposal.Replicas,
            Reason = proposal.Reason,
            Recommendations = recommendations,
            Trail = proposal.Trail,
            Bounds = bounds.Bounds,
            CooldownUpRemaining = Cooldown.Remaining(policy.ScaleUp.Cooldown, history.Changes.LastUp, observation.Now),
            CooldownDownRemaining = Cooldown.Remaining(policy.ScaleDown.Cooldown, history.Changes.Last, observation.Now),
            History = gate.Opening == GateOpening.Closed ? remembered : remembered.Deciding(proposal.Replicas, context.Stabilized),
        };
    }

    static void Limit(IReplicaConstraint constraint, ReplicaProposal proposal, DecisionContext context)
    {
        var limit = constraint.Apply(proposal.Replicas, context);
        if (limit.Because is { } because)
            proposal.Move(constraint.Step, new Verdict(limit.Replicas, because, limit.Lift));
    }
}
