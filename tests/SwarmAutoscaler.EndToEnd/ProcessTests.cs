using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.EndToEnd;

/// <summary>How the process starts, ends, and what it leaves to others.</summary>
[Collection(WorldCollection.Name)]
public sealed class ProcessTests(World world)
{
    const string Service = "processed", Other = "processed-too";

    /// <summary>What Docker grants between SIGTERM and SIGKILL.</summary>
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Run_once_evaluates_every_policy_once_and_exits()
    {
        var (one, two) = (new Demand(world, Service), new Demand(world, Other));
        await one.SetAsync(3);
        await two.SetAsync(2);
        await using var first = await world.Engine.CreateServiceAsync(Service, 1);
        await using var second = await world.Engine.CreateServiceAsync(Other, 1);
        var policies = new Dictionary<string, string>
        {
            ["often.yml"] = one.Policy(),
            ["rarely.yml"] = two.Policy().Replace("interval: 1s", "interval: 1h", StringComparison.Ordinal),
        };
        await using var autoscaler = await Autoscaler.LaunchAsync(world, policies, null, "--once");

        Assert.Equal(0, await autoscaler.WaitForExitAsync(30));
        Assert.Equal((3, 2), (await world.Engine.ReplicasAsync(Service), await world.Engine.ReplicasAsync(Other)));
        Assert.Contains("scale_up 1 -> 3 (recommend", autoscaler.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Observing_decides_and_changes_nothing()
    {
        var demand = new Demand(world, Service);
        await demand.SetAsync(3);
        await using var service = await world.Engine.CreateServiceAsync(Service, 1);
        var (version, _) = await world.Engine.Api.ReadSpecAsync(Service);
        await using var autoscaler = await Autoscaler.StartAsync(world, demand.Policy(), "--observe");

        var observed = await autoscaler.WaitForDecisionAsync(Service, decision => decision.Value("demand") == 30);
        Assert.Equal(("hold", "observe", 1, 3), (observed.Action, observed.Reason, observed.Desired, observed.Json["proposed"]!.GetValue<int>()));
        await autoscaler.WaitForEvaluationsAsync(Service, 3);
        Assert.Equal(version, (await world.Engine.Api.ReadSpecAsync(Service)).Version);
        Assert.Equal(0, await autoscaler.MetricAsync("engine_requests_total", ("operation", "update_service")));
    }

    [Fact]
    public async Task Asked_to_stop_while_idle_it_exits_at_once_with_0()
    {
        await using var autoscaler = await Autoscaler.StartAsync(world, new Demand(world, Service).Policy());
        var (exitCode, took) = await autoscaler.StopAsync();
        Assert.Equal(0, exitCode);
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task Asked_to_stop_while_a_change_hangs_in_a_frozen_engine_it_exits_in_time_and_the_service_is_either_old_or_new()
    {
        var demand = new Demand(world, Service);
        await demand.SetAsync(1);
        await using var service = await world.Engine.CreateServiceAsync(Service, 1);
        await using var intercepted = new InterceptedEngine(world.Engine.Socket, () => Testbed.RunAsync("freeze", Engine.Name));
        var settings = new Dictionary<string, string> { ["DOCKER_HOST"] = intercepted.Host, ["AUTOSCALER_STATE"] = "memory" };
        await using var autoscaler = await Autoscaler.StartAsync(world, new Dictionary<string, string> { ["policy.yml"] = demand.Policy() }, settings);
        try
        {
            await demand.SetAsync(3);
            await intercepted.Updating.WaitAsync(TimeSpan.FromSeconds(10));
            var (exitCode, took) = await autoscaler.StopAsync();
            Assert.Equal(0, exitCode);
            Assert.InRange(took, TimeSpan.Zero, Grace);
        }
        finally
        {
            await Testbed.RunAsync("thaw", Engine.Name);
        }

        int replicas = await world.Engine.ReplicasAsync(Service);
        Assert.Contains(replicas, (int[])[1, 3]);
        await world.Engine.WaitForRunningAsync(Service, replicas);
    }
}
