using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;

namespace SwarmAutoscaler.Benchmarks.Fleet;

/// <summary>From jobs pushed into Redis at a random moment to the replica change that the engine announces, at an interval of 1 s.</summary>
static class BurstMeasurement
{
    const int Bursts = 20;

    public static async Task<string> MeasureAsync(string program, FleetServers servers, int count)
    {
        var fleet = new FleetCase(count - 1);
        await servers.Services.BecomeAsync(fleet.Policies, fleet.Kind);
        await servers.FillAsync(fleet.Policies);
        string policies = await FleetPolicies.WriteAsync(fleet, "1s");
        await FleetPolicies.WriteBurstAsync(policies);
        await servers.Redis.SendAsync($"RPUSH {FleetServices.Burst} 1 2 3 4 5 6 7 8 9 10");
        using var stop = new CancellationTokenSource();
        var changes = await WatchAsync(servers, stop.Token);
        await using var running = await RunningProgram.StartAsync(program, servers, policies);
        await Task.Delay(TimeSpan.FromSeconds(10));

        var (before, started) = (await running.MetricsAsync(), Stopwatch.GetTimestamp());
        var times = new List<double>();
        for (int i = 0; i < Bursts; i++)
        {
            await Task.Delay(Random.Shared.Next(2000, 3000)); // the phase; and the containers of the last burst are gone
            await servers.Redis.SendAsync($"RPUSH {FleetServices.Burst} 11 12 13 14 15 16 17 18 19 20");
            long pushed = Stopwatch.GetTimestamp();
            var (_, at) = await NextAsync(changes, 2);
            times.Add(Stopwatch.GetElapsedTime(pushed, at).TotalSeconds);
            await servers.Redis.SendAsync($"LTRIM {FleetServices.Burst} 0 9");
            await NextAsync(changes, 1);
        }
        var after = await running.MetricsAsync();
        double cpu = (after.Sum("process_cpu_seconds_total") - before.Sum("process_cpu_seconds_total")) / Stopwatch.GetElapsedTime(started).TotalSeconds;
        await stop.CancelAsync();
        await servers.Redis.SendAsync($"DEL {FleetServices.Burst}");
        Directory.Delete(policies, recursive: true);
        times.Sort();
        return string.Create(CultureInfo.InvariantCulture,
            $"| {count} | {Median(times) * 1000:0} ms | {times[(int)Math.Ceiling(0.95 * Bursts) - 1] * 1000:0} ms | {times[^1] * 1000:0} ms | {cpu * 100:0.0} % |");
    }

    public const string Header =
        """
        | policies | median | p95 | worst | CPU of one core, evaluating every second |
        |---|---|---|---|---|
        """;

    public static double Median(IReadOnlyList<double> sorted) => (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;

    /// <summary>Every announced count with the moment it arrived.</summary>
    static async Task<ChannelReader<(int Replicas, long At)>> WatchAsync(FleetServers servers, CancellationToken stop)
    {
        var seen = Channel.CreateUnbounded<(int, long)>();
        var announced = await servers.Engine.WatchReplicasAsync(FleetServices.Burst, stop);
        _ = Task.Run(async () =>
        {
            try
            {
                await foreach (int replicas in announced)
                    seen.Writer.TryWrite((replicas, Stopwatch.GetTimestamp()));
            }
            catch (OperationCanceledException)
            {
                seen.Writer.Complete();
            }
        }, CancellationToken.None);
        return seen.Reader;
    }

    static async Task<(int Replicas, long At)> NextAsync(ChannelReader<(int Replicas, long At)> changes, int expected)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var change = await changes.ReadAsync(bound.Token);
        return change.Replicas == expected ? change : throw new InvalidOperationException($"{change.Replicas} replicas instead of {expected}");
    }
}
