using SwarmAutoscaler.Policies;
using Xunit;

namespace SwarmAutoscaler.Constraining;

public sealed class CooldownTests
{
    static readonly ScalingPolicy Cooling = Given.Policy with
    {
        ScaleUp = Given.Unlimited with { Cooldown = Given.Seconds(30) },
        ScaleDown = Given.Unlimited with { Cooldown = Given.Seconds(300) },
    };

    [Theory]
    [InlineData(29, 3, 5, 9, 5)]     // up 29 s after an up
    [InlineData(30, 3, 5, 9, 9)]     // exactly 30 s: over
    [InlineData(5, 7, 5, 9, 9)]      // up after a down: only scale-ups hold back
    [InlineData(299, 3, 5, 2, 5)]    // down after an up: any change holds back
    [InlineData(299, 7, 5, 2, 5)]    // down after a down
    [InlineData(300, 7, 5, 2, 2)]
    public void Each_direction_waits_for_its_own_cooldown(int age, int from, int wanted, int proposed, int expected)
    {
        var decision = Cooling.Decide(Given.WithChanges((age, from, wanted)), wanted, proposed);
        Assert.Equal((expected, expected == proposed ? ReasonWords.Recommend : ReasonWords.Cooldown), (decision.Desired, decision.Reason));
    }

    [Fact]
    public void An_older_scale_up_counts_although_a_scale_down_came_later() =>
        Assert.Equal(5, Cooling.Decide(Given.WithChanges((20, 3, 6), (10, 6, 5)), 5, 9).Desired);

    [Fact]
    public void Without_a_known_change_nothing_is_held_back() => Assert.Equal((9, 2), (Cooling.Decide(5, 9).Desired, Cooling.Decide(5, 2).Desired));

    [Theory]
    [InlineData(7, 3, 5)]    // somebody added: our scale-up waits too
    [InlineData(4, 9, 9)]    // somebody removed: only scale-downs wait
    public void A_change_by_others_counts_from_the_moment_it_is_seen(int setByHand, int proposed, int expected)
    {
        var story = new Story(Cooling with { OnExternalChange = OnExternalChange.Adopt }, 5);
        story.After(0, 5);
        story.Wanted = setByHand;
        expected = proposed < setByHand ? setByHand : expected;
        Assert.Equal(expected, story.After(15, proposed).Desired);
    }

    [Fact]
    public void Evaluation_goes_on_and_the_newest_proposal_is_used_when_the_cooldown_ends()
    {
        var story = new Story(Cooling, 3);
        Assert.Equal(4, story.After(0, 4).Desired);
        Assert.Equal(4, story.After(15, 20).Desired);
        Assert.Equal(6, story.After(15, 6).Desired);
    }

    [Theory]
    [InlineData(-3600, 30, 300)]    // the clock was set back by an hour
    [InlineData(0, 30, 300)]
    [InlineData(29, 1, 271)]
    [InlineData(30, 0, 270)]
    public void Never_more_is_left_than_the_cooldown_itself(int age, int up, int down)
    {
        var decision = Cooling.Decide(Given.WithChanges((age, 3, 5)), 5, 5);
        Assert.Equal((Given.Seconds(up), Given.Seconds(down)), (decision.CooldownUpRemaining, decision.CooldownDownRemaining));
    }

    [Fact]
    public void What_is_left_is_reported_per_direction()
    {
        var decision = Cooling.Decide(Given.WithChanges((10, 3, 5)), 5, 5);
        Assert.Equal((Given.Seconds(20), Given.Seconds(290)), (decision.CooldownUpRemaining, decision.CooldownDownRemaining));
        var over = Cooling.Decide(Given.WithChanges((500, 3, 5)), 5, 5);
        Assert.Equal((TimeSpan.Zero, TimeSpan.Zero), (over.CooldownUpRemaining, over.CooldownDownRemaining));
    }
}
