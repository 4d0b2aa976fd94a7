using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.EndToEnd;

/// <summary>Scaling changes one number. Everything else in the spec stays as its owner wrote it, byte for byte, and no task is replaced for it.</summary>
[Collection(WorldCollection.Name)]
public sealed class UntouchedSpecTests(World world)
{
    const string Service = "manyoptions";

    [Fact]
    public async Task Scaling_a_service_with_every_kind_of_option_changes_the_count_and_replaces_no_task()
    {
        var bound = Directory.CreateTempSubdirectory("sas-bound-");
        await using var removal = new Removal(() => Task.Run(() => bound.Delete()));
        await using var prepared = await PrepareAsync();
        await using var service = await world.Engine.CreateServiceAsync(Service, 2, Options(bound.FullName), ["trap 'exit 0' INT; sleep 100000 & wait"]);
        Assert.Contains("Grüße 世界 🚀", (await world.Engine.Api.ReadSpecAsync(Service)).Spec, StringComparison.Ordinal);
        await ScalingChangesOnlyTheCountAsync();
    }

    /// <summary>What is not there must not be filled in either: a default that is written out is a change, and replaces every task.</summary>
    [Fact]
    public async Task Scaling_a_service_without_any_option_changes_the_count_and_replaces_no_task()
    {
        await world.Engine.Api.CreateServiceAsync($$$"""
            {"Name":"{{{Service}}}","TaskTemplate":{"ContainerSpec":{"Image":"demo:local","Args":["sleep","100000"],"StopGracePeriod":0} },"Mode":{"Replicated":{"Replicas":2} } }
            """);
        await using var service = new Removal(() => world.Engine.DockerAsync("service", "rm", Service));
        await world.Engine.WaitForRunningAsync(Service, 2);
        await ScalingChangesOnlyTheCountAsync();
    }

    async Task ScalingChangesOnlyTheCountAsync()
    {
        var engine = world.Engine;
        var demand = new Demand(world, Service);
        await demand.SetAsync(2);
        var tasks = await engine.RunningTasksAsync(Service);
        var (version, before) = await engine.Api.ReadSpecAsync(Service);
        await using var autoscaler = await Autoscaler.StartAsync(world, demand.Policy());

        await demand.SetAsync(4);
        await engine.WaitForRunningAsync(Service, 4);
        var (scaledVersion, after) = await engine.Api.ReadSpecAsync(Service);
        Assert.NotEqual(version, scaledVersion);
        Assert.Equal(WithReplicas(before, 2, 4), after);
        Assert.Superset(tasks.ToHashSet(), (await engine.RunningTasksAsync(Service)).ToHashSet());

        var grown = await engine.RunningTasksAsync(Service);
        await demand.SetAsync(1);
        await engine.WaitForRunningAsync(Service, 1);
        Assert.Equal(WithReplicas(before, 2, 1), (await engine.Api.ReadSpecAsync(Service)).Spec);
        Assert.Subset(grown.ToHashSet(), (await engine.RunningTasksAsync(Service)).ToHashSet());
    }

    static string WithReplicas(string spec, int from, int to)
    {
        string text = $"\"Replicated\":{{\"Replicas\":{from}}}";
        Assert.Single(spec.Split(text)[1..]);
        return spec.Replace(text, $"\"Replicated\":{{\"Replicas\":{to}}}", StringComparison.Ordinal);
    }

    /// <summary>What the options refer to: two networks, a secret, a config.</summary>
    async Task<IAsyncDisposable> PrepareAsync()
    {
        var engine = world.Engine;
        foreach (var network in (string[])["manyoptions-one", "manyoptions-two"])
            await engine.DockerAsync("network", "create", "--driver", "overlay", network);
        await engine.DockerAsync("secret", "create", "manyoptions-secret", "/etc/hostname");
        await engine.DockerAsync("config", "create", "manyoptions-config", "/etc/hostname");
        return new Removal(async () =>
        {
            await engine.RemoveNetworksAsync("manyoptions-one", "manyoptions-two");
            await engine.DockerAsync("secret", "rm", "manyoptions-secret");
            await engine.DockerAsync("config", "rm", "manyoptions-config");
        });
    }

    static string[] Options(string bind) =>
    [
        "--label", "markup=<a href=\"x\">&amp; & \"quoted\"</a>", "--label", "unicode=Grüße 世界 🚀", "--label", @"backslash=C:\dir\n", "--label", "empty=",
        "--label", "com.docker.stack.namespace=shop", "--container-label", "inside=<&\">é", "--env", "MARKUP=<&>\"", "--env", "UNICODE=ü", "--env", "EMPTY=",
        "--cap-add", "CAP_NET_ADMIN", "--cap-drop", "CAP_MKNOD",
        "--config", "source=manyoptions-config,target=/etc/config.yml,uid=1000,gid=1000,mode=0440", "--secret", "source=manyoptions-secret,target=password,mode=0400",
        "--constraint", "node.role==manager", "--placement-pref", "spread=node.labels.zone", "--replicas-max-per-node", "20",
        "--dns", "192.0.2.53", "--dns-option", "timeout:3", "--dns-search", "example.com", "--host", "db:192.0.2.9", "--hostname", "h-{{.Task.Slot}}",
        "--entrypoint", "/bin/sh -c", "--workdir", "/tmp", "--user", "nobody", "--group", "4242", "--read-only", "--tty", "--init", "--stop-signal", "SIGINT",
        "--health-cmd", "true < /dev/null && test \"1\" = 1", "--health-interval", "500ms", "--health-retries", "4", "--health-start-period", "3s", "--health-timeout", "2s",
        "--limit-cpu", "0.5", "--limit-memory", "64m", "--limit-pids", "50", "--reserve-cpu", "0.01", "--reserve-memory", "4m",
        "--log-driver", "json-file", "--log-opt", "max-size=1m", "--log-opt", "tag={{.Name}}&<x>",
        "--mount", $"type=bind,source={bind},target=/bound,readonly,bind-propagation=rprivate",
        "--mount", "type=volume,source=manyoptions,target=/volume,volume-label=k=v,volume-nocopy", "--mount", "type=tmpfs,target=/scratch,tmpfs-size=1048576,tmpfs-mode=1777",
        "--network", "name=manyoptions-one,alias=alias", "--network", "manyoptions-two", "--publish", "mode=host,target=8080",
        "--restart-condition", "any", "--restart-delay", "1s", "--restart-max-attempts", "5", "--restart-window", "30s",
        "--update-delay", "1s", "--update-failure-action", "rollback", "--update-max-failure-ratio", "0.25", "--update-monitor", "3s", "--update-order", "start-first",
        "--update-parallelism", "2", "--rollback-delay", "2s", "--rollback-failure-action", "continue", "--rollback-max-failure-ratio", "0.5", "--rollback-monitor", "4s",
        "--rollback-order", "stop-first", "--rollback-parallelism", "3",
        "--sysctl", "net.ipv4.ip_unprivileged_port_start=80", "--ulimit", "nofile=2048:4096", "--ulimit", "nproc=512",
    ];
}
