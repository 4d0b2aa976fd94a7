using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Constraining;

/// <summary>
/// What services count for in shared budgets, over all cycles: several cycles divide at the same time, each with a listing of its own, and must not spend
/// the same room. So a grant counts from the moment it is made until a listing shows the service in a later version, whatever becomes of the change: every
/// change makes a new version, and a change that was sent with an older one can no longer take effect. A listing that shows an older version than was known
/// before is out of date and is not believed.
/// </summary>
sealed class BudgetLedger(TimeProvider time)
{
    /// <summary>A change that was sent and not answered may land for so long; after that, and after a Swarm was made anew, a listing is believed again.</summary>
    static readonly TimeSpan Longest = ReplicaAttempt.MayLandFor;

    readonly Lock gate = new();
    readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);

    /// <summary>Divides what is left. What is granted counts from now on, until <see cref="Settle"/> says that it was not used.</summary>
    /// <param name="budgets">The budgets in force.</param>
    /// <param name="services">All services as this cycle sees them.</param>
    /// <param name="asked">The counts asked for, by service.</param>
    public IReadOnlyList<BudgetGrant> Grant(
        IReadOnlyList<SharedBudget> budgets, IReadOnlyDictionary<string, ServiceState> services, IReadOnlyDictionary<string, int> asked)
    {
        lock (gate)
        {
            var grants = Divide(budgets, services, asked);
            foreach (var grant in grants)
                if (entries.TryGetValue(grant.Service, out var entry))
                    entries[grant.Service] = entry with { Granted = grant.Replicas, At = time.GetUtcNow() };
            return grants;
        }
    }

    /// <summary>What would be granted, for services that are only looked at.</summary>
    public IReadOnlyList<BudgetGrant> Try(
        IReadOnlyList<SharedBudget> budgets, IReadOnlyDictionary<string, ServiceState> services, IReadOnlyDictionary<string, int> asked)
    {
        lock (gate)
            return Divide(budgets, services, asked);
    }

    /// <summary>A service's evaluation is over. What was granted counts on as far as it was, or may have been, sent.</summary>
    /// <param name="service">Its name.</param>
    /// <param name="sent">The count that was sent; null when nothing was, or the engine refused it.</param>
    public void Settle(string service, int? sent)
    {
        lock (gate)
            if (entries.TryGetValue(service, out var entry))
                entries[service] = sent is { } count
                    ? entry with { Granted = 0, Sent = Math.Max(entry.Sent, count), At = time.GetUtcNow() }
                    : entry with { Granted = 0 };
    }

    IReadOnlyList<BudgetGrant> Divide(
        IReadOnlyList<SharedBudget> budgets, IReadOnlyDictionary<string, ServiceState> services, IReadOnlyDictionary<string, int> asked)
    {
        var users = budgets.SelectMany(budget => budget.Uses).Select(use => use.Service).Distinct(StringComparer.Ordinal);
        return BudgetDivision.Divide(budgets, users.ToDictionary(user => user, user => Present(services.GetValueOrDefault(user)), StringComparer.Ordinal), asked);
    }

    /// <summary>What counts for a service: none when there is no such service, its tasks when it is global or a job.</summary>
    int Present(ServiceState? service)
    {
        if (service is not { Mode: ServiceMode.Replicated })
            return service?.Tasks ?? 0;
        var now = time.GetUtcNow();
        if (!entries.TryGetValue(service.Name, out var entry) || service.Version > entry.Version || now - entry.At > Longest)
            entries[service.Name] = entry = new Entry(service.Version, service.Wanted, now);
        return Math.Max(entry.Wanted, Math.Max(entry.Granted, entry.Sent));
    }

    /// <param name="Version">The latest version of the service that was seen.</param>
    /// <param name="Wanted">Its count in that version.</param>
    /// <param name="At">When it was first seen, or the last thing was granted or sent.</param>
    readonly record struct Entry(ulong Version, int Wanted, DateTimeOffset At)
    {
        /// <summary>Granted to the cycle that evaluates it now.</summary>
        public int Granted { get; init; }

        /// <summary>The highest count sent for this version, which was or may be set.</summary>
        public int Sent { get; init; }
    }
}
