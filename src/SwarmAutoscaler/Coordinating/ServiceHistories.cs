using SwarmAutoscaler.Constraining;

namespace SwarmAutoscaler.Coordinating;

/// <summary>
/// What is remembered of each service, in memory. A service is evaluated by one cycle at a time: while a schedule is being changed, the old and the
/// new one may both be due.
/// </summary>
sealed class ServiceHistories
{
    readonly Lock gate = new();
    readonly Dictionary<string, ScalingHistory> histories = new(StringComparer.Ordinal);
    readonly HashSet<string> taken = new(StringComparer.Ordinal);
    IReadOnlySet<string>? retained;

    /// <summary>Takes a service for evaluation; false when another cycle has it.</summary>
    public bool TryTake(string service)
    {
        lock (gate)
            return taken.Add(service);
    }

    /// <summary>A cycle has it at this moment.</summary>
    public bool IsTaken(string service)
    {
        lock (gate)
            return taken.Contains(service);
    }

    public void GiveBack(string service)
    {
        lock (gate)
            taken.Remove(service);
    }

    /// <summary>The first sight when nothing is known.</summary>
    public ScalingHistory Of(string service)
    {
        lock (gate)
            return histories.GetValueOrDefault(service, ScalingHistory.FirstSight);
    }

    public void Remember(string service, ScalingHistory history)
    {
        lock (gate)
            if (retained is null || retained.Contains(service)) // a cycle may end after its policy was removed
                histories[service] = history;
    }

    /// <summary>Forgets the services that no policy names any more; to be called whenever the policies have changed.</summary>
    public void Retain(IReadOnlySet<string> services)
    {
        lock (gate)
        {
            retained = services;
            foreach (var service in histories.Keys.Where(service => !services.Contains(service)).ToList())
                histories.Remove(service);
        }
    }
}
