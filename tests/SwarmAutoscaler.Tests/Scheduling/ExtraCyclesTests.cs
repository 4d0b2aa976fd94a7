using System.Diagnostics;
using SwarmAutoscaler.Applying;
using Xunit;

namespace SwarmAutoscaler.Scheduling;

/// <summary>Evaluations between the cycles, on a clock that the test moves; the scheduler itself is not started.</summary>
public sealed class ExtraCyclesTests : IAsyncLifetime, IAsyncDisposable
{
    readonly SchedulingTrial trial = new();
    DateTimeOffset start;

    [Fact]
    public async Task A_service_is_evaluated_once_when_its_quiet_time_ends()
    {
        await StartAsync("web", "api");
        Update("web");
        Assert.Equal(["5: web"], await AdvanceAsync(20));
    }

    [Fact]
    public async Task An_update_in_the_quiet_time_postpones_its_end()
    {
        await StartAsync("web");
        Update("web");
        Assert.Empty(await AdvanceAsync(3));
        Update("web");
        Assert.Equal(["8: web"], await AdvanceAsync(20));
    }

    [Fact]
    public async Task A_service_that_was_removed_is_evaluated_at_once()
    {
        await StartAsync("web");
        trial.Outside.Hear(new ServiceEvent("remove", "id-of-web", "web", start));
        Assert.Equal(["0.5: web"], await AdvanceAsync(20));
    }

    [Fact]
    public async Task A_thousand_services_updated_in_one_second_cost_two_listings()
    {
        string[] names = [.. Enumerable.Range(0, 1000).Select(i => $"s{i:000}")];
        await StartAsync(names);
        for (int i = 0; i < names.Length; i++)
        {
            Update(names[i]);
            trial.Time.Advance(TimeSpan.FromMilliseconds(1));
        }
        var seen = await AdvanceAsync(20);
        Assert.InRange(seen.Count, 1, 3); // the looks are half a second apart
        Assert.Equal(names, seen.SelectMany(cycle => cycle.Split(' ')[1..]).Order());
        Assert.Equal(seen.Count, trial.Swarm.Lists);
    }

    [Fact]
    public async Task Services_without_a_policy_cost_nothing()
    {
        await StartAsync("web");
        Update("other");
        Assert.Empty(await AdvanceAsync(20));
        Assert.Equal(0, trial.Swarm.Lists);
    }

    [Fact]
    public async Task A_service_that_a_cycle_has_waits_for_its_end()
    {
        await StartAsync("web", "api");
        Update("web");
        Update("api");
        Assert.True(trial.Histories.TryTake("web"));
        Assert.Equal(["5: api"], await AdvanceAsync(8));
        trial.Histories.GiveBack("web");
        Assert.Equal(["8.5: web"], await AdvanceAsync(20));
    }

    [Fact]
    public async Task An_ambiguous_policy_is_refused_here_too()
    {
        trial.Write("web", "interval: 10s", file: "again");
        await StartAsync("web");
        Update("web");
        await AdvanceAsync(6);
        Assert.Equal(ReasonWords.AmbiguousPolicy, trial.Board.Find("web")!.Last.Decision.Reason);
    }

    void Update(string name) => trial.Outside.Hear(new ServiceEvent("update", $"id-of-{name}", name, trial.Time.GetUtcNow()));

    async Task StartAsync(params string[] services)
    {
        foreach (string service in services)
            trial.Write(service, "interval: 10s");
        trial.Catalog.Reload(compareContent: true);
        start = trial.Time.GetUtcNow();
        await trial.Extra.StartAsync(CancellationToken.None);
        await RestAsync();
    }

    async Task<IReadOnlyList<string>> AdvanceAsync(double seconds)
    {
        var seen = new List<string>();
        for (double passed = 0; passed < seconds; passed += 0.5)
        {
            trial.Time.Advance(ExtraCycles.Pace);
            await RestAsync();
            seen.AddRange(trial.Seen());
        }
        return seen;
    }

    /// <summary>Waits until the looks wait for the clock.</summary>
    async Task RestAsync()
    {
        long started = Stopwatch.GetTimestamp();
        while (trial.Time.NextDue is not { } due || due <= trial.Time.GetUtcNow() || due > trial.Time.GetUtcNow() + ExtraCycles.Pace)
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(20), "it does not come to rest");
            await Task.Delay(1);
        }
    }

    Task IAsyncLifetime.InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await trial.Extra.StopAsync(CancellationToken.None);
        await trial.DisposeAsync();
    }
}
