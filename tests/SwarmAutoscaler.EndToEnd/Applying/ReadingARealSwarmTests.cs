using SwarmAutoscaler.Measuring;
using Xunit;

namespace SwarmAutoscaler.Applying;

[Collection(nameof(RealEngine))]
public sealed class ReadingARealSwarmTests(RealEngine engine)
{
    [Fact]
    public async Task Services_are_told_apart_by_their_exact_names_and_modes()
    {
        var id = await engine.CreateAsync("web", "--replicas", "2", "--limit-cpu", "0.5", "--limit-memory", "64m", "--reserve-cpu", "0.01", "--update-failure-action", "rollback");
        await engine.CreateAsync("web-admin", "--mode", "global", "--reserve-cpu", "0.02");
        await engine.CreateAsync("web-job", "--mode", "replicated-job", "--replicas", "1");
        await engine.CreateAsync("web-jobs", "--mode", "global-job");

        var web = await engine.UntilAsync("web", service => service.Running == 2);
        var read = await engine.Swarm.ReadAsync(id, CancellationToken.None);

        Assert.Equal(new ServiceState
        {
            Id = id, Name = "web", Version = web.Version, Wanted = 2, Running = 2, RollsBackOnFailure = true, CpuCores = 0.5, MemoryBytes = 64 << 20,
        }, web);
        Assert.Equal(web, read.Service);
        var admin = await engine.UntilAsync("web-admin", service => service.Running == 1);
        Assert.Equal((ServiceMode.Global, 0, 0.02, (double?)null), (admin.Mode, admin.Wanted, admin.CpuCores, admin.MemoryBytes));
        Assert.Equal(ServiceMode.ReplicatedJob, (await engine.StateAsync("web-job")).Mode);
        Assert.Equal(ServiceMode.GlobalJob, (await engine.StateAsync("web-jobs")).Mode);
    }

    [Fact]
    public async Task The_list_shows_a_rollout_on_its_way_and_its_end()
    {
        await engine.CreateAsync("rolling", "--replicas", "1", "--update-monitor", "2s");
        Assert.Equal(RolloutState.None, (await engine.UntilAsync("rolling", service => service.Running == 1)).Rollout);

        await engine.DockerAsync("service", "update", "-q", "--detach", "--no-resolve-image", "--env-add", "A=1", "rolling");

        Assert.Equal(RolloutState.Updating, (await engine.StateAsync("rolling")).Rollout);
        await engine.UntilAsync("rolling", service => service.Rollout == RolloutState.Completed);
        await engine.DockerAsync("service", "update", "-q", "--detach", "--rollback", "rolling");
        Assert.Equal(RolloutState.RollbackStarted, (await engine.StateAsync("rolling")).Rollout);
        await engine.UntilAsync("rolling", service => service.Rollout == RolloutState.RollbackCompleted);
    }

    [Theory]
    [InlineData("pause", "Paused")]
    [InlineData("rollback", "RollbackCompleted")]
    public async Task The_list_shows_how_a_failed_rollout_ended(string action, string expected)
    {
        var name = $"failing-{action}";
        await engine.CreateAsync(name, "--replicas", "1", "--update-monitor", "2s", "--update-failure-action", action, "--rollback-monitor", "1s", "--restart-delay", "1s");
        await engine.UntilAsync(name, service => service.Running == 1);

        await engine.DockerAsync("service", "update", "-q", "--detach", "--no-resolve-image", "--args", "sh -c 'exit 1'", name);

        var ended = await engine.UntilAsync(name, service => service.Rollout is RolloutState.Paused or RolloutState.RollbackCompleted or RolloutState.RollbackPaused);
        Assert.Equal(expected, ended.Rollout.ToString());
        await engine.DockerAsync("service", "rm", name);
    }

    [Fact]
    public async Task Tasks_that_no_node_can_take_are_seen_with_the_engines_reason()
    {
        await engine.CreateAsync("crowded", "--replicas", "3", "--replicas-max-per-node", "1", "--constraint", "node.role == manager");

        var crowded = await engine.UntilAsync("crowded", service => service is { Running: 1, Unschedulable: 2 });
        Assert.Equal((1, "node.role == manager"), (crowded.Placement!.MaxPerNode, Assert.Single(crowded.Placement.Constraints)));

        Assert.Contains("max replicas per node", crowded.UnschedulableBecause, StringComparison.Ordinal);
    }

    /// <summary>The scheduler is the judge of how a constraint is written and what it means.</summary>
    [Fact]
    public async Task A_constraint_is_satisfied_here_where_the_engine_places_a_task_for_it()
    {
        string node = await engine.DockerAsync("node", "ls", "--quiet");
        string hostname = await engine.DockerAsync("node", "inspect", node, "--format", "{{.Description.Hostname}}");
        await engine.DockerAsync("node", "update", "--label-add", "disk=SSD", "--label-add", "Zone=a", node);
        string[] constraints =
        [
            "node.role==manager", "NODE.Role == MANAGER", "node.role!=manager", $"node.id=={node}", $"node.id != {node}", $"node.hostname == {hostname.ToUpperInvariant()}",
            "node.hostname!=elsewhere", "node.platform.os == linux", "node.platform.os == windows", "node.platform.arch == x86_64", "node.platform.arch == amd64",
            "node.labels.disk==ssd", "node.labels.disk != ssd", "Node.Labels.Zone == A", "node.labels.zone == a", "node.labels.zone != a", "engine.labels.none != x",
        ];
        for (int i = 0; i < constraints.Length; i++)
            await engine.CreateAsync($"constrained-{i}", "--replicas", "1", "--constraint", constraints[i]);

        var placed = new List<string>();
        for (int i = 0; i < constraints.Length; i++)
            if ((await engine.UntilAsync($"constrained-{i}", service => service.Running + service.Unschedulable == 1)).Running == 1)
                placed.Add(constraints[i]);
        var nodes = await engine.Swarm.ReadNodesAsync(CancellationToken.None);
        Assert.Equal(placed, constraints.Where(constraint => EligibleNodes.CapOf(new ServicePlacement(0, [constraint], []), nodes!).Cap is null));
        Assert.NotEqual(constraints.Length, placed.Count);
        await engine.DockerAsync(["service", "rm", .. constraints.Select((_, i) => $"constrained-{i}")]);
    }

    [Fact]
    public async Task A_node_that_is_paused_takes_no_tasks()
    {
        string node = await engine.DockerAsync("node", "ls", "--quiet");
        Assert.True(Assert.Single((await engine.Swarm.ReadNodesAsync(CancellationToken.None))!).TakesTasks);
        await engine.DockerAsync("node", "update", "--availability", "pause", node);
        bool takesTasks = (await engine.Swarm.ReadNodesAsync(CancellationToken.None))![0].TakesTasks;
        await engine.DockerAsync("node", "update", "--availability", "active", node);
        Assert.False(takesTasks);
    }

    [Fact]
    public async Task A_manager_is_found_fit()
    {
        Assert.Null(await engine.Swarm.CheckAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_frozen_engine_is_given_up_and_a_thawed_one_used_again()
    {
        await engine.CreateAsync("cold", "--replicas", "1");
        var cold = await engine.StateAsync("cold");
        var (options, _) = DockerEngineOptions.Parse(engine.Host, null, null);
        using var meter = new Recording.AutoscalerMeter();
        using var client = new EngineClient(options! with { ReadTimeout = TimeSpan.FromSeconds(1), WriteTimeout = TimeSpan.FromSeconds(1), PingTimeout = TimeSpan.FromSeconds(1) },
            TimeProvider.System, meter, Microsoft.Extensions.Logging.Abstractions.NullLogger<EngineClient>.Instance);
        var swarm = new DockerSwarm(client, new Coordinating.SoleInstance(), new OutsideUpdates(TimeProvider.System), Microsoft.Extensions.Logging.Abstractions.NullLogger<DockerSwarm>.Instance);

        await RealEngine.FreezeAsync();
        try
        {
            Assert.Contains("did not answer in time", Assert.IsType<NotListed>(await swarm.ListAsync(new HashSet<string> { "cold" }, CancellationToken.None)).Because, StringComparison.Ordinal);
            Assert.Equal(ApplyOutcomeKind.Refused, (await swarm.ScaleAsync(cold, 2, CancellationToken.None)).Kind);
        }
        finally
        {
            await RealEngine.ThawAsync();
        }

        Assert.Equal(ApplyOutcomeKind.Applied, (await swarm.ScaleAsync(cold, 2, CancellationToken.None)).Kind);
    }
}
