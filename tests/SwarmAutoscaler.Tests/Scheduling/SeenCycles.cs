using System.Collections.Concurrent;
using System.Globalization;
using SwarmAutoscaler.Applying;
using SwarmAutoscaler.Cycle;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Scheduling;

/// <summary>Each cycle asks a source once for the metrics of all its policies: so it is seen when it ran and for whom, as <c>10: a b</c>.</summary>
sealed class SeenCycles(TimeProvider time) : IMetricSource
{
    readonly DateTimeOffset start = time.GetUtcNow();
    readonly ConcurrentQueue<string> seen = [];
    int reads;

    public int Reads => Volatile.Read(ref reads);

    public string Kind => "seen";

    public MetricConnection? ReadConnection(string name, FieldReader fields) => new AnyConnection(name);

    public MetricQuery? ReadQuery(FieldReader fields, MetricConnection connection, MetricContext context) => new Asked(context.Service);

    public Task<IReadOnlyList<MetricReading>> ReadAsync(IReadOnlyList<MetricSpec> metrics, CancellationToken deadline)
    {
        string services = string.Join(' ', metrics.Select(metric => ((Asked)metric.Query).Key));
        seen.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{(time.GetUtcNow() - start).TotalSeconds}: {services}"));
        Interlocked.Increment(ref reads);
        return Task.FromResult<IReadOnlyList<MetricReading>>([.. metrics.Select(_ => MetricReading.Of(1))]);
    }

    /// <summary>What was seen since it was last taken. Cycles of the same moment have no order, so they are put into one.</summary>
    public string[] Take()
    {
        var taken = new List<string>();
        while (seen.TryDequeue(out string? one))
            taken.Add(one);
        return [.. taken.Order(StringComparer.Ordinal)];
    }

    sealed record AnyConnection(string Name) : MetricConnection(Name);
}

/// <summary>An empty Swarm whose list of services can be made to take long. It counts how many ask at a time.</summary>
sealed class SlowSwarm : ISwarm
{
    readonly Lock gate = new();
    TaskCompletionSource? held;

    public bool IsHeld => held is not null;

    public int Lists { get; private set; }

    public int AtATime { get; private set; }

    public int MostAtATime { get; private set; }

    /// <summary>From now on nobody gets an answer until <see cref="Release"/>.</summary>
    public void Hold() => held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() => Interlocked.Exchange(ref held, null)?.SetResult();

    public async Task<ServiceListing> ListAsync(IReadOnlySet<string> services, CancellationToken cancellation)
    {
        Count(1);
        await (held?.Task ?? Task.CompletedTask);
        Count(-1);
        return new Listed(new Dictionary<string, ServiceState>());
    }

    public Task<ServiceLookup> ReadAsync(string serviceId, CancellationToken cancellation) => throw new InvalidOperationException("there is nothing to read");

    public Task<ApplyOutcome> ScaleAsync(ServiceState decidedOn, int replicas, CancellationToken cancellation) =>
        throw new InvalidOperationException("there is nothing to scale");

    public Task<IReadOnlyList<SwarmNode>?> ReadNodesAsync(CancellationToken cancellation) => throw new InvalidOperationException("nobody asks for the nodes");

    public Task<string?> CheckAsync(CancellationToken cancellation) => throw new InvalidOperationException("a cycle does not check the engine");

    void Count(int change)
    {
        lock (gate)
        {
            Lists += Math.Max(0, change);
            AtATime += change;
            MostAtATime = Math.Max(MostAtATime, AtATime);
        }
    }
}
