using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;
using Xunit;

namespace SwarmAutoscaler.Constraining;

/// <summary><c>give_back_after</c>: what has had no place for so long is given back.</summary>
public sealed class GiveBackTests
{
    static readonly ScalingPolicy Policy = Given.Policy with { GiveBackAfter = Given.Seconds(60), Replicas = new ReplicaBounds(2, 50) };

    [Fact]
    public void What_had_no_place_for_the_whole_time_is_given_back_past_all_that_limits_a_scale_down()
    {
        var story = new Story(Policy with { ScaleDown = Given.Unlimited with { Stabilization = Given.Seconds(300), Cooldown = Given.Seconds(300) } }, 10);
        Unplaced(story, 3);
        Assert.Equal((10, ReasonWords.WithinTolerance), Outcome(story.For(60, 10)));
        var decision = story.After(15, 10);
        Assert.Equal((7, ReasonWords.Capacity), Outcome(decision));
        Assert.Equal("3 of 10 are given back after 60 s: 3 tasks cannot be placed: no suitable node", decision.Trail[^1].Because);
    }

    [Theory]
    [InlineData(10, 3, 1, 9)]      // two of three found a place on the way: one has waited all the time
    [InlineData(10, 3, 8, 7)]      // five more since a node was lost just now: they have not waited yet
    [InlineData(4, 3, 3, 2)]       // not below the minimum
    [InlineData(2, 2, 2, 2)]
    public void Only_what_waited_all_the_time_is_given_back_and_not_below_the_minimum(int wanted, int atFirst, int atLast, int expected)
    {
        var story = new Story(Policy, wanted);
        Unplaced(story, atFirst);
        story.For(60, wanted);
        Unplaced(story, atLast);
        Assert.Equal((expected, expected < wanted ? ReasonWords.Capacity : ReasonWords.WithinTolerance), Outcome(story.After(15, wanted)));
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(3, "no answer in time")]     // not known: no evidence that they still wait
    public void A_break_starts_the_clock_anew(int unschedulable, string? unknown)
    {
        var story = new Story(Policy, 10);
        Unplaced(story, 3);
        story.For(60, 10);
        story.Service = service => service with { Unschedulable = unschedulable, PlacementUnknownBecause = unknown };
        Assert.Equal(10, story.After(15, 10).Desired);
        Unplaced(story, 3);
        Assert.Equal(10, story.For(60, 10).Desired);
        Assert.Equal(7, story.After(15, 10).Desired);
    }

    [Fact]
    public void Without_the_key_they_wait_for_ever()
    {
        var story = new Story(Policy with { GiveBackAfter = null }, 10);
        Unplaced(story, 3);
        Assert.Equal(10, story.For(3600, 10).Desired);
        Assert.Null(story.History.Unplaced);
    }

    [Fact]
    public void While_a_metric_is_missing_nothing_is_given_back()
    {
        var story = new Story(Policy, 10);
        Unplaced(story, 3);
        Assert.Equal(10, story.For(300, double.NaN).Desired);
        Assert.Equal(7, story.After(15, 10).Desired);
    }

    [Fact]
    public void A_closed_gate_holds_it_and_it_is_not_taken_for_done()
    {
        var story = new Story(Policy with { Mode = PolicyMode.Observe }, 10);
        Unplaced(story, 3);
        story.For(60, 10);
        var decision = story.After(15, 10);
        Assert.Equal((10, 7, ReasonWords.Observe), (decision.Desired, decision.Proposed, decision.Reason));
        Assert.Null(story.History.GivenBack);
    }

    /// <summary>The metrics want 10 all the time, 7 have a place: up and down once in twice the time, not with every evaluation.</summary>
    [Fact]
    public void It_does_not_flap()
    {
        var story = new Story(Policy, 10);
        story.Service = service => service with { Running = Math.Min(7, service.Wanted), Unschedulable = Math.Max(0, service.Wanted - 7), UnschedulableBecause = "full" };
        var counts = Enumerable.Range(0, 21).Select(_ => story.After(15, 10).Desired).ToList();
        Assert.Equal([10, 10, 10, 10, 7, 7, 7, 7, 10, 10, 10, 10, 10, 7, 7, 7, 7, 10, 10, 10, 10], counts);
    }

    [Fact]
    public void Until_it_is_tried_again_the_count_moves_freely_below_what_has_a_place()
    {
        var story = new Story(Policy, 10);
        Unplaced(story, 3);
        story.For(60, 10);
        story.After(15, 10);
        Unplaced(story, 0);
        Assert.Equal(4, story.After(15, 4).Desired);
        var held = story.After(15, 12);
        Assert.Equal((7, ReasonWords.Capacity), Outcome(held));
        Assert.Equal("more than 7 could not be placed and were given back; this is tried again in 30 s", held.Trail[^1].Because);
        Assert.Equal((12, ReasonWords.Recommend), Outcome(story.After(30, 12)));
    }

    [Fact]
    public void What_was_given_back_is_nothing_to_restore_and_counts_for_the_cooldown()
    {
        var story = new Story(Policy with { ScaleDown = Given.Unlimited with { Cooldown = Given.Seconds(30) } }, 10);
        Unplaced(story, 3);
        story.For(60, 10);
        story.After(15, 10);
        Unplaced(story, 0);
        Assert.Equal((7, 7), (story.History.LastSeen, story.History.LastDecided));
        Assert.Equal((7, ReasonWords.Cooldown), Outcome(story.After(15, 3)));
        Assert.Equal((3, ReasonWords.Recommend), Outcome(story.After(15, 3)));
    }

    static void Unplaced(Story story, int tasks) => story.Service = service => service with
    {
        Running = service.Wanted - tasks,
        Unschedulable = tasks,
        UnschedulableBecause = "no suitable node",
    };

    static (int, string) Outcome(ScalingDecision decision) => (decision.Desired, decision.Reason);
}
