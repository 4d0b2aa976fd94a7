using SwarmAutoscaler.Policies;
using Xunit;

namespace SwarmAutoscaler.Constraining;

public sealed class RateLimitTests
{
    static RateLimit Replicas(int count, int period = 60) => RateLimit.OfReplicas(count, Given.Seconds(period));

    static RateLimit Ratio(double ratio, int period = 60) => RateLimit.OfRatio(ratio, Given.Seconds(period));

    public static TheoryData<RateLimit[], LimitSelection, int, int, int> Rules => new()
    {
        { [Replicas(3)], LimitSelection.Max, 10, 50, 13 },
        { [Replicas(3)], LimitSelection.Max, 10, 12, 12 },
        { [Replicas(3)], LimitSelection.Max, 10, 2, 7 },
        { [Replicas(30)], LimitSelection.Max, 10, 2, 2 },
        { [Ratio(0.5)], LimitSelection.Max, 3, 50, 5 },        // ceil(4.5)
        { [Ratio(0.1)], LimitSelection.Max, 10, 50, 11 },      // ceil(11.000000000000002) without the noise
        { [Ratio(0.5)], LimitSelection.Max, 3, 1, 1 },         // truncate(1.5)
        { [Ratio(0.7)], LimitSelection.Max, 10, 1, 3 },        // truncate(3.0000000000000004)
        { [Ratio(0.8)], LimitSelection.Max, 10, 1, 2 },        // truncate(1.9999999999999996) without the noise
        { [Ratio(7)], LimitSelection.Max, 10, 1, 1 },          // more than everything
        { [Replicas(4), Ratio(1)], LimitSelection.Max, 3, 50, 7 },
        { [Replicas(4), Ratio(1)], LimitSelection.Max, 10, 50, 20 },
        { [Ratio(1), Replicas(4)], LimitSelection.Min, 3, 50, 6 },
        { [Ratio(1), Replicas(4)], LimitSelection.Min, 10, 50, 14 },
        { [Replicas(2), Ratio(0.5)], LimitSelection.Max, 10, 1, 5 },
        { [Replicas(2), Ratio(0.5)], LimitSelection.Min, 10, 1, 8 },
        { [Replicas(4)], LimitSelection.Disabled, 10, 50, 10 },
        { [], LimitSelection.Disabled, 10, 1, 10 },
        { [], LimitSelection.Max, 10, 999, 999 },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void The_selected_rule_limits_a_change(RateLimit[] limits, LimitSelection select, int wanted, int proposed, int expected)
    {
        var decision = Limited(limits, select).Decide(wanted, proposed);
        Assert.Equal((expected, expected == proposed ? ReasonWords.Recommend : ReasonWords.RateLimit), (decision.Desired, decision.Reason));
    }

    [Theory]
    [InlineData(8, 20, 9)]      // 3 added within the period: start 5, so 9
    [InlineData(7, 20, 8)]      // 3 added, start 4
    [InlineData(10, 2, 9)]      // 3 removed within the period: start 13, so 9
    public void What_was_changed_within_the_period_is_spent(int wanted, int proposed, int expected)
    {
        var history = proposed > wanted ? Given.WithChanges((20, wanted - 3, wanted)) : Given.WithChanges((20, wanted + 3, wanted));
        Assert.Equal(expected, Limited([Replicas(4)]).Decide(history, wanted, proposed).Desired);
    }

    [Fact]
    public void Removals_give_room_upwards_and_additions_downwards()
    {
        var limited = Limited([Replicas(4)]);
        Assert.Equal(16, limited.Decide(Given.WithChanges((20, 12, 10)), 10, 50).Desired);   // start 12
        Assert.Equal(4, limited.Decide(Given.WithChanges((20, 8, 10)), 10, 1).Desired);      // start 8
    }

    [Theory]
    [InlineData(59, 10)]    // start 5: at most 9, and it never pushes back
    [InlineData(60, 14)]    // strictly newer than now − period
    public void An_overspent_budget_freezes_the_count(int age, int expected) =>
        Assert.Equal(expected, Limited([Replicas(4)]).Decide(Given.WithChanges((age, 5, 10)), 10, 50).Desired);

    [Fact]
    public void An_overspent_budget_freezes_the_count_downwards_too() =>
        Assert.Equal(10, Limited([Ratio(0.5)]).Decide(Given.WithChanges((30, 40, 10)), 10, 1).Desired);

    [Fact]
    public void A_service_that_was_added_as_a_whole_within_the_period_waits() =>
        Assert.Equal(10, Limited([Ratio(1)]).Decide(Given.WithChanges((30, 0, 10)), 10, 50).Desired);

    [Fact]
    public void Each_rule_looks_back_over_its_own_period()
    {
        var limited = Limited([Replicas(4, 30), Replicas(10, 120)]);
        Assert.Equal(14, limited.Decide(Given.WithChanges((60, 2, 10)), 10, 50).Desired);    // 8 of 10 spent in 120 s, none of 4 in 30 s
    }

    [Fact]
    public void The_defaults_are_four_or_double_per_15_s_upwards()
    {
        var story = new Story(Given.Policy with { ScaleUp = ScalingRules.UpDefaults }, 1);
        Assert.Equal([5, 10, 20, 40], Enumerable.Range(0, 4).Select(_ => story.After(15, 999).Desired));
    }

    static ScalingPolicy Limited(RateLimit[] limits, LimitSelection select = LimitSelection.Max)
    {
        var rules = Given.Unlimited with { Limits = limits, Select = select };
        return Given.Policy with { ScaleUp = rules, ScaleDown = rules };
    }
}
