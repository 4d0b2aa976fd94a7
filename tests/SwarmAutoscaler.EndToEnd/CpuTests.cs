using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.EndToEnd;

/// <summary>The container's cgroup → exporter → Prometheus → preset → utilization of the limit in the service's spec → count.</summary>
[Collection(WorldCollection.Name)]
public sealed class CpuTests(World world)
{
    /// <summary>Burns as much CPU as the limit allows while the file exists.</summary>
    const string Burn = "while :; do if [ -e /load/on ]; then i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; else sleep 0.2; fi; done";

    const string Policy = """
        service: burner
        interval: 1s
        replicas: { min: 1, max: 3 }
        metrics: [ { source: prometheus, preset: cpu, window: 10s, target: { utilization: 60% } } ]
        scale_down: { stabilization: 4s }
        """;

    [Fact]
    public async Task A_service_that_burns_up_its_cpu_limit_grows_and_one_that_rests_shrinks()
    {
        var load = Directory.CreateTempSubdirectory("sas-load-");
        string on = Path.Combine(load.FullName, "on");
        await using var removal = new Removal(() => Task.Run(() => load.Delete(recursive: true)));
        await using var burner = await world.Engine.CreateServiceAsync(
            "burner", 1, ["--limit-cpu", "0.15", "--mount", $"type=bind,source={load.FullName},target=/load,readonly"], ["sh", "-c", Burn]);
        await using var autoscaler = await Autoscaler.StartAsync(world, Policy);
        await autoscaler.WaitForDecisionAsync("burner", decision => decision.Value("cpu") < 0.3);

        await File.WriteAllTextAsync(on, "");
        await world.Engine.WaitForReplicasAsync("burner", 3, seconds: 60);
        var full = await autoscaler.WaitForDecisionAsync("burner", decision => decision.Value("cpu") > 0.85 && decision.Current == 3, seconds: 60);
        Assert.Equal(("hold", "bounds"), (full.Action, full.Reason));
        Assert.InRange(full.Value("cpu")!.Value, 0.85, 1.25);

        File.Delete(on);
        await world.Engine.WaitForReplicasAsync("burner", 1, seconds: 60);
        var changes = (await autoscaler.DecisionsAsync("burner")).Where(decision => decision.IsApplied).ToList();
        Assert.All(changes.TakeWhile(change => change.Action == "scale_up"), change => Assert.Contains(change.Reason, (string[])["recommend", "bounds"]));
        var down = changes.SkipWhile(change => change.Action == "scale_up").ToList();
        Assert.NotEmpty(down);
        Assert.All(down, change => Assert.Equal("scale_down", change.Action));
        Assert.Equal(1, changes[^1].Desired);
    }
}
