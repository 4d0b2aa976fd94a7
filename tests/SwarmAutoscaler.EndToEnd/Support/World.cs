using System.Globalization;
using SwarmAutoscaler.TestSupport;
using Xunit;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace SwarmAutoscaler.TestSupport;

/// <summary>One engine with its container metrics in one Prometheus, a Redis and a RabbitMQ, for all end-to-end tests.</summary>
public sealed class World : IAsyncLifetime
{
    internal const string PrometheusName = "prometheus";

    internal Engine Engine { get; private set; } = null!;

    internal Uri Prometheus { get; private set; } = null!;

    internal Uri Redis { get; private set; } = null!;

    internal IReadOnlyDictionary<string, string> RabbitMq { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await Testbed.RunAsync("install", "engine", "servers", "images");
        var rabbit = Testbed.RunAsync("up", "rabbitmq");
        Engine = await Engine.StartAsync();
        var exporter = await Testbed.RunAsync("up", "exporter", "exporter", "--docker", Engine.Host);
        Prometheus = new Uri((await Testbed.RunAsync("up", PrometheusName, PrometheusName, "--target", $"127.0.0.1:{exporter["PORT"]}"))["URL"]);
        Redis = new Uri((await Testbed.RunAsync("up", "redis"))["URL"]);
        RabbitMq = await rabbit;
    }

    /// <summary>Ends what was started, also when not everything was.</summary>
    public Task DisposeAsync()
    {
        Engine?.Dispose();
        return Testbed.RunAsync("down");
    }

    /// <summary>Runs a command of the Redis server; returns what it answered.</summary>
    internal async Task<string> RedisAsync(params string[] command)
    {
        var (exitCode, output, error) = await Testbed.ExecuteAsync("redis-cli", ["-e", "-p", Redis.Port.ToString(CultureInfo.InvariantCulture), .. command]);
        return exitCode == 0 ? output.Trim() : throw new InvalidOperationException($"redis-cli {string.Join(' ', command)}: {error}{output}");
    }
}

[CollectionDefinition(Name)]
public sealed class WorldCollection : ICollectionFixture<World>
{
    public const string Name = "one real Swarm";
}
