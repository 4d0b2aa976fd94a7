using SwarmAutoscaler.Policies;
using Xunit;

namespace SwarmAutoscaler.Constraining;

public sealed class StabilizationTests
{
    [Theory]
    [InlineData(5, 2, 4, ReasonWords.Stabilization)]      // down: the highest of 4, 3 and now 2
    [InlineData(5, 4, 4, ReasonWords.Recommend)]
    [InlineData(3, 2, 3, ReasonWords.Stabilization)]      // 4 was proposed: 3 is inside [.., 4]
    [InlineData(3, 9, 9, ReasonWords.Recommend)]          // the up window is 0 s
    public void Down_takes_the_highest_proposal_of_its_window(int wanted, int proposed, int expected, string reason)
    {
        var decision = Windows(0, 300).Decide(Given.WithProposals((120, 4), (60, 3)), wanted, proposed);
        Assert.Equal((expected, reason), (decision.Desired, decision.Reason));
    }

    [Theory]
    [InlineData(5, 9, 6, ReasonWords.Stabilization)]      // up: the lowest of 7, 6 and now 9
    [InlineData(5, 6, 6, ReasonWords.Recommend)]
    [InlineData(6, 9, 6, ReasonWords.Stabilization)]
    [InlineData(8, 2, 2, ReasonWords.Recommend)]          // the down window is 0 s
    public void Up_takes_the_lowest_proposal_of_its_window(int wanted, int proposed, int expected, string reason)
    {
        var decision = Windows(300, 0).Decide(Given.WithProposals((120, 7), (60, 6)), wanted, proposed);
        Assert.Equal((expected, reason), (decision.Desired, decision.Reason));
    }

    [Theory]
    [InlineData(5, 9, 5)]     // lowest 3, highest 9: wanted 5 is inside
    [InlineData(5, 1, 5)]     // lowest 1, highest 8
    [InlineData(2, 9, 3)]     // below the lowest, 3
    [InlineData(10, 1, 8)]    // above the highest, 8
    public void Both_windows_pull_the_wanted_count_between_lowest_and_highest(int wanted, int proposed, int expected) =>
        Assert.Equal(expected, Windows(60, 60).Decide(Given.WithProposals((40, 3), (20, 8)), wanted, proposed).Desired);

    [Theory]
    [InlineData(59, 9)]
    [InlineData(60, 2)]    // strictly newer than now − window
    [InlineData(61, 2)]
    public void A_proposal_counts_while_it_is_strictly_newer_than_the_window(int age, int expected) =>
        Assert.Equal(expected, Windows(0, 60).Decide(Given.WithProposals((age, 9)), 9, 2).Desired);

    [Fact]
    public void First_sight_counts_as_a_proposal_so_a_restart_shrinks_nothing_for_one_down_window()
    {
        var story = new Story(Windows(0, 300), 8);
        Assert.Equal(8, story.After(0, 2).Desired);
        Assert.Equal(8, story.After(299, 2).Desired);
        Assert.Equal(2, story.After(1, 2).Desired);
    }

    [Fact]
    public void First_sight_does_not_hold_back_growth() => Assert.Equal(20, new Story(Windows(0, 300), 8).After(0, 20).Desired);

    [Fact]
    public void Proposals_are_logged_as_they_were_before_stabilization_and_limits()
    {
        var story = new Story(Windows(0, 60) with { ScaleUp = Given.Unlimited with { Limits = [RateLimit.OfReplicas(1, Given.Seconds(15))] } }, 3);
        Assert.Equal(4, story.After(0, 9).Desired);
        Assert.Equal(4, story.After(15, 2).Desired);     // 9 was proposed, although 4 was decided
        Assert.Equal(9, story.History.Proposals.Highest(story.Now, Given.Seconds(60), 0));
    }

    [Fact]
    public void A_window_longer_than_all_time_is_a_window() =>
        Assert.Equal(9, (Given.Policy with { ScaleDown = Given.Unlimited with { Stabilization = TimeSpan.MaxValue } }).Decide(Given.WithProposals((100, 9)), 9, 2).Desired);

    static ScalingPolicy Windows(int up, int down) => Given.Policy with
    {
        ScaleUp = Given.Unlimited with { Stabilization = Given.Seconds(up) },
        ScaleDown = Given.Unlimited with { Stabilization = Given.Seconds(down) },
    };
}
