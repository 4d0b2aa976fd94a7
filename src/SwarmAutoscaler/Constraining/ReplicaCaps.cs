using System.Collections.Concurrent;
using SwarmAutoscaler.Applying;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Constraining;

/// <summary>Finds out what can be placed and afforded at most, for services that want more than they have.</summary>
sealed class ReplicaCaps(ISwarm swarm, ILoadedPolicies policies, BudgetLedger ledger, ILogger<ReplicaCaps> log)
{
    /// <summary>By service, what was last said about a placement that cannot be looked at in advance.</summary>
    readonly ConcurrentDictionary<string, string> told = new(StringComparer.Ordinal);

    /// <param name="services">All services as the cycle's listing shows them.</param>
    /// <param name="stopping">The process stops.</param>
    public CycleCaps In(IReadOnlyDictionary<string, ServiceState> services, CancellationToken stopping) =>
        new(services, policies.Budgets, ledger, new Lazy<Task<IReadOnlyList<SwarmNode>?>>(() => swarm.ReadNodesAsync(stopping)), PlacementCapOf);

    ReplicaCap? PlacementCapOf(ServiceState service, IReadOnlyList<SwarmNode> nodes)
    {
        var (cap, unknown) = EligibleNodes.CapOf(service.Placement!, nodes);
        if (unknown is null)
            told.TryRemove(service.Name, out _);
        else if (!told.TryGetValue(service.Name, out var before) || before != unknown)
        {
            told[service.Name] = unknown;
            log.PlacementNotEvaluated(service.Name, unknown);
        }
        return cap;
    }
}
