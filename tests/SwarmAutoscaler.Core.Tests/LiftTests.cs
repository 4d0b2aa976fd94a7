using SwarmAutoscaler.Policies;
using Xunit;

namespace SwarmAutoscaler;

/// <summary>Each step that holds something back says what would lift it, and when if time alone does.</summary>
public sealed class LiftTests
{
    static readonly ScalingRules Slow = Given.Unlimited with { Limits = [RateLimit.OfReplicas(2, Given.Seconds(60))] };

    [Fact]
    public void A_cooldown_is_lifted_when_it_is_over()
    {
        var policy = Given.Policy with { ScaleUp = Given.Unlimited with { Cooldown = Given.Seconds(60) } };
        AssertLift(40, "the cooldown is over", policy.Decide(Given.WithChanges((20, 3, 5)), 5, 9));
    }

    [Theory]
    [InlineData(8, 100, "the proposal of 8 leaves the window; the highest is then 6")]    // 8 is 200 s old, 6 is 100 s old
    [InlineData(6, 200, "the proposal of 6 leaves the window; the highest is then 4")]    // at 6 it takes until the 6 has left, too
    [InlineData(7, 100, "the proposal of 8 leaves the window; the highest is then 6")]    // between the two
    public void The_down_window_is_lifted_when_the_last_proposal_as_high_as_the_count_leaves_it(int wanted, int seconds, string when)
    {
        var policy = Given.Policy with { ScaleDown = Given.Unlimited with { Stabilization = Given.Seconds(300) } };
        AssertLift(seconds, when, policy.Decide(Given.WithProposals((200, 8), (100, 6)), wanted, 4));
    }

    [Fact]
    public void So_is_the_up_window()
    {
        var policy = Given.Policy with { ScaleUp = Given.Unlimited with { Stabilization = Given.Seconds(60) } };
        AssertLift(50, "the proposal of 5 leaves the window; the lowest is then 9", policy.Decide(Given.WithProposals((20, 3), (10, 5)), 5, 9));
    }

    /// <summary>What was computed is what happens then, and not a moment earlier.</summary>
    [Fact]
    public void A_window_lets_more_through_at_the_time_it_says()
    {
        var policy = Given.Policy with { ScaleDown = Given.Unlimited with { Stabilization = Given.Seconds(300) } };
        var history = Given.WithProposals((200, 8), (100, 6));
        var lift = policy.Decide(history, 8, 4).Trail[^1].Lift!.In!.Value;
        Assert.Equal((8, 6), (DecideLater(policy, history, lift - Given.Seconds(1)).Desired, DecideLater(policy, history, lift).Desired));
    }

    /// <summary>Which of two was logged first is chance.</summary>
    [Fact]
    public void Proposals_of_the_same_time_leave_together()
    {
        var policy = Given.Policy with { ScaleDown = Given.Unlimited with { Stabilization = Given.Seconds(300) } };
        foreach (var history in new[] { Given.WithProposals((200, 8), (200, 6)), Given.WithProposals((200, 6), (200, 8)) })
            AssertLift(100, "the proposal of 8 leaves the window; the highest is then 4", policy.Decide(history, 6, 4));
    }

    [Fact]
    public void A_rate_limit_is_lifted_when_earlier_changes_leave_the_period() =>
        AssertLift(45, "earlier changes leave the period; 7 are then allowed", (Given.Policy with { ScaleUp = Slow }).Decide(Given.WithChanges((15, 3, 5)), 5, 9));

    [Fact]
    public void What_it_let_through_now_is_in_the_way_for_one_period() =>
        AssertLift(60, "the change made now leaves the period", (Given.Policy with { ScaleUp = Slow }).Decide(5, 9));

    [Fact]
    public void Of_several_rules_the_first_that_allows_more_counts()
    {
        var rules = Given.Unlimited with { Limits = [RateLimit.OfReplicas(4, Given.Seconds(60)), RateLimit.OfReplicas(6, Given.Seconds(120))] };
        AssertLift(30, "earlier changes leave the period; 14 are then allowed", (Given.Policy with { ScaleUp = rules }).Decide(Given.WithChanges((30, 4, 10)), 10, 20));
    }

    [Fact]
    public void A_disabled_direction_waits_for_the_policy() => AssertLift(
        null, "the policy's scale_up.select is not disabled", (Given.Policy with { ScaleUp = Slow with { Select = LimitSelection.Disabled } }).Decide(5, 9));

    [Fact]
    public void A_bound_waits_for_the_policy() => AssertLift(null, "the policy's replicas.max allows it", (Given.Policy with { Replicas = new ReplicaBounds(1, 8) }).Decide(5, 9));

    [Fact]
    public void A_missing_metric_waits_for_its_answer() => AssertLift(null, "wish answers again", Given.Policy.Decide(5, double.NaN));

    [Fact]
    public void Going_idle_waits_for_the_rest_of_its_time()
    {
        var policy = Given.Policy with { Replicas = new ReplicaBounds(0, 10) { IdleAfter = Given.Seconds(300) } };
        AssertLift(180, "it has been inactive for all of idle_after", policy.Decide(Given.Seen with { LastActive = Given.Now - Given.Seconds(120) }, 5, 0));
    }

    [Theory]
    [InlineData(null, "it is resumed")]
    [InlineData(90, "the pause ends, or it is resumed")]
    public void A_pause_waits_for_its_end(int? seconds, string when)
    {
        var observation = Given.Observation(Given.Service(5), 9) with { PausedBecause = "paused", PausedUntil = Given.Now + (seconds is { } length ? Given.Seconds(length) : null) };
        AssertLift(seconds, when, DecisionEngine.Decide(Given.Policy, observation, Given.Seen));
    }

    [Theory]
    [InlineData(4, 4)]
    [InlineData(-1, 0)]    // over since, but seen before
    public void A_quiet_time_waits_for_its_end(int left, int seconds) => AssertLift(seconds, "the quiet time ends",
        Given.Policy.Decide(Given.Service(5) with { Quiet = new Measuring.QuietTime(Given.Now + Given.Seconds(left), "somebody updated it") }, 9));

    [Fact]
    public void What_changes_the_count_unhindered_has_nothing_to_lift() => Assert.Null(Assert.Single(Given.Policy.Decide(5, 9).Trail).Lift);

    static ScalingDecision DecideLater(ScalingPolicy policy, Constraining.ScalingHistory history, TimeSpan later) =>
        DecisionEngine.Decide(policy, Given.Observation(Given.Service(8), 4) with { Now = Given.Now + later }, history);

    static void AssertLift(int? seconds, string when, ScalingDecision decision) =>
        Assert.Equal(new Lift(seconds is { } given ? Given.Seconds(given) : null, when), decision.Trail[^1].Lift);
}
