using System.Diagnostics;
using Xunit;

namespace SwarmAutoscaler.Measuring.Redis;

/// <summary>A real server that is frozen, killed and started again: own server, one story.</summary>
public sealed class RedisOutageTests : IAsyncLifetime
{
    const string Query = "{ key: jobs }";

    RedisInstance redis = null!;

    public async Task InitializeAsync() => redis = await RedisInstance.StartAsync("redis-outage");

    public Task DisposeAsync() => redis.StopAsync();

    [Fact]
    public async Task A_frozen_server_is_a_time_out_within_the_deadline_and_fine_after_it_thaws()
    {
        await redis.CommandAsync("RPUSH", "jobs", "a", "b");
        await redis.CommandAsync("SADD", "others", "a", "b", "c");
        await using var trial = new RedisTrial(redis.Url);
        ReadingAsserts.Is(2, await trial.ReadAsync(Query));
        await redis.FreezeAsync();
        try
        {
            // The first over the connection that was open, the second over a new one: the kernel still takes connections for a frozen process.
            for (int i = 0; i < 2; i++)
            {
                using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
                var started = Stopwatch.StartNew();
                ReadingAsserts.IsMissing(MissingReason.Timeout, "no answer in time", await trial.ReadAsync(Query, deadline.Token));
                Assert.InRange(started.Elapsed, TimeSpan.FromMilliseconds(400), TimeSpan.FromSeconds(5));
            }
        }
        finally
        {
            await redis.ThawAsync();
        }
        ReadingAsserts.Is(3, await trial.ReadAsync("{ key: others }"));
        ReadingAsserts.Is(2, await trial.ReadAsync(Query));
        Assert.Equal(["timeout", "timeout"], trial.Outcomes.Where(outcome => outcome != "ok"));
    }

    [Fact]
    public async Task A_killed_server_is_unreachable_and_fine_after_it_was_started_again()
    {
        await redis.CommandAsync("RPUSH", "jobs", "a", "b");
        await using var trial = new RedisTrial(redis.Url);
        ReadingAsserts.Is(2, await trial.ReadAsync(Query));
        await redis.KillAsync();
        ReadingAsserts.IsMissing(MissingReason.Unreachable, $"127.0.0.1:{redis.Port}: ", await trial.ReadAsync(Query));
        ReadingAsserts.IsMissing(MissingReason.Unreachable, "refused", await trial.ReadAsync(Query));
        await redis.RestartAsync();
        await redis.CommandAsync("RPUSH", "jobs", "a", "b", "c");
        ReadingAsserts.Is(3, await trial.ReadAsync(Query));
    }
}
