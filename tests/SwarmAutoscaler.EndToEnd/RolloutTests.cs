using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.EndToEnd;

/// <summary>Scaling in the middle of a rollout would make Swarm forget what to roll back to.</summary>
[Collection(WorldCollection.Name)]
public sealed class RolloutTests(World world)
{
    const string Service = "released";
    static readonly string[] Options =
        ["--update-failure-action", "rollback", "--update-monitor", "4s", "--update-parallelism", "2", "--update-order", "start-first", "--rollback-monitor", "1s"];

    [Fact]
    public async Task During_a_rollout_the_count_is_held_and_afterwards_scaling_goes_on()
    {
        var demand = new Demand(world, Service);
        await demand.SetAsync(2);
        await using var service = await world.Engine.CreateServiceAsync(Service, 2, Options);
        await using var autoscaler = await Autoscaler.StartAsync(world, demand.Policy());
        await world.Engine.DockerAsync("service", "update", "--detach", "--no-resolve-image", "--env-add", "RELEASE=2", Service);
        await demand.SetAsync(4);

        // While old and new tasks run side by side, four are running and nothing more is asked for; the wish comes once the old ones have gone.
        var held = await autoscaler.WaitForDecisionAsync(Service, decision => decision.Value("demand") == 40 && decision.Json["proposed"]!.GetValue<int>() == 4);
        Assert.Equal(("hold", "update_in_progress", 2), (held.Action, held.Reason, held.Desired));
        Assert.Equal(("updating", 2), (await world.Engine.UpdateStateAsync(Service), await world.Engine.ReplicasAsync(Service)));

        await world.Engine.WaitForReplicasAsync(Service, 4);
        var up = (await autoscaler.DecisionsAsync(Service)).Single(decision => decision.IsApplied);
        Assert.Equal(("scale_up", "recommend"), (up.Action, up.Reason));
        Assert.Contains("RELEASE=2", (await world.Engine.Api.ReadSpecAsync(Service)).Spec, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failing_release_is_rolled_back_to_the_good_one_though_load_rises_meanwhile()
    {
        var demand = new Demand(world, Service);
        await demand.SetAsync(2);
        await using var service = await world.Engine.CreateServiceAsync(Service, 2, Options);
        await using var autoscaler = await Autoscaler.StartAsync(world, demand.Policy());
        await autoscaler.WaitForDecisionAsync(Service, decision => decision.Reason == "within_tolerance");
        await world.Engine.DockerAsync("service", "update", "--detach", "--no-resolve-image", "--args", "false", Service);
        await demand.SetAsync(4);

        await world.Engine.WaitForReplicasAsync(Service, 4);
        await world.Engine.WaitForRunningAsync(Service, 4);
        Assert.Contains("\"Args\":[\"sleep\",\"100000\"]", (await world.Engine.Api.ReadSpecAsync(Service)).Spec, StringComparison.Ordinal);
        Assert.Contains(await autoscaler.DecisionsAsync(Service), decision => decision.Reason is "update_in_progress" or "rollback_in_progress");
    }
}
