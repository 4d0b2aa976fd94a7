using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.EndToEnd;

[Collection(WorldCollection.Name)]
public sealed class LeftAloneTests(World world)
{
    [Fact]
    public async Task Only_the_service_with_exactly_the_policys_name_is_touched()
    {
        var demand = new Demand(world, "web");
        await demand.SetAsync(3);
        await using var longer = await world.Engine.CreateServiceAsync("web-admin", 1);
        await using var autoscaler = await Autoscaler.StartAsync(world, demand.Policy());
        var absent = await autoscaler.WaitForDecisionAsync("web", decision => decision.Reason == "service_not_found");
        Assert.Equal("hold", absent.Action);

        var (version, _) = await world.Engine.Api.ReadSpecAsync("web-admin");
        await using var exact = await world.Engine.CreateAsync("web", ["--replicas", "1"], "demo:local", "sleep", "100000");
        await world.Engine.WaitForReplicasAsync("web", 3);
        Assert.Equal(version, (await world.Engine.Api.ReadSpecAsync("web-admin")).Version);
    }

    [Fact]
    public async Task A_global_service_is_refused_with_the_reason()
    {
        var demand = new Demand(world, "everywhere");
        await demand.SetAsync(3);
        await using var service = await world.Engine.CreateAsync("everywhere", ["--mode", "global"], "demo:local", "sleep", "100000");
        await world.Engine.WaitForRunningAsync("everywhere", 1);
        var (version, _) = await world.Engine.Api.ReadSpecAsync("everywhere");
        await using var autoscaler = await Autoscaler.StartAsync(world, demand.Policy());

        var refused = await autoscaler.WaitForDecisionAsync("everywhere", _ => true);
        Assert.Equal(("hold", "not_replicated"), (refused.Action, refused.Reason));
        await autoscaler.WaitForEvaluationsAsync("everywhere", 2);
        Assert.Equal(version, (await world.Engine.Api.ReadSpecAsync("everywhere")).Version);
    }

    [Fact]
    public async Task A_service_that_a_person_stopped_stays_stopped_until_they_start_it()
    {
        var demand = new Demand(world, "stopped");
        await demand.SetAsync(3);
        await using var service = await world.Engine.CreateServiceAsync("stopped", 3);
        await using var autoscaler = await Autoscaler.StartAsync(world, demand.Policy());
        await autoscaler.WaitForDecisionAsync("stopped", decision => decision.Reason == "within_tolerance");

        await world.Engine.ScaleByHandAsync("stopped", 0);
        var held = await autoscaler.WaitForDecisionAsync("stopped", decision => decision.Current == 0);
        Assert.Equal(("hold", "stopped_by_hand"), (held.Action, held.Reason));
        await autoscaler.WaitForEvaluationsAsync("stopped", 3);
        Assert.Equal(0, await world.Engine.ReplicasAsync("stopped"));

        await world.Engine.ScaleByHandAsync("stopped", 1);
        await world.Engine.WaitForReplicasAsync("stopped", 3);
    }
}
