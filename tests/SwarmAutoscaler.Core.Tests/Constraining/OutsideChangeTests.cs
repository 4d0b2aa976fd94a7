using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;
using Xunit;

namespace SwarmAutoscaler.Constraining;

/// <summary>Somebody else changes the count, typically <c>docker stack deploy</c>.</summary>
public sealed class OutsideChangeTests
{
    static readonly ScalingPolicy Slow = Given.Policy with
    {
        Replicas = new ReplicaBounds(2, 50),
        ScaleUp = Given.Unlimited with { Cooldown = Given.Seconds(120), Limits = [RateLimit.OfReplicas(1, Given.Seconds(60))] },
    };

    [Fact]
    public void A_lowered_count_is_restored_past_cooldown_and_rate_limits()
    {
        var story = Decided(8);
        story.Wanted = 3;
        var decision = story.After(15, 8);
        Assert.Equal((8, ReasonWords.Restore), (decision.Desired, decision.Reason));
    }

    [Theory]
    [InlineData(6, 6)]     // the metrics now ask for less
    [InlineData(20, 8)]    // more than we had decided: the rest has to wait as ever
    [InlineData(2, 2)]
    public void It_returns_to_the_lower_of_what_we_decided_and_what_is_asked_for_now(int proposed, int expected)
    {
        var story = Decided(8);
        story.Wanted = 3;
        Assert.Equal(expected, story.After(15, proposed).Desired);
        Assert.Equal(expected, story.After(15, proposed).Desired);
    }

    [Fact]
    public void Missing_metrics_hold_the_lowered_count_and_it_is_restored_when_they_are_back()
    {
        var story = Decided(8);
        story.Wanted = 3;
        Assert.Equal(3, story.After(15, double.NaN).Desired);
    }

    [Fact]
    public void A_count_reset_below_the_minimum_is_restored_too()
    {
        var story = Decided(8);
        story.Wanted = 1;
        Assert.Equal((2, ReasonWords.Bounds), Outcome(story.After(15, 8)));
        Assert.Equal((8, ReasonWords.Restore), Outcome(story.After(15, 8)));
    }

    [Fact]
    public void A_reset_during_a_rollout_is_restored_when_the_rollout_is_over()
    {
        var story = Decided(8);
        story.Wanted = 3;
        story.Service = service => service with { Rollout = RolloutState.Updating, RollsBackOnFailure = true };
        Assert.Equal(3, story.For(300, 8).Desired);
        story.Service = service => service with { Rollout = RolloutState.Completed };
        Assert.Equal((8, ReasonWords.Restore), Outcome(story.After(15, 8)));
    }

    [Fact]
    public void What_cannot_be_placed_yet_is_restored_later()
    {
        var story = Decided(8);
        story.Wanted = 3;
        story.Service = service => service with { Unschedulable = 1 };
        Assert.Equal((3, ReasonWords.Capacity), Outcome(story.For(60, 8)));
        story.Service = service => service;
        Assert.Equal((8, ReasonWords.Restore), Outcome(story.After(15, 8)));
    }

    [Fact]
    public void A_refused_restore_is_decided_again()
    {
        var story = Decided(8);
        story.Wanted = 3;
        story.Fate = Fate.Refused;
        Assert.Equal(8, story.After(15, 8).Desired);
        story.Fate = Fate.Applied;
        Assert.Equal((8, ReasonWords.Restore), Outcome(story.After(15, 8)));
    }

    [Fact]
    public void Adopt_takes_the_outside_count_as_the_new_start()
    {
        var story = Decided(8);
        story.Policy = Slow with { OnExternalChange = OnExternalChange.Adopt };
        story.Wanted = 3;
        Assert.Equal((3, ReasonWords.Cooldown), Outcome(story.After(15, 8)));
        Assert.Equal(3, story.History.LastDecided);
    }

    [Fact]
    public void A_raised_count_is_kept_as_long_as_the_down_rules_say()
    {
        var story = new Story(Slow with { ScaleDown = Given.Unlimited with { Cooldown = Given.Seconds(300) } }, 5);
        story.After(0, 5);
        story.Wanted = 15;
        Assert.Equal((15, ReasonWords.Cooldown), Outcome(story.After(15, 5)));
        Assert.Equal(15, story.For(285, 5).Desired);
        Assert.Equal(5, story.After(15, 5).Desired);
    }

    [Fact]
    public void Our_own_scale_down_is_nothing_to_restore()
    {
        var story = Decided(8);
        Assert.Equal(4, story.After(300, 4).Desired);
        Assert.Equal(5, story.After(300, 8).Desired);
    }

    [Fact]
    public void At_first_sight_there_is_nothing_to_restore()
    {
        var decision = Slow.Decide(ScalingHistory.FirstSight, 3, 8);
        Assert.Equal((4, ReasonWords.RateLimit), Outcome(decision));
    }

    [Fact]
    public void A_change_of_ours_without_an_answer_that_took_effect_is_not_an_outside_change()
    {
        var story = new Story(Given.Policy, 5) { Fate = Fate.AppliedUnknown };
        story.After(0, 9);
        story.After(15, 9);
        Assert.Equal((9, 9, null), (story.History.LastSeen, story.History.LastDecided, story.History.Attempt));
        Assert.Equal((5, 9), (story.History.Changes.Changes[^1].From, story.History.Changes.Changes[^1].To));
    }

    [Fact]
    public void A_service_that_vanished_and_came_back_smaller_is_restored()
    {
        var story = Decided(8);
        var gone = DecisionEngine.Decide(story.Policy, Given.Observation(null, 8) with { Now = story.Now }, story.History);
        Assert.Same(story.History, gone.History);
        story.Wanted = 3;
        Assert.Equal(8, story.After(60, 8).Desired);
    }

    [Fact]
    public void What_was_given_up_on_the_way_back_is_not_restored_later()
    {
        var story = Decided(8);
        story.Wanted = 3;
        Assert.Equal(6, story.After(15, 6).Desired);
        Assert.Equal((7, ReasonWords.RateLimit), Outcome(story.After(135, 20)));
    }

    [Fact]
    public void A_count_of_somebody_else_that_we_kept_is_restored_like_our_own()
    {
        var story = new Story(Slow with { ScaleDown = Given.Unlimited with { Cooldown = Given.Seconds(300) } }, 5);
        story.After(0, 5);
        story.Wanted = 10;
        Assert.Equal(10, story.After(15, 10).Desired);
        story.Wanted = 4;
        Assert.Equal((10, ReasonWords.Restore), Outcome(story.After(15, 10)));
    }

    [Fact]
    public void A_change_that_the_engine_refused_is_nothing_to_restore()
    {
        var story = new Story(Given.Policy, 4) { Fate = Fate.Refused };
        Assert.Equal(8, story.After(0, 8).Desired);
        story.Policy = Slow;
        Assert.Equal((5, ReasonWords.RateLimit), Outcome(story.After(15, 8)));
    }

    [Fact]
    public void A_count_that_the_bounds_cut_is_not_restored_when_they_widen_again()
    {
        var story = Decided(8);
        story.Policy = Slow with { Replicas = new ReplicaBounds(2, 5) };
        Assert.Equal((5, ReasonWords.Bounds), Outcome(story.After(15, 8)));
        story.Policy = Slow;
        Assert.Equal((6, ReasonWords.RateLimit), Outcome(story.After(135, 8)));
    }

    [Theory]
    [InlineData(true, 7, 7)]     // raised by hand while nobody watched: kept for one down window
    [InlineData(true, 4, 2)]     // as it was left
    [InlineData(true, 5, 2)]     // our own change, whose outcome nobody saw
    [InlineData(false, 7, 2)]    // raised before our eyes
    public void What_somebody_raised_while_nobody_watched_is_kept_for_one_down_window(bool isResumed, int found, int expected)
    {
        var story = new Story(Given.Policy with { ScaleDown = Given.Unlimited with { Stabilization = Given.Seconds(60) } }, 4);
        story.For(120, 2);
        story.Wanted = 4;
        story.History = story.History with { LastSeen = 4, Attempt = new ReplicaAttempt(story.Now, 5), IsResumed = isResumed };
        story.Wanted = found;
        Assert.Equal(expected, story.After(15, 2).Desired);
        Assert.Equal(expected, story.For(45, 2).Desired);
        Assert.Equal(2, story.After(15, 2).Desired);
    }

    static (int, string) Outcome(ScalingDecision decision) => (decision.Desired, decision.Reason);

    /// <summary>We have just scaled up to this count.</summary>
    static Story Decided(int count)
    {
        var story = new Story(Slow with { ScaleUp = Given.Unlimited }, 4);
        Assert.Equal(count, story.After(0, count).Desired);
        story.Policy = Slow;
        return story;
    }
}
