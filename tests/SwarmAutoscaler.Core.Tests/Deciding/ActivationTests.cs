using SwarmAutoscaler.Constraining;
using SwarmAutoscaler.Policies;
using Xunit;

namespace SwarmAutoscaler.Deciding;

/// <summary>Scale to and from zero, as stories over time.</summary>
public sealed class ActivationTests
{
    static readonly ScalingPolicy ToZero = Given.PolicyOf(new PerReplicaTarget(100)) with { Replicas = new ReplicaBounds(0, 10) };

    static readonly ScalingPolicy ToIdle = ToZero with { Replicas = new ReplicaBounds(5, 10) { Idle = 2, IdleAfter = Given.Seconds(60) } };

    [Fact]
    public void A_service_goes_to_zero_after_idle_after_and_not_before()
    {
        var story = new Story(ToZero, 3);
        Assert.Equal(3, story.After(0, 250).Desired);
        var waiting = story.After(15, 0);
        Assert.Equal((1, ReasonWords.Activation), (waiting.Desired, waiting.Reason));
        Assert.Equal(1, story.After(284, 0).Desired);
        var idle = story.After(1, 0);
        Assert.Equal((0, ScalingAction.ScaleDown), (idle.Desired, idle.Action));
        Assert.True(story.History.ZeroIsOurs);
    }

    [Fact]
    public void With_the_defaults_the_down_window_and_idle_after_run_side_by_side()
    {
        var story = new Story(ToZero with { ScaleUp = ScalingRules.UpDefaults, ScaleDown = ScalingRules.DownDefaults }, 3);
        story.After(0, 250);
        Assert.Equal(3, story.For(285, 0).Desired);
        Assert.Equal(0, story.After(15, 0).Desired);
    }

    [Fact]
    public void A_restart_does_not_send_a_service_to_zero_before_the_down_window_has_passed()
    {
        var policy = ToZero with { Replicas = new ReplicaBounds(0, 10) { IdleAfter = TimeSpan.Zero }, ScaleDown = ScalingRules.DownDefaults };
        var story = new Story(policy, 3);
        var first = story.After(0, 0);
        Assert.Equal((3, ReasonWords.Stabilization), (first.Desired, first.Reason));
        Assert.Equal(3, story.After(299, 0).Desired);
        Assert.Equal(0, story.After(1, 0).Desired);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.5, 1)]     // strictly above 0
    [InlineData(100, 1)]
    [InlineData(250, 3)]
    [InlineData(5000, 10)]
    public void From_zero_an_active_metric_gives_at_least_one(double value, int expected) =>
        Assert.Equal(expected, ToZero.Decide(OurZero, 0, value).Desired);

    [Theory]
    [InlineData(40, 0)]
    [InlineData(50, 0)]      // not strictly above
    [InlineData(51, 1)]
    public void A_service_wakes_above_its_activation(double value, int expected)
    {
        var policy = ToZero with { Metrics = [Given.Metric(new PerReplicaTarget(10), activation: 50)] };
        Assert.Equal(expected == 0 ? 0 : 6, policy.Decide(OurZero, 0, value).Desired);
    }

    [Fact]
    public void A_value_target_wakes_a_service_too() =>
        Assert.Equal(2, (ToZero with { Metrics = [Given.Metric(new ValueTarget(10))] }).Decide(OurZero, 0, 15).Desired);

    [Fact]
    public void A_missing_metric_never_makes_a_service_inactive()
    {
        var story = new Story(ToZero, 1);
        story.After(0, 50);
        Assert.Equal(1, story.For(3600, double.NaN).Desired);
        Assert.Equal(1, story.After(15, 0).Desired);
        Assert.Equal(1, story.For(270, 0).Desired);
        Assert.Equal(0, story.For(30, 0).Desired);
    }

    [Fact]
    public void One_missing_metric_among_inactive_ones_keeps_the_service_active()
    {
        var story = new Story(ToZero with { Metrics = [Given.Metric(new PerReplicaTarget(1), "a"), Given.Metric(new PerReplicaTarget(1), "b")] }, 1);
        story.After(0, 1, 1);
        Assert.Equal(1, story.For(3600, 0, double.NaN).Desired);
    }

    [Fact]
    public void A_missing_metric_does_not_wake_an_idle_service()
    {
        var decision = ToZero.Decide(OurZero, 0, double.NaN);
        Assert.Equal((0, ReasonWords.Activation), (decision.Desired, decision.Reason));
    }

    [Fact]
    public void A_fallback_wakes_an_idle_service()
    {
        var policy = ToZero with { Fallback = new FallbackRules(0, 4, FallbackBehavior.Static) };
        Assert.Equal(4, policy.Decide(OurZero, 0, double.NaN).Desired);
    }

    [Fact]
    public void A_zero_of_a_person_is_not_woken_and_stays_until_they_scale_up()
    {
        var story = new Story(ToZero, 3);
        story.After(0, 300);
        story.Wanted = 0;
        var stopped = story.After(15, 300);
        Assert.Equal((0, ReasonWords.StoppedByHand, 3), (stopped.Desired, stopped.Reason, stopped.Proposed));
        Assert.Equal(0, story.For(3600, 300).Desired);
        story.Wanted = 1;
        Assert.Equal(3, story.After(15, 300).Desired);
    }

    [Fact]
    public void A_zero_at_first_sight_is_a_persons() => Assert.Equal(ReasonWords.StoppedByHand, new Story(ToZero, 0).After(0, 300).Reason);

    [Fact]
    public void A_zero_of_ours_is_woken()
    {
        var story = new Story(ToZero, 1);
        story.For(330, 0);
        Assert.Equal(0, story.Wanted);
        Assert.Equal(0, story.For(3600, 0).Desired);
        Assert.Equal(3, story.After(15, 300).Desired);
        Assert.False(story.History.ZeroIsOurs);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(3, true)]     // the request is carried out only after it has been given up on and the count has been read again
    [InlineData(18, true)]
    [InlineData(19, false)]   // 5 min after it was sent
    [InlineData(30, false)]   // long after it can still be carried out, a zero is a person's
    public void A_zero_we_attempted_without_an_answer_is_ours(int cyclesUntilItLands, bool isOurs)
    {
        var story = new Story(ToZero, 1);
        story.For(285, 0);
        story.Fate = Fate.LostUnknown;
        Assert.Equal(0, story.For(30, 0).Desired);
        story.Fate = Fate.Applied;
        for (int i = 0; i < cyclesUntilItLands; i++)
            Assert.Equal(1, story.After(15, 50).Desired);
        story.Wanted = 0;
        Assert.Equal(isOurs ? 1 : 0, story.After(15, 50).Desired);
    }

    [Fact]
    public void A_zero_of_ours_that_the_policy_no_longer_allows_is_lifted()
    {
        var decision = (ToZero with { Replicas = new ReplicaBounds(2, 10) }).Decide(OurZero, 0, 0);
        Assert.Equal((2, ReasonWords.Bounds), (decision.Desired, decision.Reason));
    }

    [Fact]
    public void A_policy_that_gains_idle_later_does_not_idle_a_busy_service()
    {
        var story = new Story(ToZero with { Replicas = new ReplicaBounds(1, 10) }, 3);
        story.For(3600, 300);
        story.Policy = ToZero;
        Assert.Equal(1, story.After(15, 0).Desired);
        Assert.Equal(1, story.For(270, 0).Desired);
        Assert.Equal(0, story.For(15, 0).Desired);
    }

    [Fact]
    public void Idle_may_be_a_count_below_the_minimum_and_the_minimum_does_not_lift_it()
    {
        var story = new Story(ToIdle, 6);
        story.After(0, 600);
        Assert.Equal(5, story.For(45, 0).Desired);
        Assert.Equal(2, story.For(15, 0).Desired);
        Assert.Equal(2, story.For(600, 0).Desired);
        Assert.Equal(5, story.After(15, 50).Desired);
    }

    [Fact]
    public void Between_the_minimum_and_idle_a_rate_limit_leaves_nothing_in_between()
    {
        var story = new Story(ToIdle with { ScaleDown = Given.Unlimited with { Limits = [RateLimit.OfReplicas(1, Given.Seconds(15))] } }, 6);
        story.After(0, 600);
        int[] counts = [.. Enumerable.Range(0, 8).Select(_ => story.After(15, 0).Desired)];
        Assert.Equal([5, 5, 5, 2, 2, 2, 2, 2], counts);
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.1)]
    public void A_limit_in_percent_does_not_keep_a_service_at_zero(double ratio)
    {
        var story = new Story(ToZero with { ScaleUp = Given.Unlimited with { Limits = [RateLimit.OfRatio(ratio, Given.Seconds(15))] } }, 0);
        story.History = OurZero;
        Assert.Equal(1, story.After(15, 500).Desired);
        Assert.Equal(2, story.After(15, 500).Desired);
    }

    [Fact]
    public void A_service_held_at_idle_is_not_lifted_by_the_minimum()
    {
        var policy = ToIdle with { ScaleUp = Given.Unlimited with { Select = LimitSelection.Disabled, Limits = [] } };
        var decision = policy.Decide(2, 900);
        Assert.Equal((2, ReasonWords.RateLimit), (decision.Desired, decision.Reason));
    }

    static ScalingHistory OurZero => Given.Seen with { ZeroIsOurs = true };

    [Theory]
    [InlineData(LimitedResource.Cpu)]
    [InlineData(LimitedResource.Memory)]
    public void A_share_of_a_limit_says_nothing_about_a_service_without_tasks_and_its_fallback_wakes_nobody(LimitedResource resource)
    {
        var steps = new StepScaling([new ScalingStep { Above = 0.8, Change = StepChange.Add(1) }]);
        var policy = ToZero with { Metrics = [.. ToZero.Metrics, Given.Metric(steps, "use", shareOf: resource)], Fallback = new FallbackRules(3, 4, FallbackBehavior.Static) };
        var story = new Story(policy, 0) { History = ScalingHistory.FirstSight with { ZeroIsOurs = true } };
        Assert.Equal(0, story.For(150, 0, double.NaN).Desired);
        Assert.Equal(RecommendationKind.NotApplicable, story.After(15, 0, double.NaN).Recommendations[1].Kind);
        Assert.Equal(2, story.After(15, 200, double.NaN).Desired);
    }

    [Fact]
    public void A_fallback_of_the_idle_count_wakes_nobody()
    {
        var policy = ToIdle with { Fallback = new FallbackRules(0, 2, FallbackBehavior.Static) };
        var decision = policy.Decide(2, double.NaN);
        Assert.Equal((2, ReasonWords.Activation), (decision.Desired, decision.Reason));
    }

    public static TheoryData<IScalingStrategy, int> NotPerTask => new()
    {
        { new Passthrough(), 5 },
        { new StepScaling([new ScalingStep { Above = 4, Change = StepChange.Add(2) }]), 2 },
        { new PerReplicaTarget(2), 3 },
    };

    [Theory]
    [MemberData(nameof(NotPerTask))]
    public void What_is_no_number_per_task_counts_at_zero_too(IScalingStrategy strategy, int expected) =>
        Assert.Equal(expected, (ToZero with { Metrics = [Given.Metric(strategy)] }).Decide(OurZero, 0, 5).Desired);

    [Fact]
    public void A_service_that_has_been_inactive_for_long_goes_back_to_idle_at_once_when_somebody_raised_it()
    {
        var policy = ToZero with { Metrics = [.. ToZero.Metrics, Given.Metric(new UtilizationTarget(0.5), "use")] };
        var story = new Story(policy, 1);
        Assert.Equal(0, story.For(315, 0, 0).Desired);
        Assert.Equal(RecommendationKind.NotApplicable, story.For(600, 0, double.NaN).Recommendations[1].Kind);
        story.Wanted = 3;
        Assert.Equal(0, story.After(15, 0, 0).Desired);
    }

    [Fact]
    public void Without_a_metric_nothing_is_known_to_be_inactive()
    {
        var story = new Story(ToIdle with { Metrics = [] }, 6);
        Assert.Equal(6, story.For(1200).Desired);
    }

    [Fact]
    public void A_service_that_was_removed_and_made_anew_at_zero_was_stopped_by_whoever_made_it()
    {
        var story = new Story(ToZero with { Replicas = new ReplicaBounds(0, 10) { IdleAfter = TimeSpan.Zero } }, 3);
        story.After(0, 0);
        Assert.Equal((0, true), (story.Wanted, story.History.ZeroIsOurs));
        story.Service = service => service with { Id = "made-anew" };
        Assert.Equal(ReasonWords.StoppedByHand, story.After(15, 500).Reason);
    }
}
