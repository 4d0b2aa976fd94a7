using System.Diagnostics;
using System.Text.Json.Nodes;
using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.EndToEnd;

/// <summary>Two instances of the built program on one Swarm: one acts, and what it remembers goes on with the next.</summary>
[Collection(WorldCollection.Name)]
public sealed class LeaseTests(World world)
{
    const string Service = "leased";

    readonly string name = $"lease-{Guid.NewGuid():N}"[..14];

    [Fact]
    public async Task Of_two_instances_one_acts_and_after_a_kill_the_other_one_within_ten_seconds_with_the_cooldown_going_on()
    {
        var demand = new Demand(world, Service);
        await demand.SetAsync(3);
        await using var service = await world.Engine.CreateServiceAsync(Service, 1);
        string policy = demand.Policy(more: "scale_up: { cooldown: 40s }");
        await using var one = await StartAsync(policy);
        await WaitUntilLeaderAsync(one);
        await using var other = await StartAsync(policy);
        await world.Engine.WaitForReplicasAsync(Service, 3);
        var raised = (await one.DecisionsAsync(Service)).Single(decision => decision.IsApplied).Time;
        var looking = await other.WaitForDecisionAsync(Service, decision => decision.Current == 3);
        Assert.Equal(((string?)"False", 0.0), (await LeaseAsync(other, "leader"), await other.MetricAsync("leader")));
        Assert.Equal(await LeaseAsync(one, "instance"), await LeaseAsync(other, "holder"));
        Assert.Equal("hold", looking.Action);

        await demand.SetAsync(6);
        await one.WaitForDecisionAsync(Service, decision => decision.Reason == "cooldown");
        long killed = Stopwatch.GetTimestamp();
        await one.SignalAsync("KILL");
        await WaitUntilLeaderAsync(other);
        Assert.InRange(Stopwatch.GetElapsedTime(killed), TimeSpan.Zero, TimeSpan.FromSeconds(10));
        var held = await other.WaitForDecisionAsync(Service, decision => decision.Reason != "not_leader");
        Assert.Equal(("hold", "cooldown"), (held.Action, held.Reason));
        await world.Engine.WaitForReplicasAsync(Service, 6, seconds: 60);
        var next = (await other.DecisionsAsync(Service)).Single(decision => decision.IsApplied).Time;
        Assert.InRange(next - raised, TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(43));
    }

    [Fact]
    public async Task Told_to_stop_it_gives_the_lease_back_and_the_other_one_acts_within_two_seconds()
    {
        var demand = new Demand(world, Service);
        await demand.SetAsync(1);
        await using var service = await world.Engine.CreateServiceAsync(Service, 1);
        await using var one = await StartAsync(demand.Policy());
        await WaitUntilLeaderAsync(one);
        await using var other = await StartAsync(demand.Policy());
        await one.StopAsync();
        long stopped = Stopwatch.GetTimestamp();
        await WaitUntilLeaderAsync(other);
        Assert.InRange(Stopwatch.GetElapsedTime(stopped), TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.Contains("has given the lease back", one.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Frozen_for_longer_than_the_lease_it_does_not_act_when_it_thaws()
    {
        var demand = new Demand(world, Service);
        await demand.SetAsync(1);
        await using var service = await world.Engine.CreateServiceAsync(Service, 1);
        await using var one = await StartAsync(demand.Policy());
        await WaitUntilLeaderAsync(one);
        await using var other = await StartAsync(demand.Policy().Replace("min: 1", "min: 2", StringComparison.Ordinal));
        await other.WaitForEvaluationsAsync(Service, 1);
        await one.SignalAsync("STOP");
        try
        {
            await WaitUntilLeaderAsync(other);
            await world.Engine.WaitForReplicasAsync(Service, 2);
            await demand.SetAsync(5);
            await world.Engine.WaitForReplicasAsync(Service, 5);
            await demand.SetAsync(7);
            await world.Engine.WaitForReplicasAsync(Service, 7);
        }
        finally
        {
            await one.SignalAsync("CONT");
        }
        await one.WaitForEvaluationsAsync(Service, 3);
        Assert.Equal("False", await LeaseAsync(one, "leader"));
        Assert.DoesNotContain(await one.DecisionsAsync(Service), decision => decision.IsApplied);
        Assert.Equal(0, await one.MetricAsync("engine_requests_total", ("operation", "update_service")));
    }

    [Fact]
    public async Task A_service_that_it_put_to_sleep_at_zero_wakes_after_a_restart()
    {
        var demand = new Demand(world, Service);
        await demand.SetAsync(0);
        await using var service = await world.Engine.CreateServiceAsync(Service, 1);
        string policy = demand.Policy().Replace("min: 1,", "min: 0, idle_after: 1s,", StringComparison.Ordinal);
        await using (var before = await StartAsync(policy))
            await world.Engine.WaitForReplicasAsync(Service, 0);
        await using var after = await StartAsync(policy);
        await WaitUntilLeaderAsync(after);
        await demand.SetAsync(2);
        await world.Engine.WaitForReplicasAsync(Service, 2);
    }

    [Fact]
    public async Task While_nothing_happens_only_the_lease_is_written()
    {
        var demand = new Demand(world, Service);
        await demand.SetAsync(2);
        await using var service = await world.Engine.CreateServiceAsync(Service, 2);
        await using var one = await StartAsync(demand.Policy());
        await WaitUntilLeaderAsync(one);
        await one.WaitForEvaluationsAsync(Service, 4);
        ulong before = await VersionAsync("history");
        ulong leased = await VersionAsync("lease");
        await one.WaitForEvaluationsAsync(Service, 8);
        Assert.Equal(before, await VersionAsync("history"));
        Assert.NotEqual(leased, await VersionAsync("lease"));
    }

    Task<Autoscaler> StartAsync(string policy) => Autoscaler.StartAsync(
        world, new Dictionary<string, string> { ["policy.yml"] = policy }, new Dictionary<string, string> { ["AUTOSCALER_STATE_NAME"] = name });

    static async Task WaitUntilLeaderAsync(Autoscaler autoscaler) =>
        await Eventually.GetAsync("its lease", TimeSpan.FromSeconds(15), () => LeaseAsync(autoscaler, "leader"), leader => leader == "True");

    static async Task<string?> LeaseAsync(Autoscaler autoscaler, string key) =>
        JsonNode.Parse((await autoscaler.ReadyAsync())!.Value.Body)!["lease"]![key] is { } value
            ? value.GetValueKind() is System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False ? value.GetValue<bool>().ToString() : value.GetValue<string>()
            : null;

    async Task<ulong> VersionAsync(string ending) =>
        ulong.Parse(await world.Engine.DockerAsync("config", "inspect", $"{name}-{ending}", "--format", "{{.Version.Index}}"), System.Globalization.CultureInfo.InvariantCulture);
}
