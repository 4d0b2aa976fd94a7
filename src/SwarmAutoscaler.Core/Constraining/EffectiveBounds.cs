using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Constraining;

/// <summary>
/// The bounds in force: those of the policy, changed by the windows that are active. A later window in the list wins, field by field. Example: 1 to 10,
/// <c>office</c> says min 5, <c>sale</c> after it says max 40: while both are active, 5 to 40.
/// </summary>
/// <param name="Bounds">Minimum and maximum in force.</param>
/// <param name="MinFrom">The window whose minimum counts instead of the policy's; null when the policy's does.</param>
/// <param name="MaxFrom">The window whose maximum counts instead of the policy's; null when the policy's does.</param>
/// <param name="IsContradiction">What they say leaves no count: the end that was set later in the list drags the other one along.</param>
public sealed record EffectiveBounds(ReplicaBounds Bounds, ScheduleWindow? MinFrom, ScheduleWindow? MaxFrom, bool IsContradiction)
{
    public static EffectiveBounds At(ReplicaBounds policy, IReadOnlyList<ScheduleWindow> windows, DateTimeOffset now)
    {
        int minFrom = -1, maxFrom = -1;
        for (int i = 0; i < windows.Count; i++)
            if (windows[i].Hours.IsActive(now))
            {
                minFrom = windows[i].Min is null ? minFrom : i;
                maxFrom = windows[i].Max is null ? maxFrom : i;
            }
        int min = minFrom < 0 ? policy.Min : windows[minFrom].Min!.Value, max = maxFrom < 0 ? policy.Max : windows[maxFrom].Max!.Value;
        bool isContradiction = min > max;
        if (isContradiction && minFrom > maxFrom)
            (max, maxFrom) = (min, minFrom);
        else if (isContradiction)
            (min, minFrom) = (max, maxFrom);
        return new EffectiveBounds(
            min == policy.Min && max == policy.Max ? policy : policy with { Min = min, Max = max },
            min == policy.Min ? null : windows[minFrom], max == policy.Max ? null : windows[maxFrom], isContradiction);
    }

    /// <summary>What the windows change, one sentence; null when they change nothing.</summary>
    public string? Because => (MinFrom, MaxFrom) switch
    {
        (null, null) => null,
        (not null, null) => $"window {MinFrom.Name} makes the minimum {Bounds.Min}",
        (null, not null) => $"window {MaxFrom.Name} makes the maximum {Bounds.Max}",
        _ when ReferenceEquals(MinFrom, MaxFrom) => $"window {MinFrom.Name} makes it {Bounds.Min} to {Bounds.Max} replicas",
        _ => $"window {MinFrom.Name} makes the minimum {Bounds.Min} and window {MaxFrom.Name} the maximum {Bounds.Max}",
    };
}
