using SwarmAutoscaler.Constraining;
using SwarmAutoscaler.Deciding;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;
using Xunit;

namespace SwarmAutoscaler;

/// <summary>What people read of a decision: every step says with figures why the number is what it is.</summary>
public sealed class SentenceTests
{
    static readonly ScalingPolicy Limited = Given.Policy with { Replicas = new ReplicaBounds(2, 20) };

    public static TheoryData<string, ScalingDecision> Steps => new()
    {
        { "60 s of the cooldown of 90 s are left after the last scale-up", (Limited with { ScaleUp = Given.Unlimited with { Cooldown = Given.Seconds(90) } }).Decide(Given.WithChanges((30, 2, 4)), 4, 9) },
        { "60 s of the cooldown of 90 s are left after the last change", (Limited with { ScaleDown = Given.Unlimited with { Cooldown = Given.Seconds(90) } }).Decide(Given.WithChanges((30, 2, 4)), 4, 3) },
        { "at most 2 replicas more per 60 s", WithLimits(up: RateLimit.OfReplicas(2, Given.Seconds(60))).Decide(4, 9) },
        { "at most 50 % more per 60 s", WithLimits(up: RateLimit.OfRatio(0.5, Given.Seconds(60))).Decide(4, 9) },
        { "at most 1 replica fewer per 15 s", WithLimits(down: RateLimit.OfReplicas(1, Given.Seconds(15))).Decide(9, 4) },
        { "scaling up is disabled", (Limited with { ScaleUp = Given.Unlimited with { Select = LimitSelection.Disabled } }).Decide(4, 9) },
        { "scaling down is disabled", (Limited with { ScaleDown = Given.Unlimited with { Select = LimitSelection.Disabled } }).Decide(9, 4) },
        { "the highest proposal of the last 300 s", (Limited with { ScaleDown = Given.Unlimited with { Stabilization = Given.Seconds(300) } }).Decide(Given.WithProposals((10, 9)), 9, 4) },
        { "the lowest proposal of the last 60 s", (Limited with { ScaleUp = Given.Unlimited with { Stabilization = Given.Seconds(60) } }).Decide(Given.WithProposals((10, 4)), 4, 9) },
        { "a rollout is under way, so no scale-down", Limited.Decide(Given.Service(9) with { Rollout = RolloutState.Updating }, 4) },
        { "a rollout is under way and during_update says scale_up_only, so no scale-down", (Limited with { DuringUpdate = DuringUpdate.ScaleUpOnly }).Decide(Given.Service(9) with { Rollout = RolloutState.Updating }, 4) },
        { "the policy says mode: observe", (Limited with { Mode = PolicyMode.Observe }).Decide(4, 9) },
        { "the autoscaler only observes", DecisionEngine.Decide(Limited, Given.Observation(Given.Service(4), 9) with { ObserveOnly = true }, Given.Seen) },
        { "this instance does not hold the lease; the one that does acts", DecisionEngine.Decide(Limited, Given.Observation(Given.Service(4), 9) with { IsLeader = false }, Given.Seen) },
        { "the engine reports an update state that is not known here", Limited.Decide(Given.Service(9) with { Rollout = RolloutState.Unknown }, 4) },
        { "2 tasks cannot be placed: the engine gives no reason", Limited.Decide(Given.Service(4) with { Unschedulable = 2 }, 9) },
        { "second", DecisionEngine.Decide(Limited, Given.Observation(Given.Service(4), 9) with { Caps = [new ReplicaCap(7, "first"), new ReplicaCap(6, "second")] }, Given.Seen) },   // the tightest
        { "first", DecisionEngine.Decide(Limited, Given.Observation(Given.Service(4), 9) with { Caps = [new ReplicaCap(6, "first"), new ReplicaCap(7, "second")] }, Given.Seen) },
        { "there is no service with exactly the name web", DecisionEngine.Decide(Limited, Given.Observation(null, 9), Given.Seen) },
        { "more than one policy names web", Refusal.OfAmbiguous(Limited, Given.Observation(Given.Service(4), 9), Given.Seen) },
        { "m0 is missing", Given.PolicyOf(new Passthrough(), new Passthrough()).Decide(4, double.NaN, double.NaN) },                            // the first one is named
        { "m0: the metric itself says 6", Given.PolicyOf(new Passthrough(), new Passthrough()).Decide(4, 6, 6) },                              // and of equals the first
    };

    [Theory]
    [MemberData(nameof(Steps))]
    public void A_step_says_why(string because, ScalingDecision decision) => Assert.StartsWith(because, decision.Trail[^1].Because, StringComparison.Ordinal);

    public static TheoryData<string, IScalingStrategy, int, double> Metrics => new()
    {
        { "the metric itself says 7.5", new Passthrough(), 4, 7.5 },
        { "250 at 100 a replica is 2.5", new PerReplicaTarget(100), 4, 250 },
        { "410 over 4 running is 1.025 of the target 100 each, within the tolerance", new PerReplicaTarget(100), 4, 410 },
        { "0.5 is in no range", Steps1(new ScalingStep { Above = 1, Change = StepChange.Add(1) }), 4, 0.5 },
        { "2 is above 1: add 1", Steps1(new ScalingStep { Above = 1, Change = StepChange.Add(1) }), 4, 2 },
        { "2 is below 3: remove 25 %", Steps1(new ScalingStep { Below = 3, Change = StepChange.RemoveRatio(0.25) }), 4, 2 },
        { "2 is above 1 and below 3: add 50 %", Steps1(new ScalingStep { Above = 1, Below = 3, Change = StepChange.AddRatio(0.5) }), 4, 2 },
        { "2 is above 1: set 7", Steps1(new ScalingStep { Above = 1, Change = StepChange.Set(7) }), 4, 2 },
        { "2 is below 3: remove 2", Steps1(new ScalingStep { Below = 3, Change = StepChange.Remove(2) }), 4, 2 },
    };

    [Theory]
    [MemberData(nameof(Metrics))]
    public void A_recommendation_says_why(string because, IScalingStrategy strategy, int wanted, double value) =>
        Assert.Equal(because, Given.PolicyOf(strategy).Decide(wanted, value).Recommendations[0].Because);

    [Fact]
    public void A_fallback_says_how_often_the_metric_was_missing()
    {
        var policy = Given.Policy with { Fallback = new FallbackRules(0, 6, FallbackBehavior.Static) };
        Assert.StartsWith("missing 1 times in a row (not_finite", policy.Decide(4, double.NaN).Recommendations[0].Because, StringComparison.Ordinal);
        var asleep = (policy with { Replicas = new ReplicaBounds(0, 10) }).Decide(Given.Seen with { ZeroIsOurs = true }, 0, double.NaN);
        Assert.Contains(asleep.Trail, step => step.Because == "wish is missing and its fallback counts, so the service wakes");
    }

    [Fact]
    public void A_number_per_task_says_nothing_at_zero() => Assert.Equal(
        "a number per task says nothing about a service without tasks",
        (Given.PolicyOf(new UtilizationTarget(0.5)) with { Replicas = new ReplicaBounds(0, 10) }).Decide(Given.Seen with { ZeroIsOurs = true }, 0, 0.5).Recommendations[0].Because);

    [Fact]
    public void A_step_that_waits_says_for_how_long_when_it_counts()
    {
        var story = new Story(Given.PolicyOf(Steps1(new ScalingStep { Above = 1, Change = StepChange.Add(1), For = Given.Seconds(30) })), 4);
        Assert.Equal("2 is in no range", story.After(0, 2).Recommendations[0].Because);
        Assert.Equal("2 is above 1 for 30 s or longer: add 1", story.After(30, 2).Recommendations[0].Because);
    }

    [Theory]
    [InlineData(4, 8, 130, "; above the target never fewer than 8")]   // 4 running of 8 wanted: 5.2 would be fewer
    [InlineData(12, 8, 70, "; below the target never more than 8")]    // 12 running of 8 wanted: 8.4 would be more
    [InlineData(8, 8, 130, "10.4")]                                    // nothing to guard against
    public void A_recommendation_that_was_guarded_says_so(int running, int wanted, double value, string end) => Assert.EndsWith(
        end, Given.PolicyOf(new ValueTarget(100)).Decide(Given.Service(wanted, running), value).Recommendations[0].Because, StringComparison.Ordinal);

    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.33333, "0.3333")]
    [InlineData(1e-6, "0")]
    [InlineData(9.9e-7, "9.9E-7")]
    [InlineData(-2e-7, "-2E-7")]
    [InlineData(999_999_999_999_999, "999999999999999")]
    [InlineData(1e15, "1E+15")]
    public void A_figure_is_short_and_never_hides_its_size(double value, string expected) =>
        Assert.Equal($"the metric itself says {expected}", Given.Policy.Decide(3, value).Recommendations[0].Because);

    [Fact]
    public void A_window_that_changes_one_end_says_which()
    {
        var decision = (Limited with { Windows = [new ScheduleWindow("night", 1, null, new Always())] }).Decide(5, 5);
        Assert.Equal("window night makes the minimum 1", decision.Trail[0].Because);
    }

    static StepScaling Steps1(ScalingStep step) => new([step]);

    static ScalingPolicy WithLimits(RateLimit? up = null, RateLimit? down = null) => Limited with
    {
        ScaleUp = Given.Unlimited with { Limits = up is null ? [] : [up] },
        ScaleDown = Given.Unlimited with { Limits = down is null ? [] : [down] },
    };

    sealed class Always : IActiveHours
    {
        public bool IsActive(DateTimeOffset at) => true;
    }
}
