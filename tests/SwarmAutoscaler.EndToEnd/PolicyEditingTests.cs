using System.Net;
using System.Text.Json.Nodes;
using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.EndToEnd;

[Collection(WorldCollection.Name)]
public sealed class PolicyEditingTests(World world)
{
    const string Service = "edited";

    [Fact]
    public async Task An_edited_policy_takes_effect_and_a_broken_one_keeps_its_last_good_version_until_it_is_mended()
    {
        var demand = new Demand(world, Service);
        await demand.SetAsync(6);
        await using var service = await world.Engine.CreateServiceAsync(Service, 1);
        await using var autoscaler = await Autoscaler.StartAsync(world, demand.Policy(max: 2));
        await world.Engine.WaitForReplicasAsync(Service, 2);
        var limited = await autoscaler.WaitForDecisionAsync(Service, decision => decision.Current == 2);
        Assert.Equal(("hold", "bounds"), (limited.Action, limited.Reason));

        await autoscaler.WritePolicyAsync(demand.Policy(max: 3));
        await world.Engine.WaitForReplicasAsync(Service, 3);

        await autoscaler.WritePolicyAsync(demand.Policy(max: 8) + "\ncooldwon: 5s");
        await Eventually.GetAsync("policy_errors", TimeSpan.FromSeconds(10), () => autoscaler.MetricAsync("policy_errors"), errors => errors == 1);
        Assert.Equal(1, await autoscaler.MetricAsync("policies_loaded"));
        var (status, body) = (await autoscaler.ReadyAsync())!.Value;
        Assert.Equal(HttpStatusCode.OK, status);
        string error = Assert.Single(ErrorsIn(body));
        Assert.Matches("policy\\.yml:6:1: .*cooldwon", error);
        Assert.Contains(error, autoscaler.Log, StringComparison.Ordinal);
        await autoscaler.WaitForEvaluationsAsync(Service, 2);
        Assert.Equal(3, await world.Engine.ReplicasAsync(Service));
        await demand.SetAsync(1);
        await world.Engine.WaitForReplicasAsync(Service, 1);

        await demand.SetAsync(5);
        await autoscaler.WritePolicyAsync(demand.Policy(max: 8));
        await world.Engine.WaitForReplicasAsync(Service, 5);
        Assert.Equal(0, await autoscaler.MetricAsync("policy_errors"));
        Assert.Empty(ErrorsIn((await autoscaler.ReadyAsync())!.Value.Body));
    }

    static IReadOnlyList<string> ErrorsIn(string body) => [.. JsonNode.Parse(body)!["policies"]!["errors"]!.AsArray().Select(error => error!.GetValue<string>())];
}
