using SwarmAutoscaler.Policies;
using Xunit;

namespace SwarmAutoscaler.Deciding;

public sealed class StepScalingTests
{
    static readonly ScalingPolicy Queue = Given.PolicyOf(new StepScaling(
    [
        new ScalingStep { Above = 1000, Change = StepChange.Add(1) },
        new ScalingStep { Above = 5000, Change = StepChange.Add(3) },
        new ScalingStep { Below = 100, Change = StepChange.Remove(1) },
        new ScalingStep { Below = 10, Change = StepChange.Remove(5) },
    ])) with { Replicas = new ReplicaBounds(1, 50) };

    [Theory]
    [InlineData(1000, 10)]   // strictly above
    [InlineData(1000.5, 11)]
    [InlineData(5000, 11)]
    [InlineData(5001, 13)]   // the highest matching range above
    [InlineData(100, 10)]    // strictly below
    [InlineData(99, 9)]
    [InlineData(10, 9)]
    [InlineData(9, 5)]       // the lowest matching range below
    [InlineData(500, 10)]    // in no range
    public void The_outermost_range_counts(double value, int expected) => Assert.Equal(expected, Queue.Decide(10, value).Desired);

    [Theory]
    [InlineData(6000, 13)]
    [InlineData(2000, 11)]
    [InlineData(50, 9)]
    [InlineData(5, 5)]
    public void In_whatever_order_the_ranges_are_written(double value, int expected)
    {
        var steps = ((StepScaling)Queue.Metrics[0].Strategy).Steps;
        Assert.Equal(expected, (Queue with { Metrics = [Given.Metric(new StepScaling([.. steps.Reverse()]))] }).Decide(10, value).Desired);
    }

    [Fact]
    public void Where_ranges_of_both_kinds_match_the_one_above_counts() => Assert.Equal(4, Given.PolicyOf(new StepScaling(
        [new ScalingStep { Below = 30, Change = StepChange.Remove(1) }, new ScalingStep { Above = 10, Change = StepChange.Add(1) }])).Decide(3, 20).Desired);

    [Fact]
    public void Only_a_step_that_waits_has_a_clock_to_remember()
    {
        Assert.Empty(Queue.Decide(10, 6000).History.Metrics);
        Assert.Single(Waiting.Decide(3, 9).History.Metrics);
    }

    public static TheoryData<StepChange, int, int> Changes => new()
    {
        { StepChange.Add(2), 3, 5 },
        { StepChange.Add(int.MaxValue), 3, 1000 },
        { StepChange.Remove(2), 3, 1 },
        { StepChange.Remove(5), 3, 1 },
        { StepChange.AddRatio(0.5), 3, 5 },       // 4.5 up
        { StepChange.AddRatio(0.1), 10, 11 },     // 11.000000000000002 is 11
        { StepChange.AddRatio(0.01), 1, 2 },
        { StepChange.RemoveRatio(0.5), 3, 1 },    // 1.5 down
        { StepChange.RemoveRatio(0.1), 10, 9 },
        { StepChange.RemoveRatio(0.7), 10, 3 },   // 3.0000000000000004
        { StepChange.RemoveRatio(0.8), 10, 2 },    // 1.9999999999999996 is 2
        { StepChange.RemoveRatio(1), 10, 1 },
        { StepChange.Set(7), 3, 7 },
        { StepChange.Set(0), 3, 1 },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_change_applies_to_the_wanted_count(StepChange change, int wanted, int expected)
    {
        ArgumentNullException.ThrowIfNull(change);
        var policy = Given.PolicyOf(new StepScaling([new ScalingStep { Above = 0, Change = change }]));
        Assert.Equal(expected, policy.Decide(wanted, 1).Desired);
    }

    [Theory]
    [InlineData(20, 3)]
    [InlineData(20.1, 4)]
    [InlineData(29.9, 4)]
    [InlineData(30, 3)]
    public void A_range_may_have_two_ends_both_strict(double value, int expected) => Assert.Equal(expected,
        Given.PolicyOf(new StepScaling([new ScalingStep { Above = 20, Below = 30, Change = StepChange.Add(1) }])).Decide(3, value).Desired);

    [Fact]
    public void A_step_with_for_waits_until_the_value_has_lasted()
    {
        var story = new Story(Waiting, 3);
        Assert.Equal(3, story.After(0, 9).Desired);
        Assert.Equal(3, story.After(29, 9).Desired);
        Assert.Equal(6, story.After(1, 9).Desired);   // 30 s: "for: 30s" has passed
    }

    [Theory]
    [InlineData(1)]             // out of the range
    [InlineData(double.NaN)]    // not known is no evidence
    public void A_break_starts_the_wait_again(double between)
    {
        var story = new Story(Waiting, 3);
        story.After(0, 9);
        story.After(15, between);
        story.After(15, 9);
        Assert.Equal(3, story.After(29, 9).Desired);
        Assert.Equal(6, story.After(1, 9).Desired);
    }

    [Fact]
    public void While_a_higher_step_waits_the_lower_one_counts()
    {
        var policy = Given.PolicyOf(new StepScaling(
        [
            new ScalingStep { Above = 1, Change = StepChange.Set(4) },
            new ScalingStep { Above = 5, Change = StepChange.Set(9), For = Given.Seconds(30) },
        ]));
        var story = new Story(policy, 3);
        Assert.Equal(4, story.After(0, 9).Desired);
        Assert.Equal(9, story.After(30, 9).Desired);
    }

    static ScalingPolicy Waiting => Given.PolicyOf(new StepScaling([new ScalingStep { Above = 5, Change = StepChange.Add(3), For = Given.Seconds(30) }]));
}
