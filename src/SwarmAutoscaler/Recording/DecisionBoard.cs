namespace SwarmAutoscaler.Recording;

/// <summary>
/// The present standing of every policy's service and the recent decisions worth a line. Fed by the cycles, read by the metrics page and the
/// HTTP API; safe for any number of both.
/// </summary>
sealed class DecisionBoard
{
    /// <summary>Recent decisions that are kept, over all services.</summary>
    public const int RecentCapacity = 1000;

    readonly Lock gate = new();
    readonly SortedDictionary<string, ServiceStanding> services = new(StringComparer.Ordinal);
    readonly Queue<RecordedDecision> recent = new(RecentCapacity);
    HashSet<string>? retained;

    /// <summary>Puts a decision on the board. Returns the log line it deserves, or null.</summary>
    public DecisionLine? Put(RecordedDecision recorded)
    {
        string service = recorded.Decision.Service;
        lock (gate)
        {
            var before = services.GetValueOrDefault(service);
            var line = DecisionLine.For(recorded, before);
            // A cycle may end after its policy was removed; that must not bring the service's series back.
            if (retained is null || retained.Contains(service))
                services[service] = ServiceStanding.After(before, recorded, line);
            if (line is null)
                return null;
            while (recent.Count >= RecentCapacity)
                recent.Dequeue();
            recent.Enqueue(recorded);
            return line;
        }
    }

    /// <summary>Forgets the standing of every service that is not named; to be called whenever the policies have changed.</summary>
    public void Retain(IEnumerable<string> policyServices)
    {
        var names = policyServices.ToHashSet(StringComparer.Ordinal);
        lock (gate)
        {
            retained = names;
            foreach (string gone in services.Keys.Where(name => !names.Contains(name)).ToList())
                services.Remove(gone);
        }
    }

    /// <summary>All standings, in the order of the services' names.</summary>
    public IReadOnlyList<ServiceStanding> All()
    {
        lock (gate)
            return [.. services.Values];
    }

    /// <summary>Null when the service has no policy or was not evaluated yet.</summary>
    public ServiceStanding? Find(string service)
    {
        lock (gate)
            return services.GetValueOrDefault(service);
    }

    /// <summary>Recent decisions, the newest first.</summary>
    /// <param name="service">Only this service's; all when null.</param>
    /// <param name="limit">At most so many.</param>
    public IReadOnlyList<RecordedDecision> Recent(string? service, int limit)
    {
        lock (gate)
            return [.. recent.Reverse().Where(each => service is null || each.Decision.Service == service).Take(limit)];
    }
}
