using System.Text.Json.Nodes;
using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.EndToEnd;

[Collection(WorldCollection.Name)]
public sealed class TwoWritersTests(World world)
{
    const string Service = "contested";

    /// <summary>Between two writes of the other: many times within one of our evaluations, and still a gap that a change fits into.</summary>
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task Another_writer_who_changes_labels_for_a_while_loses_nothing_and_then_the_count_comes_right()
    {
        var demand = new Demand(world, Service);
        await demand.SetAsync(1);
        await using var service = await world.Engine.CreateServiceAsync(Service, 1);
        // Whatever the scheduler does, our first change comes too late: the other writes once more just before the engine gets it.
        await using var intercepted = new InterceptedEngine(world.Engine.Socket, () => WriteLabelAsync("before"));
        var settings = new Dictionary<string, string> { ["DOCKER_HOST"] = intercepted.Host };
        await using var autoscaler = await Autoscaler.StartAsync(world, new Dictionary<string, string> { ["policy.yml"] = demand.Policy() }, settings);

        await demand.SetAsync(4);
        await intercepted.Updating.WaitAsync(TimeSpan.FromSeconds(20));
        using var enough = new CancellationTokenSource();
        var other = Task.Run(() => WriteLabelsAsync(enough.Token));
        try
        {
            var held = await autoscaler.WaitForDecisionAsync(Service, decision => decision.Reason == "update_in_progress");
            Assert.Equal(("hold", 1, 4), (held.Action, held.Desired, held.Json["proposed"]!.GetValue<int>()));
            await autoscaler.WaitForEvaluationsAsync(Service, 3);
            Assert.Equal(1, await world.Engine.ReplicasAsync(Service));
        }
        finally
        {
            await enough.CancelAsync();
        }

        string last = await other;
        await world.Engine.WaitForReplicasAsync(Service, 4);
        await demand.SetAsync(2);
        await world.Engine.WaitForReplicasAsync(Service, 2);
        var spec = (await world.Engine.InspectAsync(Service))["Spec"]!;
        Assert.Equal(last, spec["Labels"]!["other"]!.GetValue<string>());
        Assert.Equal(2, spec["Mode"]!["Replicated"]!["Replicas"]!.GetValue<int>());
        Assert.InRange(await autoscaler.MetricAsync("engine_requests_total", ("operation", "update_service"), ("outcome", "conflict")), 1, double.PositiveInfinity);
        Assert.Equal(2, (await autoscaler.DecisionsAsync(Service)).Count(decision => decision.IsApplied));
    }

    /// <summary>Writes one label after the other until it is enough; returns the last that the engine accepted.</summary>
    async Task<string> WriteLabelsAsync(CancellationToken enough)
    {
        string last = "";
        using var timer = new PeriodicTimer(Pause);
        for (int round = 1; !enough.IsCancellationRequested; round++)
        {
            if (await WriteLabelAsync($"{round}"))
                last = $"{round}";
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
        return last;
    }

    /// <summary>Reads, changes a label, writes with the version it read. Returns false when somebody else was faster.</summary>
    async Task<bool> WriteLabelAsync(string value)
    {
        var (version, spec) = await world.Engine.Api.ReadSpecAsync(Service);
        var changed = JsonNode.Parse(spec)!;
        changed["Labels"]!["other"] = value;
        return await world.Engine.Api.WriteSpecAsync(Service, version, changed.ToJsonString());
    }
}
