using SwarmAutoscaler.Applying;
using SwarmAutoscaler.Measuring;

namespace SwarmAutoscaler.Api;

/// <summary>An engine that is only ever asked how it is.</summary>
sealed class FakeSwarm : ISwarm
{
    /// <summary>Null: well.</summary>
    public Func<CancellationToken, Task<string?>> Answer { get; set; } = _ => Task.FromResult<string?>(null);

    public int Asked { get; private set; }

    public Task<IReadOnlyList<SwarmNode>?> ReadNodesAsync(CancellationToken cancellation) => throw new InvalidOperationException("nobody asks for the nodes");

    public Task<string?> CheckAsync(CancellationToken cancellation)
    {
        Asked++;
        return Answer(cancellation);
    }

    public Task<ServiceListing> ListAsync(IReadOnlySet<string> services, CancellationToken cancellation) => throw new InvalidOperationException("a probe must not list services");

    public Task<ServiceLookup> ReadAsync(string serviceId, CancellationToken cancellation) => throw new InvalidOperationException("a probe must not read a service");

    public Task<ApplyOutcome> ScaleAsync(ServiceState decidedOn, int replicas, CancellationToken cancellation) =>
        throw new InvalidOperationException("a probe must not scale a service");
}
