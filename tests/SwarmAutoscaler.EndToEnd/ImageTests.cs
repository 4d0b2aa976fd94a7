using System.Globalization;
using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.EndToEnd;

/// <summary>The image of the Dockerfile, as a service of the Swarm that it scales, beside the queue it looks at.</summary>
[Collection(WorldCollection.Name)]
public sealed class ImageTests(World world)
{
    const string Network = "shop", Queue = "shop_queue", Worker = "shop_worker", Service = "autoscaler", Image = "swarm-autoscaler:local";

    const string Policy = """
        service: shop_worker
        interval: 1s
        replicas: { min: 1, max: 10 }
        metrics: [ { source: redis, key: jobs, target: { per_replica: 10 } } ]
        """;

    [Fact]
    public async Task As_an_unprivileged_service_it_is_healthy_scales_and_can_be_scaled_to_zero_itself_to_pause()
    {
        var engine = world.Engine;
        await Testbed.RunAsync("image", "autoscaler", Engine.Name, Image);
        await using var shop = await OpenShopAsync();
        await using var autoscaler = await engine.CreateAsync(Service, await OptionsAsync(), Image);
        // A task with a health check runs, for Swarm, only when it is healthy.
        await engine.WaitForRunningAsync(Service, 1, seconds: 60);
        var inside = (await engine.DockerAsync("exec", await ContainerAsync(Service), "id")).Split(' ');
        Assert.StartsWith("uid=1654", inside[0], StringComparison.Ordinal);

        await FillAsync(40);
        await engine.WaitForReplicasAsync(Worker, 4);

        await engine.ScaleByHandAsync(Service, 0);
        await engine.WaitForRunningAsync(Service, 0);
        await Eventually.GetAsync("its container", TimeSpan.FromSeconds(20), () => ContainerAsync(Service), container => container.Length == 0);
        await FillAsync(90);
        var (paused, _) = await engine.Api.ReadSpecAsync(Worker);
        await Eventually.StaysAsync("the worker while nobody scales it", TimeSpan.FromSeconds(3),
            async () => (await engine.Api.ReadSpecAsync(Worker)).Version, version => version == paused);
        await FillAsync(40);
        await engine.ScaleByHandAsync(Worker, 7);

        await engine.ScaleByHandAsync(Service, 1);
        await engine.WaitForRunningAsync(Service, 1, seconds: 60);
        var (adopted, _) = await engine.Api.ReadSpecAsync(Worker);
        await using var bridge = await BridgeAsync();
        var api = new AutoscalerApi(bridge.Url);
        var decision = await api.WaitForDecisionAsync(Worker, decision => decision.Value("redis") == 40);
        Assert.Equal((7, 7, "hold", "stabilization"), (decision.Current, decision.Desired, decision.Action, decision.Reason));
        await api.WaitForEvaluationsAsync(Worker, 2);
        Assert.Equal(adopted, (await engine.Api.ReadSpecAsync(Worker)).Version);
        await FillAsync(90);
        await engine.WaitForReplicasAsync(Worker, 9);
    }

    /// <summary>A queue and a worker on an overlay network, and the policy as a config.</summary>
    async Task<IAsyncDisposable> OpenShopAsync()
    {
        var engine = world.Engine;
        await engine.DockerAsync("network", "create", "--driver", "overlay", Network);
        string file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.yml");
        await File.WriteAllTextAsync(file, Policy);
        await engine.DockerAsync("config", "create", "shop-policy", file);
        File.Delete(file);
        var queue = await engine.CreateServiceAsync(Queue, 1, ["--network", $"name={Network},alias=queue"], ["redis-server", "--save", "", "--protected-mode", "no"]);
        var worker = await engine.CreateServiceAsync(Worker, 1, ["--network", Network]);
        return new Removal(async () =>
        {
            await worker.DisposeAsync();
            await queue.DisposeAsync();
            await engine.DockerAsync("config", "rm", "shop-policy");
            await engine.RemoveNetworksAsync(Network);
        });
    }

    async Task<string[]> OptionsAsync() =>
    [
        "--replicas", "1", "--network", Network, "--group", await SocketGroupAsync(), "--read-only", "--cap-drop", "ALL", "--constraint", "node.role==manager",
        "--mount", $"type=bind,source={world.Engine.Socket},target=/var/run/docker.sock", "--config", "source=shop-policy,target=/policies/worker.yml",
        "--env", "REDIS_URL=redis://queue:6379", "--publish", "mode=host,published=18081,target=8080", "--stop-grace-period", "10s",
    ];

    async Task<string> SocketGroupAsync() => (await Testbed.ExecuteAsync("stat", ["-c", "%g", world.Engine.Socket])).Output.Trim();

    async Task<string> ContainerAsync(string service) =>
        await world.Engine.DockerAsync("ps", "--quiet", "--filter", $"label=com.docker.swarm.service.name={service}");

    async Task FillAsync(int jobs) => await world.Engine.DockerAsync("exec", await ContainerAsync(Queue), "redis-cli", "eval",
        "redis.call('del', 'jobs') for i = 1, tonumber(ARGV[1]) do redis.call('rpush', 'jobs', i) end", "0", jobs.ToString(CultureInfo.InvariantCulture));

    /// <summary>The published port, for the outside of the engine's network.</summary>
    static async Task<Bridge> BridgeAsync() => new((await Testbed.RunAsync("up", "portbridge", "shopbridge", "--from", Engine.Name, "--port", "18081"))["URL"]);

    sealed record Bridge(string Url) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await Testbed.RunAsync("down", "shopbridge");
    }
}
