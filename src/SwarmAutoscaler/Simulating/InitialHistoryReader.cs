using SwarmAutoscaler.Constraining;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Simulating;

/// <summary><c>history</c> of a scenario. Ages count back from the start. A service with a history has been seen before, unless it says <c>known: false</c>.</summary>
static class InitialHistoryReader
{
    /// <param name="scenario">The scenario's mapping.</param>
    /// <param name="policy">The policy; null when it is wrong.</param>
    /// <param name="start">The time the ages count back from.</param>
    /// <param name="wanted">The count at the start: what a known service was left at.</param>
    public static ScalingHistory Read(FieldReader scenario, ScalingPolicy? policy, DateTimeOffset start, int wanted)
    {
        if (scenario.Map("history") is not { } fields)
            return ScalingHistory.FirstSight;
        bool isKnown = fields.Flag("known") ?? true;
        var proposals = fields.Maps("proposals").Select(proposal => ReadProposal(proposal, start)).ToList();
        var changes = fields.Maps("changes").Select(change => ReadChange(change, start)).ToList();
        var history = ScalingHistory.Of(proposals, changes, ReadMissing(fields, policy)) with { IsKnown = isKnown };
        fields.Done();
        return isKnown ? history with { LastSeen = wanted, LastDecided = wanted } : history;
    }

    static (DateTimeOffset At, int Replicas) ReadProposal(FieldReader fields, DateTimeOffset start)
    {
        var proposal = (start - ReadAge(fields), Required(fields, "replicas"));
        fields.Done();
        return proposal;
    }

    static ReplicaChange ReadChange(FieldReader fields, DateTimeOffset start)
    {
        var change = new ReplicaChange(start - ReadAge(fields), Required(fields, "from"), Required(fields, "to"));
        fields.Done();
        return change;
    }

    static TimeSpan ReadAge(FieldReader fields)
    {
        if (!fields.Has("age"))
            fields.Error("'age' is missing, write for instance age: 60s");
        return fields.Duration("age") ?? default;
    }

    static int Required(FieldReader fields, string key)
    {
        if (!fields.Has(key))
            fields.Error($"'{key}' is missing");
        return fields.Int(key) ?? 0;
    }

    static List<KeyValuePair<string, int>> ReadMissing(FieldReader history, ScalingPolicy? policy)
    {
        var misses = new List<KeyValuePair<string, int>>();
        if (history.Map("missing") is not { } fields || policy is null)
            return misses;
        foreach (var metric in policy.Metrics)
            if (fields.Int(metric.Name) is { } count and > 0)
                misses.Add(new(metric.Name, count));
        fields.Done();
        return misses;
    }
}
