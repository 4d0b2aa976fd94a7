using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.EndToEnd;

/// <summary>One policy in environment variables and not a single file.</summary>
[Collection(WorldCollection.Name)]
public sealed class EnvironmentPolicyTests(World world)
{
    const string Service = "environed";

    static Dictionary<string, string> Settings => new()
    {
        ["AUTOSCALER_POLICIES"] = "/nowhere/policies",
        ["SWARM_AUTOSCALER_TARGET_SERVICE"] = Service,
        ["SWARM_AUTOSCALER_MIN_REPLICAS"] = "1",
        ["SWARM_AUTOSCALER_MAX_REPLICAS"] = "3",
        ["SWARM_AUTOSCALER_SCALE_UP_THRESHOLD"] = "40",
        ["SWARM_AUTOSCALER_SCALE_DOWN_THRESHOLD"] = "10",
        ["SWARM_AUTOSCALER_COOLDOWN_SECONDS"] = "300",
    };

    static readonly Dictionary<string, string> NoFiles = [];

    [Fact]
    public async Task A_service_above_the_threshold_gets_one_more_and_then_the_cooldown_holds()
    {
        await using var service = await world.Engine.CreateServiceAsync(Service, 1, ["--limit-cpu", "0.15"], ["sh", "-c", "while :; do :; done"]);
        await using var autoscaler = await Autoscaler.StartAsync(world, NoFiles, Settings);

        await world.Engine.WaitForReplicasAsync(Service, 2, seconds: 90);
        var held = await autoscaler.WaitForDecisionAsync(Service, decision => decision.Current == 2 && decision.Value("cpu") > 0.4, seconds: 90);
        Assert.Equal(("hold", "cooldown"), (held.Action, held.Reason));
    }

    [Fact]
    public async Task Without_a_cpu_limit_it_says_so_and_leaves_the_count()
    {
        await using var service = await world.Engine.CreateServiceAsync(Service, 2);
        await using var autoscaler = await Autoscaler.StartAsync(world, NoFiles, Settings);

        var held = await autoscaler.WaitForDecisionAsync(Service, decision => decision.Missing("cpu") == "no_limit", seconds: 90);
        Assert.Equal(("hold", "combine", 2), (held.Action, held.Reason, held.Desired));
    }

    [Fact]
    public async Task Run_once_evaluates_it()
    {
        await using var service = await world.Engine.CreateServiceAsync(Service, 1);
        await using var autoscaler = await Autoscaler.LaunchAsync(
            world, NoFiles, new Dictionary<string, string>(Settings) { ["SWARM_AUTOSCALER_MIN_REPLICAS"] = "2" }, "--once");

        Assert.Equal(0, await autoscaler.WaitForExitAsync(30));
        Assert.Equal(2, await world.Engine.ReplicasAsync(Service));
    }

    [Fact]
    public async Task A_wrong_variable_stops_the_start_with_one_line()
    {
        await using var autoscaler = await Autoscaler.LaunchAsync(world, NoFiles, new Dictionary<string, string>(Settings) { ["SWARM_AUTOSCALER_MAX_REPLICAS"] = "" });

        Assert.Equal(2, await autoscaler.WaitForExitAsync(30));
        Assert.Equal("SWARM_AUTOSCALER_MAX_REPLICAS is missing, it has no default", autoscaler.Log);
    }
}
