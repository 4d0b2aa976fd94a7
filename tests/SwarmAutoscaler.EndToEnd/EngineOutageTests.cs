using System.Net;
using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.EndToEnd;

[Collection(WorldCollection.Name)]
public sealed class EngineOutageTests(World world)
{
    [Fact]
    public async Task A_frozen_engine_makes_it_not_ready_with_the_reason_and_once_thawed_the_count_comes_right()
    {
        var demand = new Demand(world, "thawed");
        await demand.SetAsync(2);
        await using var service = await world.Engine.CreateServiceAsync("thawed", 1);
        await using var autoscaler = await Autoscaler.StartAsync(world, demand.Policy());
        await world.Engine.WaitForReplicasAsync("thawed", 2);

        await Testbed.RunAsync("freeze", Engine.Name);
        try
        {
            await demand.SetAsync(4);
            var (_, body) = (await Eventually.GetAsync(
                "/ready", TimeSpan.FromSeconds(15), autoscaler.ReadyAsync, ready => ready?.Status == HttpStatusCode.ServiceUnavailable))!.Value;
            Assert.Contains("did not answer", body, StringComparison.Ordinal);
        }
        finally
        {
            await Testbed.RunAsync("thaw", Engine.Name);
        }

        await autoscaler.WaitUntilReadyAsync();
        await world.Engine.WaitForReplicasAsync("thawed", 4);
        await world.Engine.WaitForRunningAsync("thawed", 4);
    }
}
