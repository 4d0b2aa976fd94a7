using SwarmAutoscaler.TestSupport;
using Xunit;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace SwarmAutoscaler.TestSupport;

/// <summary>One engine with its container metrics in one Prometheus, a Redis and a RabbitMQ, for all end-to-end tests.</summary>
public sealed class World : IAsyncLifetime, IRedisServer
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

    /// <summary>Where a program finds what its connections named "default" are.</summary>
    internal IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["DOCKER_HOST"] = Engine.Host,
        ["PROMETHEUS_URL"] = Prometheus.OriginalString,
        ["REDIS_URL"] = Redis.OriginalString,
        ["RABBITMQ_URL"] = RabbitMq["AMQP_URL"],
    };

    Uri IRedisServer.Url => Redis;

    internal Task<string> RedisAsync(params string[] command) => ((IRedisServer)this).RunAsync(command);
}

[CollectionDefinition(Name)]
public sealed class WorldCollection : ICollectionFixture<World>
{
    public const string Name = "one real Swarm";
}
