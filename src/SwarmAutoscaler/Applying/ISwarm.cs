using SwarmAutoscaler.Measuring;

namespace SwarmAutoscaler.Applying;

/// <summary>The Swarm, as far as an autoscaler needs it. Failures are values; only cancellation of the caller's own token throws.</summary>
interface ISwarm
{
    /// <summary>
    /// All services with their running tasks, in one call (<c>GET /services?status=true</c>). Where a service of interest has tasks that are not
    /// running, a second call (<c>GET /tasks</c>) asks for those without a place; its failure never costs the listing.
    /// </summary>
    /// <param name="services">The names of the services of interest; the others cost no second call, and their tasks without a place are not counted.</param>
    /// <param name="cancellation">Gives up waiting; throws.</param>
    Task<ServiceListing> ListAsync(IReadOnlySet<string> services, CancellationToken cancellation);

    /// <summary>One service, freshly read.</summary>
    Task<ServiceLookup> ReadAsync(string serviceId, CancellationToken cancellation);

    /// <summary>All nodes (<c>GET /nodes</c>). Null when they are not known, which is told in the log.</summary>
    Task<IReadOnlyList<SwarmNode>?> ReadNodesAsync(CancellationToken cancellation);

    /// <summary>
    /// Changes <c>Spec.Mode.Replicated.Replicas</c> of the service as it was when <paramref name="decidedOn"/> was read, and nothing else.
    /// Sends nothing if the service already has that count.
    /// </summary>
    /// <param name="decidedOn">The state the decision was made on; its version goes with the write.</param>
    /// <param name="replicas">0 or more.</param>
    /// <param name="cancellation">Gives up waiting; a write that was already sent may still take effect, the outcome is then unknown.</param>
    Task<ApplyOutcome> ScaleAsync(ServiceState decidedOn, int replicas, CancellationToken cancellation);

    /// <summary>Whether the engine answers, is a swarm manager and speaks a version we can use; null when it does, else the reason.</summary>
    Task<string?> CheckAsync(CancellationToken cancellation);
}

/// <summary>The answer to <see cref="ISwarm.ListAsync"/>.</summary>
abstract record ServiceListing;

/// <summary>All services by their exact name.</summary>
sealed record Listed(IReadOnlyDictionary<string, ServiceState> Services) : ServiceListing;

/// <summary>The engine did not answer or refused.</summary>
sealed record NotListed(string Because) : ServiceListing;

/// <summary>The answer to <see cref="ISwarm.ReadAsync"/>: the service, or null and the reason.</summary>
sealed record ServiceLookup(ServiceState? Service, string Because);

/// <summary>What became of a decision to change the count.</summary>
enum ApplyOutcomeKind
{
    /// <summary>The engine accepted the change.</summary>
    Applied,

    /// <summary>The service already had the count; nothing was sent.</summary>
    NotNeeded,

    /// <summary>Somebody else changed the service since it was read; nothing was changed by us.</summary>
    Conflict,

    /// <summary>The service is gone.</summary>
    NotFound,

    /// <summary>The engine refused; nothing was changed.</summary>
    Refused,

    /// <summary>No answer, a broken connection or a failure inside the engine: the change may or may not have been made.</summary>
    Unknown,
}

/// <summary>What became of a decision, and a sentence for people; empty when the kind says all.</summary>
sealed record ApplyOutcome(ApplyOutcomeKind Kind, string Because);
