using SwarmAutoscaler.Constraining;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Coordinating;

/// <summary>
/// What is remembered of each service, in memory. A service is evaluated by one cycle at a time: while a schedule is being changed, the old and the
/// new one may both be due.
/// </summary>
sealed class ServiceHistories
{
    readonly Lock gate = new();
    readonly Dictionary<string, RememberedHistory> histories = new(StringComparer.Ordinal);
    readonly HashSet<string> taken = new(StringComparer.Ordinal);
    IReadOnlySet<string>? retained;
    int term;

    /// <summary>
    /// Another number once something was taken over: an evaluation that began before is based on what was known before, and must not overwrite it.
    /// </summary>
    public int Term => Volatile.Read(ref term);

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
            return histories.GetValueOrDefault(service)?.History ?? ScalingHistory.FirstSight;
    }

    /// <summary>What an evaluation left behind that began in this <see cref="Term"/>.</summary>
    public void Remember(ScalingPolicy policy, ScalingHistory history, DateTimeOffset evaluatedAt, int begunIn) =>
        Put(policy.Service, begunIn, new RememberedHistory(history, evaluatedAt, policy.Fallback is { } fallback ? fallback.After + 1 : 0));

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

    /// <summary>Everything, as it is at this moment.</summary>
    public IReadOnlyDictionary<string, RememberedHistory> Snapshot()
    {
        lock (gate)
            return new Dictionary<string, RememberedHistory>(histories, StringComparer.Ordinal);
    }

    /// <summary>
    /// Takes over what another instance remembered. What this one has seen itself is kept beside it as far as it can only hold the count: so nothing is
    /// lowered earlier than either would have.
    /// </summary>
    /// <param name="loaded">By service. A service without a policy is kept until the policies change: its document may only be broken for the moment.</param>
    /// <param name="now">The time of taking over.</param>
    public void TakeOver(IReadOnlyDictionary<string, RememberedHistory> loaded, DateTimeOffset now)
    {
        lock (gate)
        {
            term++;
            foreach (var (service, theirs) in loaded)
                histories[service] = Succession.Of(theirs, histories.GetValueOrDefault(service), now);
        }
    }

    /// <summary>Nothing that another instance remembered can be used: every service is looked at as if for the first time.</summary>
    public void StartAfresh()
    {
        lock (gate)
        {
            term++;
            foreach (var (service, own) in histories.ToList())
                histories[service] = own with { History = own.History with { IsKnown = false } };
        }
    }

    void Put(string service, int begunIn, RememberedHistory remembered)
    {
        lock (gate)
            if (begunIn == term && (retained is null || retained.Contains(service))) // a cycle may end after its policy was removed
                histories[service] = remembered;
    }
}
