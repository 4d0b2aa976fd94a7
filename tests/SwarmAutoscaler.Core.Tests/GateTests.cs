using SwarmAutoscaler.Constraining;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;
using Xunit;

namespace SwarmAutoscaler;

public sealed class GateTests
{
    [Fact]
    public void A_service_that_is_not_there_is_refused()
    {
        var decision = DecisionEngine.Decide(Given.Policy, Given.Observation(null, 9), Given.Seen);
        Assert.Equal((0, 0, ReasonWords.ServiceNotFound, "gate 0→0"), (decision.Current, decision.Desired, decision.Reason, decision.Steps()));
        Assert.Same(Given.Seen, decision.History);
    }

    [Theory]
    [InlineData(ServiceMode.Global, "one task per node")]
    [InlineData(ServiceMode.ReplicatedJob, "a replicated job")]
    [InlineData(ServiceMode.GlobalJob, "a global job")]
    public void Only_a_replicated_service_is_scaled(ServiceMode mode, string said)
    {
        var decision = Given.Policy.Decide(Given.Service(5) with { Mode = mode }, 9);
        Assert.Equal((ScalingAction.Hold, ReasonWords.NotReplicated), (decision.Action, decision.Reason));
        Assert.Contains(said, decision.Trail[0].Because, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_policies_for_one_service_both_refuse()
    {
        var decision = Refusal.OfAmbiguous(Given.Policy, Given.Observation(Given.Service(5), 9), Given.Seen);
        Assert.Equal((5, 5, ReasonWords.AmbiguousPolicy), (decision.Current, decision.Desired, decision.Reason));
    }

    public static TheoryData<DuringUpdate, bool, int, int, string> WhileUpdating => new()
    {
        { DuringUpdate.Hold, false, 9, 5, ReasonWords.UpdateInProgress },
        { DuringUpdate.Hold, false, 2, 5, ReasonWords.UpdateInProgress },
        { DuringUpdate.ScaleUpOnly, true, 9, 9, ReasonWords.Recommend },
        { DuringUpdate.ScaleUpOnly, true, 2, 5, ReasonWords.UpdateInProgress },
        { DuringUpdate.Ignore, true, 9, 9, ReasonWords.Recommend },
        { DuringUpdate.Ignore, true, 2, 2, ReasonWords.Recommend },
        { DuringUpdate.Auto, true, 9, 5, ReasonWords.UpdateInProgress },
        { DuringUpdate.Auto, true, 2, 5, ReasonWords.UpdateInProgress },
        { DuringUpdate.Auto, false, 9, 9, ReasonWords.Recommend },
        { DuringUpdate.Auto, false, 2, 5, ReasonWords.UpdateInProgress },
    };

    [Theory]
    [MemberData(nameof(WhileUpdating))]
    public void A_running_rollout_allows_what_during_update_says(DuringUpdate during, bool rollsBack, int proposed, int expected, string reason)
    {
        var service = Given.Service(5) with { Rollout = RolloutState.Updating, RollsBackOnFailure = rollsBack };
        var decision = (Given.Policy with { DuringUpdate = during }).Decide(service, proposed);
        Assert.Equal((expected, reason, proposed), (decision.Desired, decision.Reason, decision.Proposed));
    }

    [Theory]
    [InlineData(RolloutState.None, true, ReasonWords.Recommend)]
    [InlineData(RolloutState.Completed, true, ReasonWords.Recommend)]
    [InlineData(RolloutState.RollbackCompleted, true, ReasonWords.Recommend)]
    [InlineData(RolloutState.Paused, false, ReasonWords.UpdatePaused)]
    [InlineData(RolloutState.RollbackStarted, false, ReasonWords.RollbackInProgress)]
    [InlineData(RolloutState.RollbackPaused, false, ReasonWords.RollbackInProgress)]
    [InlineData(RolloutState.Unknown, false, ReasonWords.UpdateInProgress)]
    public void A_paused_rollout_and_a_rollback_are_never_disturbed(RolloutState rollout, bool isOpen, string reason)
    {
        var decision = (Given.Policy with { DuringUpdate = DuringUpdate.Ignore }).Decide(Given.Service(5) with { Rollout = rollout }, 9);
        Assert.Equal((isOpen ? 9 : 5, reason), (decision.Desired, decision.Reason));
    }

    [Theory]
    [InlineData(RolloutState.None, 9)]
    [InlineData(RolloutState.None, 2)]
    [InlineData(RolloutState.Updating, 9)]
    [InlineData(RolloutState.Completed, 9)]
    public void While_somebody_else_updates_the_count_is_held_whatever_during_update_says(RolloutState rollout, int proposed)
    {
        var service = Given.Service(5) with { Rollout = rollout, Quiet = new QuietTime(Given.Now, "quiet time until noon") };
        var decision = (Given.Policy with { DuringUpdate = DuringUpdate.Ignore }).Decide(service, proposed);
        Assert.Equal((5, proposed, ReasonWords.UpdateInProgress, "quiet time until noon"), (decision.Desired, decision.Proposed, decision.Reason, decision.Trail[^1].Because));
    }

    [Fact]
    public void Not_even_the_bounds_are_put_right_while_somebody_else_updates() =>
        Assert.Equal("bounds 2000→1000, gate 1000→2000", Given.Policy.Decide(Given.Service(2000) with { Quiet = new QuietTime(Given.Now, "quiet") }, 5).Steps());

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Observing_decides_and_records_but_changes_nothing(bool process, bool policy)
    {
        var observation = Given.Observation(Given.Service(5), 9) with { ObserveOnly = process };
        var decision = DecisionEngine.Decide(Given.Policy with { Mode = policy ? PolicyMode.Observe : PolicyMode.Apply }, observation, Given.Seen);
        Assert.Equal((5, 9, ReasonWords.Observe), (decision.Desired, decision.Proposed, decision.Reason));
        Assert.Equal("combine 5→9, gate 9→5", decision.Steps());
        Assert.Equal(9, decision.History.Proposals.Highest(Given.Now + Given.Seconds(1), Given.Seconds(60), 0));
        Assert.Null(decision.History.LastDecided);
    }

    [Fact]
    public void The_most_severe_gate_gives_the_reason()
    {
        var policy = Given.Policy with { Enabled = false, Mode = PolicyMode.Observe, Replicas = new ReplicaBounds(0, 9) };
        var service = Given.Service(0) with { Rollout = RolloutState.Paused, Mode = ServiceMode.Global, Quiet = new QuietTime(Given.Now, "quiet") };
        var all = Given.Observation(service, 5) with { PausedBecause = "paused until noon", IsLeader = false };
        string Reason() => DecisionEngine.Decide(policy, all with { Service = service }, Given.Seen).Reason;
        string[] reasons = new string[9];
        reasons[0] = Reason();
        service = service with { Mode = ServiceMode.Replicated };
        reasons[1] = Reason();
        policy = policy with { Enabled = true };
        reasons[2] = Reason();
        all = all with { PausedBecause = null };
        reasons[3] = Reason();
        service = service with { Wanted = 3 };
        reasons[4] = Reason();
        service = service with { Rollout = RolloutState.None };
        reasons[5] = Reason();
        service = service with { Quiet = null };
        reasons[6] = Reason();
        policy = policy with { Mode = PolicyMode.Apply };
        reasons[7] = Reason();
        all = all with { IsLeader = true };
        reasons[8] = Reason();
        Assert.Equal(
            [
                ReasonWords.NotReplicated, ReasonWords.Disabled, ReasonWords.Paused, ReasonWords.StoppedByHand,
                ReasonWords.UpdatePaused, ReasonWords.UpdateInProgress, ReasonWords.Observe, ReasonWords.NotLeader, ReasonWords.Recommend,
            ],
            reasons);
    }

    [Fact]
    public void A_paused_policy_and_an_instance_without_the_lease_hold_the_count_and_go_on_evaluating()
    {
        var paused = DecisionEngine.Decide(Given.Policy, Given.Observation(Given.Service(5), 9) with { PausedBecause = "paused until noon" }, Given.Seen);
        Assert.Equal((5, 9, ReasonWords.Paused, "paused until noon"), (paused.Desired, paused.Proposed, paused.Reason, paused.Trail[^1].Because));
        var follower = DecisionEngine.Decide(Given.Policy, Given.Observation(Given.Service(5), 9) with { IsLeader = false }, Given.Seen);
        Assert.Equal((5, 9, ReasonWords.NotLeader), (follower.Desired, follower.Proposed, follower.Reason));
    }

    [Fact]
    public void A_closed_gate_gives_the_reason_even_when_nothing_wants_a_change() =>
        Assert.Equal("gate 5→5", (Given.Policy with { Enabled = false }).Decide(5, 5).Steps());

    [Fact]
    public void An_observed_scale_down_is_not_taken_for_one_that_happened()
    {
        var story = new Story(Given.Policy with { Mode = PolicyMode.Observe }, 5);
        story.For(60, 2);
        Assert.Equal((5, true), (story.Wanted, story.History.Changes.Changes.IsEmpty));
    }
}
