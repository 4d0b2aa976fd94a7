using Xunit;

namespace SwarmAutoscaler.Scheduling;

public sealed class CycleSchedulerTests : IAsyncLifetime, IAsyncDisposable
{
    readonly SchedulingTrial trial = new();

    [Fact]
    public async Task Policies_that_share_a_schedule_share_a_cycle()
    {
        trial.Write("a", "interval: 10s");
        trial.Write("b", "interval: 10s");
        trial.Write("c", "interval: 15s");
        Assert.Equal(["0: a b", "0: c"], await trial.StartAsync());
        Assert.Equal(["10: a b", "15: c", "20: a b", "30: a b", "30: c"], await trial.AdvanceAsync(30));
    }

    [Theory]
    [InlineData("1501ms")]
    [InlineData("1.001s")]
    [InlineData("1s")]
    public async Task An_interval_of_any_whole_milliseconds_is_kept(string interval)
    {
        trial.Write("a", $"interval: {interval}");
        Assert.Equal(["0: a"], await trial.StartAsync());
        Assert.NotEmpty(await trial.AdvanceAsync(4));
        Assert.DoesNotContain(trial.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_cron_expression_fires_in_its_time_zone()
    {
        trial.Write("berlin", "cron: \"0 30 1 * * ?\"\ntimezone: Europe/Berlin");
        trial.Write("utc", "cron: \"0 30 1 * * ?\"");
        Assert.Empty(await trial.StartAsync());
        // The clock stands at midnight UTC, which is one in the morning in Berlin.
        Assert.Equal([$"{30 * 60}: berlin", $"{90 * 60}: utc"], await trial.AdvanceAsync(100 * 60, step: 60));
    }

    [Fact]
    public async Task A_schedule_does_not_overlap_itself_and_a_long_cycle_is_not_followed_by_a_burst()
    {
        trial.Write("a", "interval: 10s");
        Assert.Equal(["0: a"], await trial.StartAsync());
        trial.Swarm.Hold();
        Assert.Equal(["10: a"], await trial.AdvanceAsync(10));
        Assert.Empty(await trial.AdvanceAsync(35)); // at 20, 30 and 40 the cycle of 10 still runs
        trial.Swarm.Release();
        Assert.Empty(await trial.TakeAsync());
        Assert.Equal(["50: a", "60: a"], await trial.AdvanceAsync(17));
        Assert.Equal(1, trial.Swarm.MostAtATime);
    }

    [Fact]
    public async Task A_cycle_that_hangs_does_not_hold_up_the_other_schedules()
    {
        trial.Write("a", "interval: 10s");
        await trial.StartAsync();
        trial.Swarm.Hold();
        Assert.Equal(["10: a"], await trial.AdvanceAsync(10));
        trial.Write("b", "interval: 7s");
        Assert.Equal(["10: b"], await trial.ReloadAsync());
    }

    [Fact]
    public async Task A_reload_adds_and_removes_schedules_and_leaves_the_rhythm_of_the_others_alone()
    {
        trial.Write("a", "interval: 10s");
        trial.Write("b", "interval: 15s");
        await trial.StartAsync();
        Assert.Empty(await trial.AdvanceAsync(4));
        trial.Delete("b");
        trial.Write("c", "interval: 20s");
        Assert.Equal(["4: c"], await trial.ReloadAsync());
        Assert.Equal(["10: a", "20: a", "24: c", "30: a"], await trial.AdvanceAsync(29));
        trial.Write("a", "interval: 30s");
        Assert.Equal(["33: a"], await trial.ReloadAsync());
        Assert.Equal(["44: c", "63: a"], await trial.AdvanceAsync(30));
    }

    [Fact]
    public async Task A_policy_that_joins_a_schedule_is_in_its_next_cycle()
    {
        trial.Write("a", "interval: 10s");
        await trial.StartAsync();
        trial.Write("b", "interval: 10s");
        Assert.Empty(await trial.ReloadAsync());
        Assert.Equal(["10: a b"], await trial.AdvanceAsync(10));
    }

    [Fact]
    public async Task An_ambiguous_policy_keeps_its_schedule()
    {
        trial.Write("a", "interval: 10s");
        trial.Write("a", "interval: 10s", file: "again");
        Assert.Empty(await trial.StartAsync());
        var refused = trial.Board.Find("a")!.Last.Decision;
        await trial.AdvanceAsync(10);
        Assert.Equal((ReasonWords.AmbiguousPolicy, trial.Time.GetUtcNow()), (refused.Reason, trial.Board.Find("a")!.Last.Decision.At));
        trial.Delete("again");
        Assert.Empty(await trial.ReloadAsync());
        Assert.Equal(["20: a"], await trial.AdvanceAsync(10));
    }

    [Fact]
    public async Task A_schedule_that_will_never_come_true_again_does_not_disturb_the_others()
    {
        trial.Write("past", "cron: \"5 0 0 1 1 ? 2026\"");
        trial.Write("a", "interval: 10s");
        trial.Write("b", "interval: 15s");
        trial.Catalog.Reload(compareContent: true);
        trial.Time.Advance(TimeSpan.FromSeconds(6)); // it had a time to come when it was read
        Assert.Equal(["6: a", "6: b"], await trial.StartAsync());
        Assert.Single(trial.Log.Lines, line => line.StartsWith("Error: The schedule cron 5 0 0 1 1 ? 2026 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stopping_waits_for_the_running_cycle_and_begins_no_other()
    {
        trial.Write("a", "interval: 10s");
        await trial.StartAsync();
        trial.Swarm.Hold();
        Assert.Equal(["10: a"], await trial.AdvanceAsync(10));
        var stop = trial.StopAsync(CancellationToken.None);
        Assert.False(stop.IsCompleted);
        trial.Swarm.Release();
        await stop.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(0, trial.Swarm.AtATime);
        trial.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Empty(trial.Seen());
        Assert.DoesNotContain(trial.Log.Lines, line => !line.StartsWith("Information", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_cycle_that_does_not_end_in_time_is_left_behind()
    {
        trial.Write("a", "interval: 10s");
        await trial.StartAsync();
        trial.Swarm.Hold();
        await trial.AdvanceAsync(10);
        using var patience = new CancellationTokenSource();
        var stop = trial.StopAsync(patience.Token);
        Assert.False(stop.IsCompleted);
        await patience.CancelAsync();
        await stop.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Contains("Warning: A cycle did not end in time and is left behind", trial.Log.Lines);
    }

    Task IAsyncLifetime.InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public ValueTask DisposeAsync() => trial.DisposeAsync();
}
