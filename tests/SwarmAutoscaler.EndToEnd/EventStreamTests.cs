using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.EndToEnd;

/// <summary>The engine's events make updates by others known at once; nothing depends on them. In a policy evaluated once an hour only they can wake it.</summary>
[Collection(WorldCollection.Name)]
public sealed class EventStreamTests(World world)
{
    const string Service = "told-of";

    [Fact]
    public async Task A_stream_that_broke_is_opened_again_and_heard()
    {
        var demand = new Demand(world, Service);
        await demand.SetAsync(3);
        await using var service = await world.Engine.CreateServiceAsync(Service, 1);
        await using var between = new InterceptedEngine(world.Engine.Socket, () => Task.CompletedTask);
        var policy = demand.Policy(more: "cooldown: 10m").Replace("interval: 1s", "interval: 1h", StringComparison.Ordinal);
        await using var autoscaler = await Autoscaler.StartAsync(
            world, new Dictionary<string, string> { ["policy.yml"] = policy }, new Dictionary<string, string> { ["DOCKER_HOST"] = between.Host });
        await world.Engine.WaitForReplicasAsync(Service, 3);
        await StreamsAsync(autoscaler, 1);

        between.Break();
        await StreamsAsync(autoscaler, 2);
        await world.Engine.ScaleByHandAsync(Service, 1);
        await world.Engine.WaitForReplicasAsync(Service, 3, seconds: 10);
        Assert.Equal("restore", (await autoscaler.WaitForDecisionAsync(Service, decision => decision.IsApplied)).Reason);
    }

    static Task<double> StreamsAsync(Autoscaler autoscaler, int count) => Eventually.GetAsync("streams that were opened", TimeSpan.FromSeconds(15),
        () => autoscaler.MetricAsync("engine_requests_total", ("operation", "events"), ("outcome", "ok")), opened => opened >= count);
}
