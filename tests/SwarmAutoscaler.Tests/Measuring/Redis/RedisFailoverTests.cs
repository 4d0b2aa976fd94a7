using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace SwarmAutoscaler.Measuring.Redis;

/// <summary>A master with a replica and three sentinels, all real.</summary>
public sealed class RedisFailoverTests : IAsyncLifetime
{
    const string Query = "{ key: jobs }";

    readonly string folder = Directory.CreateTempSubdirectory("redis-sentinels-").FullName;
    readonly List<Process> sentinels = [];
    readonly List<int> ports = [];
    RedisInstance master = null!;
    RedisInstance replica = null!;

    public async Task InitializeAsync()
    {
        (master, replica) = (await RedisInstance.StartAsync("redis-master"), await RedisInstance.StartAsync("redis-replica"));
        await replica.CommandAsync("REPLICAOF", "127.0.0.1", master.Port.ToString(CultureInfo.InvariantCulture));
        await master.CommandAsync("RPUSH", "jobs", "a", "b", "c", "d", "e");
        for (int i = 0; i < 3; i++)
            StartSentinel(i);
        await UntilAsync(async () => await replica.CommandAsync("LLEN", "jobs") == "5", "the replica has the data");
        foreach (var port in ports)
            await UntilAsync(async () => await SentinelAsync(port) is var state && state["num-slaves"] == "1" && state["num-other-sentinels"] == "2", "the sentinels know each other");
    }

    public async Task DisposeAsync()
    {
        foreach (var sentinel in sentinels)
        {
            sentinel.Kill();
            await sentinel.WaitForExitAsync();
            sentinel.Dispose();
        }
        await master.StopAsync();
        await replica.StopAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task No_wrong_number_is_read_during_a_fail_over_nor_from_the_old_master_that_comes_back_empty()
    {
        await using var trial = new RedisTrial($"{{ sentinels: [{string.Join(", ", ports.Select(port => $"'127.0.0.1:{port}'"))}], master: tb }}");
        ReadingAsserts.Is(5, await trial.ReadAsync(Query));

        await master.KillAsync();
        var misses = new List<MissingReason>();
        await UntilAsync(async () => await ReadFiveOrNothingAsync(trial, misses), "the new master is read");
        Assert.NotEmpty(misses);
        Assert.Equal("master", (await replica.CommandAsync("ROLE")).Split('\n')[0]);

        // It says that it is master, with no data, until a sentinel tells it better some ten seconds later.
        await master.RestartAsync();
        Assert.Equal("master", (await master.CommandAsync("ROLE")).Split('\n')[0]);
        int whileTwoMasters = 0;
        await UntilAsync(async () =>
        {
            Assert.True(await ReadFiveOrNothingAsync(trial, misses));
            whileTwoMasters++;
            return (await master.CommandAsync("ROLE")).StartsWith("slave", StringComparison.Ordinal);
        }, "the old master is a replica");
        Assert.True(whileTwoMasters > 10, $"{whileTwoMasters} readings while there were two masters");
        Assert.All(misses, reason => Assert.True(reason is MissingReason.Unreachable or MissingReason.Timeout, reason.ToString()));
    }

    [Fact]
    public async Task A_master_that_thaws_after_it_was_replaced_is_not_read_from()
    {
        await using var trial = new RedisTrial($"{{ sentinels: ['127.0.0.1:{ports[0]}', '127.0.0.1:{ports[1]}'], master: tb }}");
        ReadingAsserts.Is(5, await trial.ReadAsync(Query));
        await master.FreezeAsync();
        try
        {
            await UntilAsync(() => ReadFiveOrNothingAsync(trial, []), "the new master is read");
            await replica.CommandAsync("DEL", "jobs");
        }
        finally
        {
            await master.ThawAsync();
        }
        for (int i = 0; i < 20; i++)
            ReadingAsserts.Is(0, await trial.ReadAsync(Query));
    }

    static async Task<bool> ReadFiveOrNothingAsync(RedisTrial trial, List<MissingReason> misses)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        var reading = await trial.ReadAsync(Query, deadline.Token);
        if (reading is Missing missing)
            misses.Add(missing.Reason);
        else
            ReadingAsserts.Is(5, reading);
        return reading is Measured;
    }

    void StartSentinel(int number)
    {
        ports.Add(FreePort());
        var file = Path.Combine(folder, $"sentinel{number}.conf");
        File.WriteAllText(file, $"""
            port {ports[number]}
            bind 127.0.0.1
            dir {folder}
            logfile {folder}/sentinel{number}.log
            sentinel monitor tb 127.0.0.1 {master.Port} 2
            sentinel down-after-milliseconds tb 1000
            sentinel failover-timeout tb 5000

            """);
        sentinels.Add(Process.Start("redis-server", [file, "--sentinel"]));
    }

    static async Task<IReadOnlyDictionary<string, string>> SentinelAsync(int port)
    {
        var (exitCode, output, _) = await TestSupport.Testbed.ExecuteAsync("redis-cli", ["-p", port.ToString(CultureInfo.InvariantCulture), "SENTINEL", "MASTER", "tb"]);
        var lines = exitCode == 0 ? output.Split('\n') : [];
        return lines.Chunk(2).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal) is { Count: > 0 } state
            ? state
            : new Dictionary<string, string> { ["num-slaves"] = "?", ["num-other-sentinels"] = "?" };
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>What happens in other processes can only be waited for.</summary>
    static async Task UntilAsync(Func<Task<bool>> isSo, string what)
    {
        var started = Stopwatch.StartNew();
        while (!await isSo())
        {
            Assert.True(started.Elapsed < TimeSpan.FromSeconds(40), $"40 s passed and not yet: {what}");
            await Task.Delay(100);
        }
    }
}
