using System.Text.Json.Nodes;
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
        // The end of a rollout is Swarm's doing and nobody's update: nothing is waited for.
        Assert.InRange(up.Time - await EndOfRolloutAsync(), TimeSpan.FromSeconds(-1), TimeSpan.FromSeconds(3));
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

    [Fact]
    public async Task A_paused_rollout_is_not_resumed()
    {
        var demand = new Demand(world, Service);
        await demand.SetAsync(2);
        await using var service = await world.Engine.CreateServiceAsync(Service, 2, ["--update-failure-action", "pause", "--update-monitor", "2s"]);
        await using var autoscaler = await Autoscaler.StartAsync(world, demand.Policy(more: "during_update: ignore"));
        await autoscaler.WaitForDecisionAsync(Service, decision => decision.Reason == "within_tolerance");
        await world.Engine.DockerAsync("service", "update", "--detach", "--no-resolve-image", "--args", "false", Service);
        await world.Engine.WaitForUpdateStateAsync(Service, "paused");
        var (version, _) = await world.Engine.Api.ReadSpecAsync(Service);

        await demand.SetAsync(4);
        var held = await autoscaler.WaitForDecisionAsync(Service, decision => decision.Reason == "update_paused" && decision.Value("demand") == 40);
        Assert.Equal("hold", held.Action);
        await autoscaler.WaitForEvaluationsAsync(Service, 6); // longer than the quiet time after the update
        Assert.Equal((version, "paused"), ((await world.Engine.Api.ReadSpecAsync(Service)).Version, await world.Engine.UpdateStateAsync(Service)));
    }

    /// <summary>During a long rollout the wish goes up to 4 and then down to 1.</summary>
    static readonly (string Name, string DuringUpdate, string OnFailure, int AfterUp, int AfterDown)[] Ways =
    [
        ("way-auto-back", "auto", "rollback", 2, 2),
        ("way-auto", "auto", "pause", 4, 4),
        ("way-hold", "hold", "pause", 2, 2),
        ("way-up-only", "scale_up_only", "pause", 4, 4),
        ("way-ignore", "ignore", "rollback", 4, 1),
    ];

    [Fact]
    public async Task During_update_says_what_a_rollout_allows()
    {
        var services = new List<IAsyncDisposable>();
        var policies = new Dictionary<string, string>();
        await using var removal = new Removal(() => Task.WhenAll(services.Select(service => service.DisposeAsync().AsTask())));
        foreach (var way in Ways)
        {
            services.Add(await world.Engine.CreateServiceAsync(way.Name, 2, ["--update-delay", "60s", "--update-failure-action", way.OnFailure]));
            policies[$"{way.Name}.yml"] = new Demand(world, way.Name).Policy(more: $"scale_down: {{ stabilization: 0s }}\nduring_update: {way.DuringUpdate}");
        }
        await WishAsync(2);
        await using var autoscaler = await Autoscaler.StartAsync(world, policies);
        foreach (var way in Ways)
            await world.Engine.DockerAsync("service", "update", "--detach", "--no-resolve-image", "--env-add", "RELEASE=2", way.Name);

        await WishAsync(4);
        foreach (var way in Ways)
            await DecidedAsync(autoscaler, way.Name, way.AfterUp, 4);
        await WishAsync(1);
        foreach (var way in Ways)
            await DecidedAsync(autoscaler, way.Name, way.AfterDown, 1);
    }

    static async Task DecidedAsync(Autoscaler autoscaler, string service, int expected, int wish)
    {
        var decision = await autoscaler.WaitForDecisionAsync(service, decision =>
            decision.Value("demand") == wish * 10 && decision.Current == expected && !decision.ToString().Contains("quiet time", StringComparison.Ordinal));
        Assert.Equal(expected == wish ? "within_tolerance" : "update_in_progress", decision.Reason);
    }

    Task WishAsync(int replicas) => Task.WhenAll(Ways.Select(way => new Demand(world, way.Name).SetAsync(replicas)));

    /// <summary>When the last rollout was completed, from what the engine remembers of its events.</summary>
    async Task<DateTimeOffset> EndOfRolloutAsync()
    {
        bool IsEnd(string line) => line.Contains($"\"name\":\"{Service}\"", StringComparison.Ordinal) && line.Contains("\"updatestate.new\":\"completed\"", StringComparison.Ordinal);
        string[] told = await Eventually.GetAsync("the event of the rollout's end", TimeSpan.FromSeconds(10), // told somewhat after it is seen
            async () => (await world.Engine.DockerAsync("events", "--since", "2m", "--until", "0s", "--filter", "type=service", "--filter", "event=update", "--format", "{{json .}}")).Split('\n'),
            lines => lines.Any(IsEnd));
        string end = told.Last(IsEnd);
        return DateTimeOffset.UnixEpoch.AddTicks(JsonNode.Parse(end)!["timeNano"]!.GetValue<long>() / 100);
    }
}
