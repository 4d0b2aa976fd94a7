using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.EndToEnd;

[Collection(WorldCollection.Name)]
public sealed class PrometheusOutageTests(World world)
{
    /// <summary>One server for each client that runs: a number that a real Prometheus really scraped, and that changes at once.</summary>
    const string Policy = """
        service: outageserver
        interval: 1s
        replicas: { min: 1, max: 6 }
        metrics:
          - name: clients
            source: prometheus
            query: count(container_last_seen{container_label_com_docker_swarm_service_name="outageclient"})
            target: { per_replica: 1 }
        scale_down: { stabilization: 1s }
        """;

    [Fact]
    public async Task While_Prometheus_is_gone_the_count_is_held_and_when_it_is_back_scaling_goes_on()
    {
        await using var clients = await world.Engine.CreateServiceAsync("outageclient", 3);
        await using var servers = await world.Engine.CreateServiceAsync("outageserver", 1);
        await using var autoscaler = await Autoscaler.StartAsync(world, Policy);
        await world.Engine.WaitForReplicasAsync("outageserver", 3);

        await Testbed.RunAsync("kill", World.PrometheusName);
        try
        {
            var lost = await autoscaler.WaitForDecisionAsync("outageserver", decision => decision.Missing("clients") is not null);
            Assert.Equal("unreachable", lost.Missing("clients"));
            await world.Engine.ScaleByHandAsync("outageclient", 1);
            double missed = await autoscaler.MetricAsync("metric_missing_total", ("service", "outageserver"), ("metric", "clients"), ("source", "prometheus"));
            await autoscaler.WaitForEvaluationsAsync("outageserver", 5);
            var held = (await autoscaler.LastDecisionAsync("outageserver"))!;
            Assert.Equal(("hold", "combine", 3), (held.Action, held.Reason, held.Desired));
            Assert.Equal(3, await world.Engine.ReplicasAsync("outageserver"));
            Assert.InRange(await autoscaler.MetricAsync("metric_missing_total", ("service", "outageserver"), ("metric", "clients"), ("source", "prometheus")),
                missed + 5, double.PositiveInfinity);
        }
        finally
        {
            await Testbed.RunAsync("restart", "prometheus", World.PrometheusName);
        }

        await world.Engine.WaitForReplicasAsync("outageserver", 1);
        Assert.DoesNotContain(await autoscaler.DecisionsAsync("outageserver"), decision => decision.IsApplied && decision.Missing("clients") is not null);
    }
}
