using SwarmAutoscaler.Policies;
using Xunit;

namespace SwarmAutoscaler.Deciding;

public sealed class CombinationTests
{
    static readonly ScalingPolicy Two = Given.PolicyOf(new Passthrough(), new Passthrough());

    [Theory]
    [InlineData(7, 4, 7, ReasonWords.Recommend)]
    [InlineData(4, 7, 7, ReasonWords.Recommend)]
    [InlineData(2, 3, 3, ReasonWords.Recommend)]
    [InlineData(5, 2, 5, ReasonWords.WithinTolerance)]
    public void The_highest_recommendation_counts(double first, double second, int expected, string reason)
    {
        var decision = Two.Decide(5, first, second);
        Assert.Equal((expected, reason), (decision.Desired, decision.Reason));
    }

    [Theory]
    [InlineData(7, double.NaN, 7, ReasonWords.Recommend)]
    [InlineData(double.NaN, 7, 7, ReasonWords.Recommend)]
    [InlineData(3, double.NaN, 5, ReasonWords.Combine)]
    [InlineData(double.NaN, 3, 5, ReasonWords.Combine)]
    [InlineData(5, double.NaN, 5, ReasonWords.WithinTolerance)]
    [InlineData(double.NaN, double.NaN, 5, ReasonWords.Combine)]
    [InlineData(double.PositiveInfinity, double.NegativeInfinity, 5, ReasonWords.Combine)]
    public void A_missing_metric_may_let_the_count_grow_but_never_shrink(double first, double second, int expected, string reason)
    {
        var decision = Two.Decide(5, first, second);
        Assert.Equal((expected, reason), (decision.Desired, decision.Reason));
    }

    [Fact]
    public void The_trail_names_what_is_missing_and_why() =>
        Assert.Contains("m0 recommends 3, but m1 is missing (not_finite", Two.Decide(5, 3, double.NaN).Trail[0].Because, StringComparison.Ordinal);

    [Fact]
    public void A_policy_without_metrics_holds_the_count()
    {
        var decision = (Given.Policy with { Metrics = [] }).Decide(5);
        Assert.Equal((5, ReasonWords.WithinTolerance), (decision.Desired, decision.Reason));
    }

    [Theory]
    [InlineData(FallbackBehavior.Static, 4, 6)]
    [InlineData(FallbackBehavior.Static, 9, 6)]
    [InlineData(FallbackBehavior.Current, 4, 4)]
    [InlineData(FallbackBehavior.Current, 9, 9)]
    [InlineData(FallbackBehavior.CurrentIfHigher, 4, 6)]
    [InlineData(FallbackBehavior.CurrentIfHigher, 9, 9)]
    [InlineData(FallbackBehavior.CurrentIfLower, 4, 4)]
    [InlineData(FallbackBehavior.CurrentIfLower, 9, 6)]
    public void A_fallback_stands_in_for_a_metric_that_is_missing_for_too_long(FallbackBehavior behavior, int wanted, int expected)
    {
        var story = new Story(Given.Policy with { Fallback = new FallbackRules(2, 6, behavior) }, wanted);
        Assert.Equal(wanted, story.After(15, double.NaN).Desired);
        Assert.Equal(wanted, story.After(15, double.NaN).Desired);
        var third = story.After(15, double.NaN);
        Assert.Equal(expected, third.Desired);
        Assert.True(third.Recommendations[0].IsFallback);
    }

    [Fact]
    public void One_success_starts_the_count_of_misses_again()
    {
        var story = new Story(Given.Policy with { Fallback = new FallbackRules(1, 6, FallbackBehavior.Static) }, 4);
        story.After(15, double.NaN);
        story.After(15, 4);
        Assert.Equal(4, story.After(15, double.NaN).Desired);
        Assert.Equal(6, story.After(15, double.NaN).Desired);
    }

    [Fact]
    public void After_zero_means_at_the_first_miss() =>
        Assert.Equal(6, (Given.Policy with { Fallback = new FallbackRules(0, 6, FallbackBehavior.Static) }).Decide(4, double.NaN).Desired);

    [Fact]
    public void Without_a_fallback_the_count_is_held_for_as_long_as_it_takes()
    {
        var story = new Story(Given.Policy, 4);
        Assert.Equal(4, story.For(36000, double.NaN).Desired);
        Assert.Equal(2400, story.History.MemoryOf("wish").Misses);
    }

    [Fact]
    public void Each_metric_counts_its_own_misses()
    {
        var story = new Story(Two with { Fallback = new FallbackRules(1, 9, FallbackBehavior.Static) }, 4);
        story.After(15, double.NaN, 4);
        Assert.Equal(4, story.After(15, 4, double.NaN).Desired);
        Assert.Equal(9, story.After(15, 4, double.NaN).Desired);
    }

    [Fact]
    public void One_success_resets_the_misses_of_a_metric_whose_steps_wait_too()
    {
        var steps = new StepScaling([new ScalingStep { Above = 5, Change = StepChange.Add(1), For = Given.Seconds(60) }]);
        var story = new Story(Given.PolicyOf(steps) with { Fallback = new FallbackRules(1, 9, FallbackBehavior.Static) }, 4);
        story.After(15, double.NaN);
        story.After(15, 1);
        Assert.Equal(4, story.After(15, double.NaN).Desired);
        Assert.Equal(9, story.After(15, double.NaN).Desired);
    }
}
