using SwarmAutoscaler.Applying;
using Xunit;

namespace SwarmAutoscaler.Cycle;

public sealed class StoppingTests : IDisposable
{
    readonly CycleTrial trial = new();
    readonly CancellationTokenSource stop = new();
    readonly SemaphoreSlim begun = new(0);
    readonly TaskCompletionSource release = new();

    public StoppingTests() => trial.Swarm.Answer = async (service, replicas, cancellation) =>
    {
        var waiting = release.Task.WaitAsync(cancellation);
        begun.Release();
        try
        {
            await waiting;
        }
        catch (OperationCanceledException)
        {
            return new ApplyOutcome(ApplyOutcomeKind.Unknown, "given up");
        }
        trial.Swarm.Set(service.Name, replicas);
        return new ApplyOutcome(ApplyOutcomeKind.Applied, "done");
    };

    [Fact]
    public async Task A_write_on_its_way_gets_its_grace_and_is_remembered()
    {
        trial.Given("web", 1, 5);
        var cycle = trial.RunAsync(stop.Token, CycleTrial.Policy());
        await begun.WaitAsync();
        await stop.CancelAsync();
        trial.Time.Advance(ScalingCycle.StopGrace - TimeSpan.FromMilliseconds(1));
        Assert.False(cycle.IsCompleted);
        release.SetResult();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cycle);
        Assert.Equal(ApplyOutcomeKind.Applied, trial.Last().Outcome!.Kind);
        Assert.Equal(5, trial.Histories.Of("web").Changes.Changes.Single().To);
    }

    [Fact]
    public async Task A_write_that_hangs_longer_is_given_up_and_remembered_as_tried()
    {
        trial.Given("web", 1, 5);
        var cycle = trial.RunAsync(stop.Token, CycleTrial.Policy());
        await begun.WaitAsync();
        await stop.CancelAsync();
        trial.Time.Advance(ScalingCycle.StopGrace);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cycle);
        Assert.Equal(ApplyOutcomeKind.Unknown, trial.Last().Outcome!.Kind);
        Assert.Equal(5, trial.Histories.Of("web").Attempt!.To);
    }

    [Fact]
    public async Task Nothing_new_is_begun()
    {
        string[] names = [.. Enumerable.Range(0, 30).Select(i => $"service-{i}")];
        foreach (string name in names)
            trial.Given(name, 1, 5);
        var cycle = trial.RunAsync(stop.Token, [.. names.Select(name => CycleTrial.Policy(name))]);
        for (int i = 0; i < 8; i++)
            await begun.WaitAsync();
        await stop.CancelAsync();
        release.SetResult();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cycle);
        Assert.Equal(8, trial.Swarm.Writes.Count);
        Assert.Equal(8, names.Count(name => trial.Swarm[name].Wanted == 5));
    }

    [Fact]
    public async Task A_conflict_is_not_decided_again()
    {
        trial.Given("web", 1, 5);
        trial.Swarm.BeforeWrite = _ =>
        {
            stop.Cancel();
            trial.Swarm.Set("web", 3);
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trial.RunAsync(stop.Token, CycleTrial.Policy()));
        Assert.Equal((1, 0), (trial.Swarm.Writes.Count, trial.Swarm.Reads));
    }

    [Fact]
    public async Task A_write_that_is_cancelled_before_it_left_is_no_failure_and_the_service_is_given_back()
    {
        trial.Given("web", 1, 5);
        trial.Swarm.Answer = async (_, _, cancellation) =>
        {
            var waiting = release.Task.WaitAsync(cancellation);
            begun.Release();
            await waiting;
            throw new InvalidOperationException("it was to be cancelled");
        };
        var cycle = trial.RunAsync(stop.Token, CycleTrial.Policy());
        await begun.WaitAsync();
        await stop.CancelAsync();
        trial.Time.Advance(ScalingCycle.StopGrace);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cycle);
        Assert.Empty(trial.Log.Lines);
        Assert.Null(trial.Board.Find("web"));
        Assert.True(trial.Histories.TryTake("web"));
    }

    [Fact]
    public async Task A_cycle_that_still_measures_ends_at_once()
    {
        trial.Given("web", 1, 5);
        trial.Demand.Answer = async (metrics, _) =>
        {
            await release.Task;
            return trial.Demand.Read(metrics);
        };
        var cycle = trial.RunAsync(stop.Token, CycleTrial.Policy());
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cycle);
        Assert.Empty(trial.Swarm.Writes);
        Assert.Empty(trial.SourceLog.Lines);
    }

    public void Dispose()
    {
        release.TrySetResult();
        trial.Dispose();
        stop.Dispose();
        begun.Dispose();
    }
}
