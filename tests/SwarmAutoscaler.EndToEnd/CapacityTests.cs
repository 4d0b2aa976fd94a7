using System.Globalization;
using System.Text.Json.Nodes;
using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.EndToEnd;

/// <summary>What the nodes can take and what services share stops a raise, and says so.</summary>
[Collection(WorldCollection.Name)]
public sealed class CapacityTests(World world)
{
    [Fact]
    public async Task Max_replicas_per_node_on_the_nodes_that_satisfy_the_constraints_stops_the_raise_before_a_task_has_no_place()
    {
        var demand = new Demand(world, "labelled");
        await demand.SetAsync(8);
        string node = await world.Engine.DockerAsync("node", "ls", "--quiet");
        await world.Engine.DockerAsync("node", "update", "--label-add", "disk=ssd", node);
        await using var label = new Removal(() => world.Engine.DockerAsync("node", "update", "--label-rm", "disk", node));
        await using var service = await world.Engine.CreateServiceAsync("labelled", 1, ["--constraint", "node.labels.disk == ssd", "--replicas-max-per-node", "3"]);
        await using var autoscaler = await Autoscaler.StartAsync(world, demand.Policy());

        await world.Engine.WaitForRunningAsync("labelled", 3);
        var held = await autoscaler.WaitForDecisionAsync("labelled", decision => decision is { Current: 3, Reason: "capacity" });
        Assert.Equal(("hold", "max-replicas-per-node allows 3: 3 on each of 1 eligible node that satisfy node.labels.disk == ssd"), (held.Action, Because(held)));
        Assert.DoesNotContain(await ReplicasOverTimeAsync(), change => change.Replicas > 3 && change.Service == "labelled");
        Assert.Equal(8, held.Json["metrics"]![0]!["recommends"]!.GetValue<int>());
    }

    [Fact]
    public async Task Tasks_without_a_place_stop_the_next_raise_in_the_engines_words_and_are_given_back_when_they_have_waited()
    {
        var demand = new Demand(world, "greedy");
        await demand.SetAsync(2);
        int cores = int.Parse(await world.Engine.DockerAsync("info", "--format", "{{.NCPU}}"), CultureInfo.InvariantCulture);
        await using var service = await world.Engine.CreateServiceAsync("greedy", 1, ["--reserve-cpu", (cores * 0.6).ToString(CultureInfo.InvariantCulture)]);
        var running = Assert.Single(await world.Engine.RunningTasksAsync("greedy"));
        await using var autoscaler = await Autoscaler.StartAsync(world, demand.Policy(more: "give_back_after: 6s"));

        await world.Engine.WaitForReplicasAsync("greedy", 2);
        await demand.SetAsync(4);
        string said = await Eventually.GetAsync("the engine's reason", TimeSpan.FromSeconds(10),
            () => world.Engine.DockerAsync("service", "ps", "greedy", "--no-trunc", "--format", "{{.Error}}", "--filter", "desired-state=running"), text => text.Contains("no suitable node", StringComparison.Ordinal));
        string reason = Assert.Single(said.Split('\n'), line => line.Length > 0).Trim('"');
        Assert.StartsWith("no suitable node (insufficient resources", reason, StringComparison.Ordinal);
        await autoscaler.WaitForDecisionAsync("greedy", decision => decision is { Current: 2, Reason: "capacity", Action: "hold" } && Because(decision) == $"1 task cannot be placed: {reason}");

        var decisions = await Eventually.GetAsync("giving back", TimeSpan.FromSeconds(30),
            () => autoscaler.DecisionsAsync("greedy"), all => all.Any(decision => decision is { Action: "scale_down", IsApplied: true }));
        var back = decisions.First(decision => decision.Action == "scale_down");
        Assert.Equal((2, 1, "capacity"), (back.Current, back.Desired, back.Reason));
        Assert.Contains(reason, Because(back), StringComparison.Ordinal);
        var waits = await autoscaler.WaitForDecisionAsync("greedy", decision => decision is { Current: 1, Reason: "capacity" });
        Assert.StartsWith("more than 1 could not be placed and were given back", Because(waits), StringComparison.Ordinal);
        Assert.Equal([running], await world.Engine.RunningTasksAsync("greedy"));
    }

    /// <summary>The engine's own log of all changes is the judge: at no time were the counts together above the budget.</summary>
    [Fact]
    public async Task Services_that_share_a_budget_never_exceed_it_together_and_share_it_evenly()
    {
        const string quick = "scale_up: { limits: [] }\nscale_down: { stabilization: 2s, limits: [] }";
        var (api, job) = (new Demand(world, "api"), new Demand(world, "job"));
        await Task.WhenAll(api.SetAsync(8), job.SetAsync(8));
        await using var first = await world.Engine.CreateServiceAsync("api", 1);
        await using var second = await world.Engine.CreateServiceAsync("job", 1);
        await using var autoscaler = await Autoscaler.StartAsync(world, new Dictionary<string, string>
        {
            ["policy.yml"] = $"{api.Policy(more: quick)}\n---\n{job.Policy(more: quick)}",
            ["shared.yml"] = "budgets: [ { name: connections, limit: 12, reserve: 2, uses: [ { service: api, per_replica: 2 }, { service: job, per_replica: 1 } ] } ]",
        });

        // 7 are left: two more for each take 6, and only the smaller one fits in the rest
        await Task.WhenAll(world.Engine.WaitForReplicasAsync("api", 3), world.Engine.WaitForReplicasAsync("job", 4));
        var held = await autoscaler.WaitForDecisionAsync("api", decision => decision is { Current: 3, Reason: "capacity" });
        Assert.StartsWith("budget connections: 0 of 12 left after the reserve of 2; at 2 a replica, 0 of the 5 wanted more are granted", Because(held), StringComparison.Ordinal);

        // two schedules are two cycles, which list and divide at the same time
        await autoscaler.WritePolicyAsync($"{api.Policy(more: quick)}\n---\n{job.Policy(more: quick).Replace("interval: 1s", "interval: 1300ms", StringComparison.Ordinal)}");
        foreach (var (forApi, forJob, apiGets, jobGets) in ((int, int, int, int)[])[(1, 8, 1, 8), (8, 1, 4, 1), (2, 2, 2, 2)])
        {
            await Task.WhenAll(api.SetAsync(forApi), job.SetAsync(forJob));
            await Task.WhenAll(world.Engine.WaitForReplicasAsync("api", apiGets), world.Engine.WaitForReplicasAsync("job", jobGets));
        }
        await Task.WhenAll(api.SetAsync(8), job.SetAsync(8)); // whoever comes first
        await autoscaler.WaitForEvaluationsAsync("api", 5);
        var counts = new Dictionary<string, int> { ["api"] = 1, ["job"] = 1 };
        var changes = (await ReplicasOverTimeAsync()).Where(change => counts.ContainsKey(change.Service)).ToList();
        Assert.All(changes, change =>
        {
            counts[change.Service] = change.Replicas;
            Assert.InRange((2 * counts["api"]) + counts["job"], 0, 10);
        });
        Assert.Contains(changes, change => change is { Service: "job", Replicas: 8 });
        Assert.Contains(changes, change => change is { Service: "api", Replicas: 4 });
    }

    /// <summary>Every change of a service's count that the engine logged, in its order.</summary>
    async Task<IReadOnlyList<(string Service, int Replicas)>> ReplicasOverTimeAsync()
    {
        string until = DateTimeOffset.Now.AddSeconds(1).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        string log = await world.Engine.DockerAsync("events", "--since", "0", "--until", until, "--filter", "type=service", "--filter", "event=update", "--format", "{{json .Actor.Attributes}}");
        return [.. log.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).Where(line => line["replicas.new"] is not null)
            .Select(line => (line["name"]!.GetValue<string>(), int.Parse(line["replicas.new"]!.GetValue<string>(), CultureInfo.InvariantCulture)))];
    }

    static string Because(Decision decision) => decision.Json["trail"]!.AsArray().Last(step => step!["step"]!.GetValue<string>() == "capacity")!["because"]!.GetValue<string>();
}
