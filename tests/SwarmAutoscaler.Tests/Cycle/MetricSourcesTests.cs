using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;
using Xunit;

namespace SwarmAutoscaler.Cycle;

/// <summary>Sources that do not keep to their word: what they spoil is their own metrics only.</summary>
public sealed class MetricSourcesTests : IDisposable
{
    static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);
    static readonly TimeSpan Instant = TimeSpan.FromMilliseconds(1);

    readonly CycleTrial trial = new();
    readonly TaskCompletionSource never = new();
    readonly ScalingPolicy policy = CycleTrial.Policy("web", CycleTrial.Metric("demand", "web"), CycleTrial.Metric("second", "web"));

    public MetricSourcesTests()
    {
        trial.Given("web", 1, 5);
        trial.Second.Values["web"] = 3;
    }

    [Theory]
    [InlineData(15, 7.5)]
    [InlineData(60, 10)]
    [InlineData(1, 0.5)]
    public async Task A_hung_source_does_not_stretch_the_cycle_beyond_its_time_out_and_a_grace(double interval, double timeout)
    {
        trial.Demand.Answer = async (metrics, _) =>
        {
            await never.Task;
            return trial.Demand.Read(metrics);
        };
        var cycle = trial.RunAsync(CycleTrial.Policy() with { Schedule = new IntervalSchedule(TimeSpan.FromSeconds(interval)) });
        trial.Time.Advance(TimeSpan.FromSeconds(timeout) + Grace - Instant);
        Assert.False(cycle.IsCompleted);
        trial.Time.Advance(Instant);
        Assert.True(await cycle);
        Assert.Equal(MissingReason.Timeout, Assert.IsType<Missing>(trial.Last().Decision.Recommendations[0].Reading).Reason);
        Assert.Empty(trial.Swarm.Writes);
    }

    [Fact]
    public async Task A_source_that_blocks_its_thread_does_not_hold_up_the_others()
    {
        using var blocked = new ManualResetEventSlim();
        var other = new TaskCompletionSource();
        trial.Demand.Answer = (metrics, _) =>
        {
            blocked.Wait(CancellationToken.None);
            return Task.FromResult(trial.Demand.Read(metrics));
        };
        trial.Second.Answer = (metrics, _) =>
        {
            other.SetResult();
            return Task.FromResult(trial.Second.Read(metrics));
        };
        var cycle = Task.Run(() => trial.RunAsync(policy));
        await other.Task.WaitAsync(TimeSpan.FromSeconds(20));
        blocked.Set();
        Assert.True(await cycle);
        Assert.Equal(5, trial.Swarm["web"].Wanted);
    }

    [Fact]
    public async Task A_source_that_throws_at_its_deadline_was_too_slow()
    {
        trial.Demand.Answer = async (metrics, deadline) =>
        {
            await never.Task.WaitAsync(deadline);
            return trial.Demand.Read(metrics);
        };
        var cycle = trial.RunAsync(policy);
        trial.Time.Advance(TimeSpan.FromSeconds(7.5));
        Assert.True(await cycle);
        Assert.Equal((MissingReason.Timeout, 3.0), Read());
        Assert.Empty(trial.SourceLog.Lines);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_source_that_throws_or_answers_in_the_wrong_number_spoils_its_own_metrics_only(bool throws)
    {
        trial.Demand.Answer = (_, _) => throws ? throw new InvalidOperationException("secret in a message") : Task.FromResult<IReadOnlyList<MetricReading>>([]);
        Assert.True(await trial.RunAsync(policy));
        Assert.Equal((MissingReason.Error, 3.0), Read());
        Assert.Equal(["Error: Reading demand failed unexpectedly; its metrics are missing in this cycle"], trial.SourceLog.Lines);
        Assert.DoesNotContain("secret", ((Missing)trial.Last().Decision.Recommendations[0].Reading).Detail, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        never.TrySetResult();
        trial.Dispose();
    }

    (MissingReason, double) Read()
    {
        var readings = trial.Last().Decision.Recommendations.Select(each => each.Reading).ToList();
        return (((Missing)readings[0]).Reason, ((Measured)readings[1]).Value);
    }
}
