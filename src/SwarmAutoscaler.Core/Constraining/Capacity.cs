using SwarmAutoscaler.Measuring;

namespace SwarmAutoscaler.Constraining;

/// <summary>No raise while the scheduler cannot place the tasks there are, or while that is not known, nor beyond what can be placed or afforded. Caps only upwards.</summary>
sealed class Capacity : IReplicaConstraint
{
    public string Step => ReasonWords.Capacity;

    public Limit Apply(int proposed, DecisionContext context)
    {
        if (proposed <= context.Wanted)
            return Limit.None(proposed);
        if (context.Service.Unschedulable > 0)
            return new Limit(context.Wanted, WhyUnplaced(context.Service));
        if (context.Service.PlacementUnknownBecause is { } unknown)
            return new Limit(context.Wanted, $"whether the tasks that are not running can be placed is not known: {unknown}");
        ReplicaCap? tightest = context.Before.GivenBack?.CapAt(context.Now, context.Policy) is { } back && back.Replicas < proposed ? back : null;
        foreach (var cap in context.Caps)
            if (cap.Replicas < (tightest?.Replicas ?? proposed))
                tightest = cap;
        return tightest is null ? Limit.None(proposed) : new Limit(Math.Max(context.Wanted, tightest.Replicas), tightest.Because);
    }

    /// <summary>How many tasks have no place, and the engine's own words for why.</summary>
    public static string WhyUnplaced(ServiceState service) =>
        $"{service.Unschedulable} {(service.Unschedulable == 1 ? "task" : "tasks")} cannot be placed: {service.UnschedulableBecause ?? "the engine gives no reason"}";
}
