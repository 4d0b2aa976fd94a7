namespace SwarmAutoscaler.Applying;

/// <summary>A service that uses nearly every option a service can have.</summary>
static class RichService
{
    public const string Name = "rich";

    public static async Task<string> CreateAsync(RealEngine engine)
    {
        await engine.DockerAsync("network", "create", "-d", "overlay", "rich-net");
        await engine.StoreAsync("secret", "rich-secret");
        await engine.StoreAsync("config", "rich-config");
        return await engine.CreateAsync(Name,
        [
            "--replicas", "2",
            "--label", "html=<a href=\"x\">&amp;</a>", "--label", "unicode=é😀\\u00e9", "--label", "swarm.autoscaler=true", "--label", "empty=", "--container-label", "c=1 < 2",
            "--env", "A=b=c", "--env", "EMPTY=", "--hostname", "{{.Service.Name}}-{{.Task.Slot}}", "--workdir", "/tmp", "--user", "1000:1000", "--group", "1001",
            "--mount", "type=volume,source=data,target=/data,volume-label=x=y,volume-nocopy", "--mount", "type=tmpfs,target=/scratch,tmpfs-size=1048576,tmpfs-mode=1770",
            "--mount", "type=bind,source=/usr/share,target=/host,readonly,bind-propagation=rprivate",
            "--network", "name=rich-net,alias=rich-alias", "--dns", "192.0.2.53", "--dns-option", "ndots:2", "--dns-search", "example.com", "--host", "example.com:192.0.2.7",
            "--publish", "mode=host,target=8080,protocol=udp", "--endpoint-mode", "dnsrr",
            "--health-cmd", "true", "--health-interval", "5s", "--health-retries", "4", "--health-timeout", "3s", "--health-start-period", "7s",
            "--limit-cpu", "0.5", "--limit-memory", "64m", "--limit-pids", "77", "--reserve-cpu", "0.01", "--reserve-memory", "8m",
            "--restart-condition", "on-failure", "--restart-delay", "3s", "--restart-max-attempts", "7", "--restart-window", "90s",
            "--update-parallelism", "3", "--update-delay", "4s", "--update-failure-action", "rollback", "--update-monitor", "6s", "--update-max-failure-ratio", "0.15",
            "--update-order", "start-first",
            "--rollback-parallelism", "2", "--rollback-delay", "5s", "--rollback-failure-action", "continue", "--rollback-monitor", "8s", "--rollback-max-failure-ratio", "0.25",
            "--rollback-order", "stop-first",
            "--constraint", "node.role==manager", "--placement-pref", "spread=node.labels.zone", "--replicas-max-per-node", "20",
            "--log-driver", "json-file", "--log-opt", "max-size=1m", "--log-opt", "max-file=2", "--cap-add", "NET_ADMIN", "--cap-drop", "MKNOD",
            "--ulimit", "nofile=512:1024", "--sysctl", "net.ipv4.ip_unprivileged_port_start=333", "--init", "--read-only", "--tty", "--stop-signal", "SIGINT", "--isolation", "default",
            "--secret", "source=rich-secret,target=s,mode=0400,uid=1000", "--config", "source=rich-config,target=/c,mode=0444",
        ]);
    }
}
