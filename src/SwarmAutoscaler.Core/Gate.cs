using SwarmAutoscaler.Constraining;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler;

/// <summary>May this service be changed at all? A closed gate holds the count; the rest is computed all the same, so that people see what would have happened.</summary>
/// <param name="Opening">What the gate lets through.</param>
/// <param name="Reason">The stable word; null when open.</param>
/// <param name="Because">One sentence; null when open.</param>
/// <param name="Lift">What would open it; null when open.</param>
readonly record struct Gate(GateOpening Opening, string? Reason, string? Because, Lift? Lift)
{
    static readonly Gate Open = new(GateOpening.Open, null, null, null);

    const string RolloutOver = "the rollout is over";

    /// <summary>
    /// The first gate that is not open, in the order of their severity. A quiet time is about other people's deployments and not about the rollout, so
    /// <c>during_update</c> does not lift it; a rollout that closes the gate tells more.
    /// </summary>
    public static Gate Check(ScalingPolicy policy, Observation observation, ServiceState service, ScalingHistory history)
    {
        if (!policy.Enabled)
            return Closed(ReasonWords.Disabled, "the policy says enabled: false", "the policy says enabled: true");
        if (observation.PausedBecause is { } paused)
            return Closed(ReasonWords.Paused, paused, observation.PausedUntil is null ? "it is resumed" : "the pause ends, or it is resumed", observation.PausedUntil - observation.Now);
        if (service.Wanted == 0 && !history.ZeroIsOurs)
            return Closed(ReasonWords.StoppedByHand, "the service is at 0 and it was not set to 0 here; scale it to 1 or more to resume", "somebody scales it to 1 or more");
        var rollout = OfRollout(policy.DuringUpdate, service);
        if (rollout.Opening == GateOpening.Closed)
            return rollout;
        if (service.Quiet is { } quiet)
            return Closed(ReasonWords.UpdateInProgress, quiet.Because, "the quiet time ends", quiet.Until > observation.Now ? quiet.Until - observation.Now : TimeSpan.Zero);
        if (observation.ObserveOnly || policy.Mode == PolicyMode.Observe)
            return Closed(ReasonWords.Observe, observation.ObserveOnly ? "the autoscaler only observes" : "the policy says mode: observe", "the mode is apply");
        return observation.IsLeader ? rollout : Closed(ReasonWords.NotLeader, "this instance does not hold the lease; the one that does acts", "this instance gets the lease");
    }

    /// <summary>What a rollout allows: scaling in the middle of one can make Swarm roll back to the wrong spec or resume a paused update.</summary>
    static Gate OfRollout(DuringUpdate duringUpdate, ServiceState service) => service.Rollout switch
    {
        RolloutState.None or RolloutState.Completed or RolloutState.RollbackCompleted => Open,
        RolloutState.Paused => Closed(ReasonWords.UpdatePaused, "a rollout is paused, and any change would resume it", RolloutOver),
        RolloutState.RollbackStarted or RolloutState.RollbackPaused => Closed(ReasonWords.RollbackInProgress, "a rollback is under way or paused", "the rollback is over"),
        RolloutState.Updating => duringUpdate switch
        {
            DuringUpdate.Ignore => Open,
            DuringUpdate.ScaleUpOnly => UpOnly("a rollout is under way and during_update says scale_up_only"),
            DuringUpdate.Auto when !service.RollsBackOnFailure => UpOnly("a rollout is under way"),
            DuringUpdate.Auto => Closed(ReasonWords.UpdateInProgress, "a rollout is under way that rolls back on failure, and a change now would spoil the rollback", RolloutOver),
            _ => Closed(ReasonWords.UpdateInProgress, "a rollout is under way", RolloutOver),
        },
        _ => Closed(ReasonWords.UpdateInProgress, "the engine reports an update state that is not known here", RolloutOver),
    };

    /// <summary>Holds back what the gate does not let through.</summary>
    public void Apply(ReplicaProposal proposal)
    {
        bool held = Opening == GateOpening.Closed || (Opening == GateOpening.UpOnly && proposal.Replicas < proposal.Wanted);
        if (held)
            proposal.Move(ReasonWords.Gate, new Verdict(proposal.Wanted, Because!, Lift), Reason);
    }

    /// <param name="reason">The stable word.</param>
    /// <param name="because">One sentence.</param>
    /// <param name="when">What would open it.</param>
    /// <param name="time">When time alone does.</param>
    static Gate Closed(string reason, string because, string when, TimeSpan? time = null) => new(GateOpening.Closed, reason, because, new Lift(time, when));

    static Gate UpOnly(string because) => new(GateOpening.UpOnly, ReasonWords.UpdateInProgress, because + ", so no scale-down", new Lift(null, RolloutOver));
}

enum GateOpening
{
    Open,
    UpOnly,
    Closed,
}
