using System.Text.Json.Nodes;
using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.EndToEnd;

[Collection(WorldCollection.Name)]
public sealed class TwoWritersTests(World world)
{
    const string Service = "contested";

    /// <summary>Between two writes of the other: it is fast enough to come in between our read and our write again and again.</summary>
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(3);

    [Fact]
    public async Task Another_writer_who_changes_labels_all_the_time_loses_nothing_and_the_count_comes_right()
    {
        var demand = new Demand(world, Service);
        await demand.SetAsync(1);
        await using var service = await world.Engine.CreateServiceAsync(Service, 1);
        await using var autoscaler = await Autoscaler.StartAsync(world, demand.Policy(more: "scale_down: { stabilization: 0s }"));

        using var enough = new CancellationTokenSource();
        var other = Task.Run(() => WriteLabelsAsync(enough.Token));
        try
        {
            // The demand swings until the two have met.
            int wanted = 2;
            await Eventually.GetAsync("conflicts", TimeSpan.FromSeconds(60), async () =>
            {
                if (await world.Engine.ReplicasAsync(Service) == wanted)
                    await demand.SetAsync(wanted = wanted == 2 ? 4 : 2);
                return await autoscaler.MetricAsync("engine_requests_total", ("operation", "update_service"), ("outcome", "conflict"));
            }, conflicts => conflicts > 0);
            await demand.SetAsync(6);
            await world.Engine.WaitForReplicasAsync(Service, 6);
        }
        finally
        {
            await enough.CancelAsync();
        }

        string last = await other;
        var spec = (await world.Engine.InspectAsync(Service))["Spec"]!;
        Assert.Equal(last, spec["Labels"]!["round"]!.GetValue<string>());
        Assert.Equal(6, spec["Mode"]!["Replicated"]!["Replicas"]!.GetValue<int>());
    }

    /// <summary>Reads, changes a label, writes with the version it read; returns the last label that the engine accepted.</summary>
    async Task<string> WriteLabelsAsync(CancellationToken enough)
    {
        string last = "";
        using var timer = new PeriodicTimer(Pause);
        for (int round = 1; !enough.IsCancellationRequested; round++)
        {
            var (version, spec) = await world.Engine.Api.ReadSpecAsync(Service);
            var changed = JsonNode.Parse(spec)!;
            changed["Labels"]!["round"] = $"{round}";
            if (await world.Engine.Api.WriteSpecAsync(Service, version, changed.ToJsonString()))
                last = $"{round}";
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
        return last;
    }
}
