using System.Globalization;
using System.Text.Json.Nodes;

namespace SwarmAutoscaler.Benchmarks.Fleet;

/// <summary>The services of the fleet. None has a container, so that a thousand fit on one machine; see <see cref="ServiceKind"/>.</summary>
sealed class FleetServices(EngineConnection engine)
{
    /// <summary>The one service with containers, for bursts.</summary>
    public const string Burst = "burst";

    /// <summary>So many services are created or removed at a time.</summary>
    const int Connections = 4;

    ServiceKind present;

    public static string Name(int index) => string.Create(CultureInfo.InvariantCulture, $"fleet{index:00000}");

    /// <summary>Makes the fleet have so many services of this kind, not more and not fewer.</summary>
    public async Task BecomeAsync(int count, ServiceKind kind)
    {
        var ids = await engine.ServiceIdsByNameAsync();
        var wanted = Enumerable.Range(0, count).Select(Name).ToHashSet();
        bool isOther = kind != present;
        present = kind;
        var gone = ids.Where(pair => pair.Key != Burst && (isOther || !wanted.Contains(pair.Key))).ToList();
        await ForEachAsync(gone, pair => engine.RemoveServiceAsync(pair.Value));
        var missing = wanted.Except(ids.Keys.Except(gone.Select(pair => pair.Key))).Order();
        await ForEachAsync(missing, name => engine.CreateServiceAsync(Spec(name, kind == ServiceKind.Waiting ? 1 : 0, "node.labels.zone==none")));
        if (kind == ServiceKind.Waiting)
            while (await engine.CountTasksAsync(null, "pending") < count)
                await Task.Delay(200);
    }

    /// <summary>A service with one running container, which can be given more.</summary>
    public async Task CreateBurstAsync()
    {
        await engine.CreateServiceAsync(Spec(Burst, 1, null));
        while (await engine.CountTasksAsync(Burst, "running") < 1)
            await Task.Delay(200);
    }

    static Task ForEachAsync<T>(IEnumerable<T> items, Func<T, Task> act) =>
        Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = Connections }, async (item, _) => await act(item));

    /// <summary>About as large as a service of a stack: labels, limits, a health check, an update config.</summary>
    static JsonObject Spec(string name, int replicas, string? constraint) => new()
    {
        ["Name"] = name,
        ["Labels"] = new JsonObject { ["com.docker.stack.namespace"] = "fleet", ["com.docker.stack.image"] = "demo:local" },
        ["TaskTemplate"] = new JsonObject
        {
            ["ContainerSpec"] = new JsonObject
            {
                ["Image"] = "demo:local",
                ["Args"] = new JsonArray("sleep", "100000"),
                ["Env"] = new JsonArray("LOG_LEVEL=info", $"QUEUE={name}", "DATABASE_HOST=db.example.com"),
                ["StopGracePeriod"] = 100_000_000,
                ["Labels"] = new JsonObject { ["com.docker.stack.namespace"] = "fleet" },
            },
            ["Resources"] = new JsonObject { ["Limits"] = new JsonObject { ["NanoCPUs"] = 200_000_000, ["MemoryBytes"] = 64 << 20 } },
            ["RestartPolicy"] = new JsonObject { ["Condition"] = "any", ["Delay"] = 5_000_000_000 },
            ["Placement"] = new JsonObject { ["Constraints"] = constraint is null ? [] : new JsonArray(constraint) },
        },
        ["Mode"] = new JsonObject { ["Replicated"] = new JsonObject { ["Replicas"] = replicas } },
        ["UpdateConfig"] = new JsonObject { ["Parallelism"] = 1, ["FailureAction"] = "rollback", ["Order"] = "start-first" },
        ["EndpointSpec"] = new JsonObject { ["Mode"] = "dnsrr" },
    };
}

/// <summary>How a service can be without a container.</summary>
enum ServiceKind
{
    None,

    /// <summary>One replica that no node can take. The autoscaler then also asks for the tasks: its most expensive cycle.</summary>
    Waiting,

    /// <summary>No replicas, and the policy's minimum is 0.</summary>
    Settled,
}
