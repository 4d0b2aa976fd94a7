using Microsoft.Extensions.Logging;

namespace SwarmAutoscaler.Policies;

/// <summary>The policies in force, kept up to date with the files.</summary>
sealed class PolicyCatalog(PolicyPaths paths, PolicyReader reader, TimeProvider time, ILogger<PolicyCatalog> log) : ILoadedPolicies
{
    /// <summary>How often all content is compared, whatever lengths and times say: network file systems and bind mounts may hide a change from both.</summary>
    static readonly TimeSpan ContentInterval = TimeSpan.FromSeconds(6);

    readonly Lock gate = new();
    readonly List<Action<PolicySet>> subscribers = [];
    IReadOnlyList<PolicyFile> files = [];
    long? contentCompared;
    volatile PolicySet current = PolicySet.Empty;

    /// <summary>The set in force; replaced as a whole. Its version is 0 until the first <see cref="Reload"/>.</summary>
    public PolicySet Current => current;

    bool ILoadedPolicies.IsLoaded => current.Version > 0;

    IReadOnlyCollection<ScalingPolicy> ILoadedPolicies.Policies => current.Policies;

    IReadOnlyCollection<ScalingPolicy> ILoadedPolicies.Ambiguous => [.. current.Ambiguous.Values];

    IReadOnlyList<SharedBudget> ILoadedPolicies.Budgets => current.Budgets;

    IReadOnlyList<string> ILoadedPolicies.Errors => [.. current.Errors.Select(error => error.ToString())];

    /// <summary>
    /// Calls <paramref name="changed"/> after each change, one change at a time, with the new set; the set of the moment can be read from
    /// <see cref="Current"/>. Disposing the result ends it.
    /// </summary>
    public IDisposable Subscribe(Action<PolicySet> changed)
    {
        lock (gate)
            subscribers.Add(changed);
        return new Subscription(this, changed);
    }

    /// <summary>Looks at the files and takes over what changed. True when there is a new set.</summary>
    /// <param name="compareContent">Compare all content now and not only when it is due.</param>
    public bool Reload(bool compareContent = false)
    {
        lock (gate)
        {
            bool due = compareContent || contentCompared is not { } before || time.GetElapsedTime(before) >= ContentInterval;
            var now = paths.Read(due);
            if (due)
                contentCompared = time.GetTimestamp();
            if (current.Version > 0 && now.SequenceEqual(files, ByReference))
                return false;
            files = now;
            var (last, next) = (current, reader.Read(now, current));
            current = next;
            Report(last, next);
            foreach (var subscriber in subscribers.ToArray())
                subscriber(next);
            return true;
        }
    }

    /// <summary>Each mistake is logged when it appears, not at every look.</summary>
    void Report(PolicySet last, PolicySet next)
    {
        foreach (var error in next.Errors.Except(last.Errors))
            log.DocumentRefused(error);
        foreach (var warning in next.Warnings.Except(last.Warnings))
            log.DocumentDoubtful(warning);
        log.PoliciesLoaded(next.Policies.Count, next.Connections, next.Errors.Count, next.Outdated.Count);
    }

    static IEqualityComparer<PolicyFile> ByReference { get; } =
        EqualityComparer<PolicyFile>.Create(ReferenceEquals, System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode);

    sealed class Subscription(PolicyCatalog catalog, Action<PolicySet> changed) : IDisposable
    {
        public void Dispose()
        {
            lock (catalog.gate)
                catalog.subscribers.Remove(changed);
        }
    }
}
