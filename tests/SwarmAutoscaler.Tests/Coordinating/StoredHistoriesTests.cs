using SwarmAutoscaler.Constraining;
using SwarmAutoscaler.Cycle;
using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.Coordinating;

/// <summary>When what is remembered is written, what is taken over, and what is done about a store that is not as it should be.</summary>
public sealed class StoredHistoriesTests : IDisposable
{
    readonly ManualTime time = new();
    readonly RaftStory raft;
    readonly Party first, second;

    public StoredHistoriesTests()
    {
        raft = new RaftStory(time);
        (first, second) = (new Party(raft, time), new Party(raft, time));
    }

    [Fact]
    public async Task What_one_stored_the_next_one_goes_on_with()
    {
        await first.BecomeHolderAsync();
        first.Remember("web", Ours with { ZeroIsOurs = true });
        Assert.Null(await first.SaveAsync());
        await second.BecomeHolderAsync(first.Record);
        Assert.True(second.Histories.Of("web").ZeroIsOurs);
        Assert.Equal(time.GetUtcNow(), second.Histories.Of("web").Changes.LastUp);
    }

    [Fact]
    public async Task While_nothing_changes_nothing_is_written()
    {
        await first.BecomeHolderAsync();
        for (int cycle = 0; cycle < 100; cycle++)
        {
            time.Advance(TimeSpan.FromSeconds(15));
            // the same proposal again, still active, a metric that has been missing for long and whose misses matter to nobody
            var before = first.Histories.Of("web");
            first.Remember("web", Ours with
            {
                Proposals = before.Proposals.Add(time.GetUtcNow(), 5, TimeSpan.FromMinutes(5)),
                LastActive = time.GetUtcNow(),
                Changes = cycle == 0 ? Ours.Changes : before.Changes,
                Metrics = ScalingHistory.Of([], [], [KeyValuePair.Create("cpu", cycle)]).Metrics,
            });
            Assert.Null(await first.SaveAsync());
        }
        Assert.Equal(1, raft.Writes["history"]);
    }

    [Fact]
    public async Task A_fact_that_changes_is_written_once()
    {
        await first.BecomeHolderAsync();
        first.Remember("web", Ours);
        await first.SaveAsync();
        first.Remember("web", Ours.WithAttempt(time.GetUtcNow(), 9));
        await first.SaveAsync();
        await first.SaveAsync();
        Assert.Equal(2, raft.Writes["history"]);
    }

    [Fact]
    public async Task A_policy_that_is_removed_takes_what_is_stored_of_its_service_with_it()
    {
        await first.BecomeHolderAsync();
        first.Remember("web", Ours);
        await first.SaveAsync();
        first.Histories.Retain(new HashSet<string>());
        await first.SaveAsync();
        await second.BecomeHolderAsync(first.Record);
        Assert.False(second.Histories.Of("web").IsKnown);
    }

    [Fact]
    public async Task Who_is_not_the_last_to_have_read_cannot_write()
    {
        await first.BecomeHolderAsync();
        first.Remember("web", Ours);
        await first.SaveAsync();
        await second.BecomeHolderAsync(first.Record);
        second.Remember("web", Ours with { LastDecided = 7 });
        await second.SaveAsync();

        first.Remember("web", Ours with { LastDecided = 3 });
        Assert.Equal("another instance has stored since", await first.SaveAsync());
        Assert.False(first.Stored.IsCurrent);
        await first.BecomeHolderAsync(second.Record);
        Assert.Equal(7, first.Histories.Of("web").LastDecided);
    }

    [Fact]
    public async Task Nothing_is_written_once_the_lease_has_run_out()
    {
        await first.BecomeHolderAsync();
        first.Remember("web", Ours);
        Assert.Equal("the lease has run out", await first.Stored.SaveAsync(() => false, isLast: false, default));
        Assert.False(raft.Now.ContainsKey("history"));
    }

    [Fact]
    public async Task A_write_of_unknown_outcome_is_not_stored_and_the_next_one_goes_on_from_whatever_became_of_it()
    {
        await first.BecomeHolderAsync();
        first.Remember("web", Ours);
        first.Configs.Next = isWrite => new Journey(TimeSpan.Zero, TimeSpan.Zero, AnswerIsLost: isWrite);
        var saving = first.SaveAsync();
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("no answer", await saving);
        Assert.Equal(1, raft.Writes["history"]);

        first.Configs.Next = _ => new Journey(TimeSpan.Zero, TimeSpan.Zero);
        Assert.Null(await first.SaveAsync());
        Assert.True(first.Stored.IsCurrent);
    }

    [Fact]
    public async Task A_manager_that_is_behind_is_not_written_to()
    {
        await first.BecomeHolderAsync();
        first.Remember("web", Ours);
        await first.SaveAsync();
        time.Advance(TimeSpan.FromSeconds(5));
        first.Remember("web", Ours with { LastDecided = 6 });
        await first.SaveAsync();
        first.Remember("web", Ours with { LastDecided = 7 });
        await first.SaveAsync();
        first.Configs.Next = isWrite => new Journey(TimeSpan.Zero, TimeSpan.Zero, Age: TimeSpan.FromSeconds(2));
        first.Remember("web", Ours with { LastDecided = 8 });
        Assert.Equal("the manager that answered is behind the others", await first.SaveAsync());
        Assert.True(first.Stored.IsCurrent);
    }

    [Theory]
    [InlineData("not base64!")]
    [InlineData("AAAA")]
    [InlineData("H4sIAAAAAAAAA6uuBQBDv6ajAgAAAA==")] // gzip of {}
    public async Task A_text_that_is_none_is_reported_and_every_service_is_looked_at_anew(string text)
    {
        raft.Scribble("history", (HistoryLabel.Name, text));
        first.Remember("web", Ours);
        await first.BecomeHolderAsync();
        Assert.True(first.Stored.IsCurrent);
        Assert.False(first.Histories.Of("web").IsKnown);
        Assert.StartsWith("what is remembered cannot be used: ", first.Stored.Unusable, StringComparison.Ordinal);
        Assert.Contains(first.Log.Lines, line => line.StartsWith("Warning: What is remembered cannot be used", StringComparison.Ordinal));
        Assert.Null(await first.SaveAsync());
    }

    [Fact]
    public async Task What_a_newer_version_stored_is_reported_and_kept()
    {
        raft.Scribble("history", ("swarm-autoscaler.history.2", "from the future"));
        await first.BecomeHolderAsync();
        Assert.Contains("stored by a newer version, as swarm-autoscaler.history.2", first.Stored.Unusable, StringComparison.Ordinal);
        first.Remember("web", Ours);
        Assert.Null(await first.SaveAsync());
        Assert.Equal("from the future", raft.Now["history"].Labels["swarm-autoscaler.history.2"]);
        await second.BecomeHolderAsync(first.Record);
        Assert.True(second.Histories.Of("web").IsKnown);
    }

    [Theory]
    [InlineData(59, true)]
    [InlineData(61, false)]
    public async Task After_a_long_gap_a_service_is_looked_at_anew_but_what_was_ours_stays_ours(int seconds, bool isKnown)
    {
        await first.BecomeHolderAsync();
        first.Remember("web", Ours with { ZeroIsOurs = true, LastDecided = 7 });
        await first.SaveAsync();
        time.Advance(TimeSpan.FromSeconds(seconds));
        await second.BecomeHolderAsync(first.Record with { Alive = first.StartedAt });
        var history = second.Histories.Of("web");
        Assert.Equal((isKnown, true, 7), (history.IsKnown, history.ZeroIsOurs, history.LastDecided));
    }

    [Fact]
    public async Task An_evaluation_that_began_before_the_taking_over_does_not_undo_it()
    {
        await first.BecomeHolderAsync();
        first.Remember("web", Ours with { LastDecided = 7 });
        await first.SaveAsync();
        int before = second.Histories.Term;
        await second.BecomeHolderAsync(first.Record);
        second.Histories.Remember(CycleTrial.Policy(), ScalingHistory.FirstSight, time.GetUtcNow(), before);
        Assert.Equal(7, second.Histories.Of("web").LastDecided);
    }

    public void Dispose()
    {
        first.Stored.Dispose();
        second.Stored.Dispose();
    }

    ScalingHistory Ours => ScalingHistory.FirstSight with
    {
        IsKnown = true,
        ServiceId = "id-of-web",
        LastSeen = 5,
        Changes = ChangeLog.Of([new ReplicaChange(time.GetUtcNow(), 2, 5)]),
    };

    sealed class Party
    {
        readonly ManualTime time;

        public Party(RaftStory raft, ManualTime time)
        {
            (this.time, StartedAt, Configs) = (time, time.GetUtcNow(), new StoryConfigs(raft, time, time));
            Stored = new StoredHistories(Configs, "history", Histories, time, Log);
        }

        public DateTimeOffset StartedAt { get; }

        public StoryConfigs Configs { get; }

        public ServiceHistories Histories { get; } = new();

        public StoredHistories Stored { get; }

        public CollectedLog<StoredHistories> Log { get; } = new();

        public LeaseRecord Record => new($"{GetHashCode()}", 1, time.GetUtcNow(), Stored.Saves);

        public Task BecomeHolderAsync(LeaseRecord? before = null) => Stored.LoadAsync(before, isOurs: true, default);

        public void Remember(string service, ScalingHistory history) =>
            Histories.Remember(CycleTrial.Policy(service), history, time.GetUtcNow(), Histories.Term);

        public Task<string?> SaveAsync() => Stored.SaveAsync(() => true, isLast: false, default);
    }
}
