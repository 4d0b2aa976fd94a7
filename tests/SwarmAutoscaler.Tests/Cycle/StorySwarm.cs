using System.Collections.Concurrent;
using SwarmAutoscaler.Applying;
using SwarmAutoscaler.Measuring;

namespace SwarmAutoscaler.Cycle;

/// <summary>A Swarm in memory: services with versions, other people who change them, and an engine that fails when told to.</summary>
sealed class StorySwarm : ISwarm
{
    readonly ConcurrentDictionary<string, ServiceState> services = new(StringComparer.Ordinal);
    readonly Dictionary<string, ServicePlacement> placements = new(StringComparer.Ordinal);
    ulong version = 100;
    int lists, reads, nodeLists;

    /// <summary>Called before each write is looked at, so that somebody else can be quicker.</summary>
    public Action<ServiceState> BeforeWrite { get; set; } = _ => { };

    /// <summary>Called for each write after the versions were compared; null means that the engine simply does it.</summary>
    public Func<ServiceState, int, CancellationToken, Task<ApplyOutcome>>? Answer { get; set; }

    /// <summary>The engine does not answer when asked for the services.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Asked for one service it does not answer.</summary>
    public bool IsSilentAboutOne { get; set; }

    public int Lists => lists;

    public int Reads => reads;

    public int NodeLists => nodeLists;

    /// <summary>The nodes; null when they cannot be read.</summary>
    public IReadOnlyList<SwarmNode>? Nodes { get; set; } = [];

    /// <summary>The services the last listing was asked for.</summary>
    public IReadOnlySet<string>? Interest { get; private set; }

    /// <summary>Every write that was tried, in the form <c>web 2 -> 5</c>.</summary>
    public ConcurrentQueue<string> Writes { get; } = [];

    public ServiceState this[string name] => services[name];

    /// <summary>Somebody makes or changes a service.</summary>
    public void Set(string name, int wanted, ServiceMode mode = ServiceMode.Replicated) => services[name] = new ServiceState
    {
        Id = $"id-of-{name}",
        Name = name,
        Version = Interlocked.Increment(ref version),
        Mode = mode,
        Wanted = wanted,
        Running = wanted,
        CpuCores = 0.5,
        Placement = placements.GetValueOrDefault(name),
        Tasks = mode == ServiceMode.Replicated ? null : wanted,
    };

    /// <summary>Somebody is updating the service's stack.</summary>
    public void SetQuiet(string name) => services[name] = services[name] with { Version = Interlocked.Increment(ref version), Quiet = new QuietTime(default, "quiet time") };

    /// <summary>Where the tasks of a service may be placed, from the next change of the service on.</summary>
    public void Place(string name, int maxPerNode, params string[] constraints) => placements[name] = new ServicePlacement(maxPerNode, constraints, []);

    public Task<ServiceListing> ListAsync(IReadOnlySet<string> names, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Interlocked.Increment(ref lists);
        Interest = names;
        return Task.FromResult<ServiceListing>(IsSilent ? new NotListed("the engine is silent") : new Listed(services.ToDictionary()));
    }

    public Task<ServiceLookup> ReadAsync(string serviceId, CancellationToken cancellation)
    {
        Interlocked.Increment(ref reads);
        return Task.FromResult(IsSilentAboutOne
            ? new ServiceLookup(null, "the engine is silent")
            : new ServiceLookup(services.Values.FirstOrDefault(service => service.Id == serviceId), "it is gone"));
    }

    public async Task<ApplyOutcome> ScaleAsync(ServiceState decidedOn, int replicas, CancellationToken cancellation)
    {
        Writes.Enqueue($"{decidedOn.Name} {decidedOn.Wanted} -> {replicas}");
        BeforeWrite(decidedOn);
        if (services[decidedOn.Name].Version != decidedOn.Version)
            return new ApplyOutcome(ApplyOutcomeKind.Conflict, "somebody else was quicker");
        if (Answer is not null)
            return await Answer(decidedOn, replicas, cancellation);
        Set(decidedOn.Name, replicas);
        return new ApplyOutcome(ApplyOutcomeKind.Applied, "done");
    }

    public Task<IReadOnlyList<SwarmNode>?> ReadNodesAsync(CancellationToken cancellation)
    {
        Interlocked.Increment(ref nodeLists);
        return Task.FromResult(Nodes);
    }

    public Task<string?> CheckAsync(CancellationToken cancellation) => throw new InvalidOperationException("a cycle does not check the engine");
}
