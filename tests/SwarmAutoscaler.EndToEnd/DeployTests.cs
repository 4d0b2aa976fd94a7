using System.Diagnostics;
using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.EndToEnd;

/// <summary><c>docker stack deploy</c> beside the autoscaler: neither spoils what the other does.</summary>
[Collection(WorldCollection.Name)]
public sealed class DeployTests(World world)
{
    /// <summary>How long a service is left alone after somebody's update.</summary>
    static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_deploy_that_lowers_the_count_is_put_right_after_the_quiet_time_or_adopted_and_no_task_is_replaced()
    {
        await using var stack = new Stack(world.Engine, "reset");
        var (restored, adopted) = (new Demand(world, stack.Worker), new Demand(world, stack.Sister));
        await restored.SetAsync(6);
        await adopted.SetAsync(6);
        await stack.DeployAsync(2, "1");
        await using var autoscaler = await Autoscaler.StartAsync(world, new Dictionary<string, string>
        {
            // Evaluated once an hour: what is put right in seconds was not left to the schedule.
            ["worker.yml"] = restored.Policy(more: "cooldown: 10m").Replace("interval: 1s", "interval: 1h", StringComparison.Ordinal),
            ["sister.yml"] = adopted.Policy(more: "cooldown: 10m\non_external_change: adopt"),
        });
        await world.Engine.WaitForRunningAsync(stack.Worker, 6);
        await world.Engine.WaitForRunningAsync(stack.Sister, 6);

        long deployed = Stopwatch.GetTimestamp();
        await stack.DeployAsync(2, "1");
        var held = await autoscaler.WaitForDecisionAsync(stack.Sister, decision => decision.Current == 2);
        Assert.Equal(("hold", "update_in_progress"), (held.Action, held.Reason));
        Assert.Contains("quiet time until", held.ToString(), StringComparison.Ordinal);
        await world.Engine.WaitForRunningAsync(stack.Worker, 2);
        await world.Engine.WaitForRunningAsync(stack.Sister, 2);
        var (kept, left) = (await world.Engine.RunningTasksAsync(stack.Worker), await world.Engine.RunningTasksAsync(stack.Sister));

        await world.Engine.WaitForReplicasAsync(stack.Worker, 6);
        Assert.InRange(Stopwatch.GetElapsedTime(deployed), Quiet, Quiet + TimeSpan.FromSeconds(10));
        Assert.Equal("restore", (await autoscaler.WaitForDecisionAsync(stack.Worker, decision => decision.IsApplied)).Reason);
        await world.Engine.WaitForRunningAsync(stack.Worker, 6);
        Assert.Superset(kept.ToHashSet(), (await world.Engine.RunningTasksAsync(stack.Worker)).ToHashSet());

        var cooling = await autoscaler.WaitForDecisionAsync(stack.Sister, decision => decision.Reason != "update_in_progress");
        Assert.Equal(("hold", "cooldown", 2), (cooling.Action, cooling.Reason, cooling.Current));
        Assert.Equal(left.Order(), (await world.Engine.RunningTasksAsync(stack.Sister)).Order());
        Assert.Equal(2 + 1, await autoscaler.MetricAsync("engine_requests_total", ("operation", "update_service")));
    }

    [Fact]
    public async Task Deploys_one_after_the_other_all_succeed_beside_a_busy_autoscaler()
    {
        await using var stack = new Stack(world.Engine, "looped");
        var demand = new Demand(world, stack.Worker);
        await demand.SetAsync(3);
        await stack.DeployAsync(2, "0");
        await using var autoscaler = await Autoscaler.StartAsync(world, demand.Policy(more: "scale_down: { stabilization: 0s }\nduring_update: ignore"));
        await world.Engine.WaitForReplicasAsync(stack.Worker, 3);
        using var enough = new CancellationTokenSource();
        var moving = MoveAsync(demand, enough.Token);
        Task<double> HeldAsync() => autoscaler.MetricAsync("decisions_total", ("service", stack.Worker), ("action", "hold"), ("reason", "update_in_progress"));
        double before = await HeldAsync();
        try
        {
            // Right after a change of ours the next is a cycle away, so that the first deploy does not meet one between its list and its update.
            await autoscaler.WaitForDecisionAsync(stack.Worker, decision => decision.IsApplied);
            for (int round = 1; round <= 24 || await HeldAsync() <= before + 2; round++)
            {
                Assert.True(round <= 500, "24 deploys and three cycles take longer than they may");
                await stack.DeployAsync(round % 2 == 0 ? null : 2, round % 4 < 2 ? $"{round}" : $"{round - (round % 4) + 1}");
            }
        }
        finally
        {
            await enough.CancelAsync();
        }

        await moving;
        await demand.SetAsync(5);
        await world.Engine.WaitForReplicasAsync(stack.Worker, 5);
    }

    [Fact]
    public async Task A_service_that_is_removed_and_made_anew_is_a_new_one_and_evaluated_soon()
    {
        const string Service = "renewed";
        var demand = new Demand(world, Service);
        await demand.SetAsync(4);
        await using (await world.Engine.CreateServiceAsync(Service, 1))
        await using (var autoscaler = await Autoscaler.StartAsync(
            world, demand.Policy(more: "cooldown: 10m").Replace("interval: 1s", "interval: 1h", StringComparison.Ordinal)))
        {
            await world.Engine.WaitForReplicasAsync(Service, 4);
            await world.Engine.DockerAsync("service", "rm", Service);
            await autoscaler.WaitForDecisionAsync(Service, decision => decision.Reason == "service_not_found", seconds: 5);

            await world.Engine.CreateAsync(Service, ["--replicas", "1"], "demo:local", "sleep", "100000");
            // Had the old service's history been kept, its cooldown would hold this back for ten minutes, or the count would be restored.
            await world.Engine.WaitForReplicasAsync(Service, 4, seconds: 5);
            Assert.Equal("recommend", (await autoscaler.WaitForDecisionAsync(Service, decision => decision.IsApplied)).Reason);
        }
    }

    /// <summary>Another count every 700 ms, up and down.</summary>
    static async Task MoveAsync(Demand demand, CancellationToken enough)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(700));
        for (int round = 0; !enough.IsCancellationRequested; round++)
        {
            await demand.SetAsync(3 + (round % 4));
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}
