using Xunit;

namespace SwarmAutoscaler.Coordinating;

/// <summary>One claim, told what it reads and when. Times in seconds; the defaults: 6 s lease, 1.5 s margin, renewed every 2 s, looked at every 0.5 s.</summary>
public sealed class LeaseClaimTests
{
    readonly LeaseClaim claim = new("me", new LeaseTiming());

    [Fact]
    public void A_lease_that_was_given_back_is_taken_at_once() => Assert.Equal("write 5", Consider(0, Found(10, "", 4)));

    [Theory]
    [InlineData("other", 4)]
    [InlineData(null, 0)]
    public void A_lease_that_somebody_holds_is_taken_when_it_has_not_changed_for_its_duration(string? holder, long sequence)
    {
        Assert.Equal("wait 0.5", Consider(0, Found(10, holder, sequence)));
        Assert.Equal("wait 0.1", Consider(5.9, Found(10, holder, sequence)));
        Assert.Equal($"write {sequence + 1}", Consider(6, Found(10, holder, sequence)));
    }

    [Fact]
    public void Every_change_begins_the_wait_anew()
    {
        Consider(0, Found(10, "other", 4));
        Consider(5.9, Found(11, "other", 5));
        Assert.Equal("wait 0.5", Consider(6, Found(11, "other", 5)));
        Assert.Equal("write 6", Consider(11.9, Found(11, "other", 5)));
    }

    [Fact]
    public void An_answer_that_is_older_than_one_before_neither_shortens_nor_prolongs_the_wait_until_it_is_all_there_is()
    {
        Consider(0, Found(10, "other", 4));
        Assert.Equal("wait 0.5", Consider(3, Found(9, "", 3)));
        Assert.Equal("write 5", Consider(6, Found(10, "other", 4)));
        Assert.Equal("wait 0.5", Consider(35.9, Found(9, "", 3)));
        Assert.Equal("write 4", Consider(36, Found(9, "", 3)));
    }

    [Fact]
    public void Silence_is_no_news()
    {
        Consider(0, Found(10, "other", 4));
        Assert.Equal("wait 0.5", Consider(3, new UnreadConfig("silent")));
        Assert.Equal("write 5", Consider(6, Found(10, "other", 4)));
    }

    [Fact]
    public void The_holder_counts_from_before_it_sent_and_stops_before_anybody_can_take_over()
    {
        Take(sentAt: 1, answeredAt: 1.9);
        Assert.True(MayAct(5.4));
        Assert.False(MayAct(5.5));
    }

    [Fact]
    public void The_holder_renews_every_two_seconds_by_the_time_it_sent()
    {
        Assert.Equal("wait 1.1", Take(sentAt: 1, answeredAt: 1.9));
        Assert.Equal("wait 0.2", Consider(2.8, Found(11, "me", 5)));
        Assert.Equal("write 6", Consider(3, Found(11, "me", 5)));
    }

    [Theory]
    [InlineData(nameof(ConfigWriteKind.Lost))]
    [InlineData(nameof(ConfigWriteKind.Refused))]
    [InlineData(nameof(ConfigWriteKind.Unknown))]
    public void A_renewal_that_did_not_succeed_prolongs_nothing_and_is_tried_again_soon(string outcome)
    {
        Take(sentAt: 1, answeredAt: 1);
        Assert.Equal("wait 0.2", Renew(sentAt: 3, answeredAt: 3.1, Enum.Parse<ConfigWriteKind>(outcome)));
        Assert.True(MayAct(5.4));
        Assert.False(MayAct(5.5));
    }

    [Fact]
    public void A_renewal_of_unknown_outcome_counts_from_when_it_was_sent_once_it_is_seen_to_have_been_made()
    {
        Take(sentAt: 1, answeredAt: 1);
        Renew(sentAt: 3, answeredAt: 4, ConfigWriteKind.Unknown);
        Assert.Equal("wait 0.8", Consider(4.2, Found(12, "me", 6)));
        Assert.True(MayAct(7.4));
        Assert.False(MayAct(7.5));
    }

    [Fact]
    public void A_lease_that_somebody_else_has_is_lost_at_once()
    {
        Take(sentAt: 1, answeredAt: 1);
        Assert.Equal("wait 0.5", Consider(2, Found(12, "other", 6)));
        Assert.False(MayAct(2));
    }

    [Fact]
    public void Who_was_frozen_for_longer_than_the_lease_may_not_act_and_may_take_its_own_lease_again()
    {
        Take(sentAt: 1, answeredAt: 1);
        Assert.False(MayAct(20));
        Assert.Equal("write 6", Consider(20, Found(11, "me", 5)));
        Sent(6, ConfigWriteKind.Written, 20, 20.1);
        Assert.True(MayAct(20.1));
    }

    [Fact]
    public void Who_makes_an_absent_lease_waits_before_acting_until_whoever_may_have_held_it_has_stopped()
    {
        Assert.Equal("write 1", Consider(0, new AbsentConfig(null)));
        Sent(1, ConfigWriteKind.Written, 0, 0.1);
        Assert.False(MayAct(6));
        Consider(5, Found(12, "me", 1));
        Sent(2, ConfigWriteKind.Written, 5, 5.1);
        Assert.False(MayAct(6));
        Assert.True(MayAct(6.1));
    }

    [Fact]
    public void The_holder_makes_an_absent_lease_anew_and_goes_on()
    {
        Take(sentAt: 1, answeredAt: 1);
        Assert.Equal("write 6", Consider(3, new AbsentConfig(null)));
        Sent(6, ConfigWriteKind.Written, 3, 3.1);
        Assert.True(MayAct(3.1));
    }

    [Fact]
    public void Who_gives_up_acts_no_more()
    {
        Take(sentAt: 1, answeredAt: 1);
        claim.GiveUp();
        Assert.False(MayAct(1.1));
    }

    /// <summary>From a released lease in version 10, sequence 4.</summary>
    string Take(double sentAt, double answeredAt)
    {
        Consider(sentAt, Found(10, "", 4));
        return Sent(5, ConfigWriteKind.Written, sentAt, answeredAt);
    }

    string Renew(double sentAt, double answeredAt, ConfigWriteKind outcome)
    {
        Assert.Equal("write 6", Consider(sentAt, Found(11, "me", 5)));
        return Sent(6, outcome, sentAt, answeredAt);
    }

    string Consider(double at, ConfigLookup lookup) => Text(claim.Consider(lookup, Seconds(at)));

    string Sent(long sequence, ConfigWriteKind outcome, double sentAt, double answeredAt) =>
        Text(claim.Sent(new LeaseWrite(new AbsentConfig(null), sequence), outcome, Seconds(sentAt), Seconds(answeredAt)));

    bool MayAct(double at) => claim.MayAct(Seconds(at));

    /// <summary>With no holder: labels that say nothing.</summary>
    static FoundConfig Found(ulong version, string? holder, long sequence) => new("lease", "id", version, holder is null
        ? new Dictionary<string, string> { ["team"] = "a" }
        : new LeaseRecord(holder, sequence, DateTimeOffset.UnixEpoch, 0).In(new Dictionary<string, string>()), null);

    static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    static string Text(LeaseMove move) => move is LeaseWrite write ? $"write {write.Sequence}" : FormattableString.Invariant($"wait {((LeaseWait)move).Time.TotalSeconds:0.###}");
}
