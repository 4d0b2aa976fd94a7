using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Constraining;

/// <summary>Tasks have had no place, without a break.</summary>
/// <param name="Since">When they were first seen without one.</param>
/// <param name="Least">The fewest there were at any time since: so many have waited all the time.</param>
public sealed record Unplaced(DateTimeOffset Since, int Least)
{
    /// <summary>Not knowing whether there are any ends it, too: it is no evidence that they still wait.</summary>
    internal static Unplaced? After(Unplaced? before, ServiceState service, DateTimeOffset now)
    {
        if (service.Unschedulable == 0 || service.PlacementUnknownBecause is not null)
            return null;
        if (before is null)
            return new Unplaced(now, service.Unschedulable);
        return service.Unschedulable < before.Least ? before with { Least = service.Unschedulable } : before;
    }
}

/// <summary>Replicas were given back because they could not be placed, or this was tried.</summary>
/// <param name="At">When.</param>
/// <param name="To">The count that could be placed.</param>
public sealed record GivenBack(DateTimeOffset At, int To)
{
    /// <summary>What holds raises after it, for as long as was waited before; null when it is over or the policy does not give back.</summary>
    internal ReplicaCap? CapAt(DateTimeOffset now, ScalingPolicy policy) =>
        policy.GiveBackAfter is { } after && Cooldown.Remaining(after, At, now) is var left && left > TimeSpan.Zero
            ? new ReplicaCap(To, $"more than {To} could not be placed and were given back; this is tried again in {Figures.Text(left)}")
            : null;
}
