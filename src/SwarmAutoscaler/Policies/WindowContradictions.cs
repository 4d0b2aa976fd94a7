using System.Globalization;
using SwarmAutoscaler.Constraining;
using SwarmAutoscaler.Scheduling;

namespace SwarmAutoscaler.Policies;

/// <summary>Windows that leave no count between minimum and maximum, alone or together.</summary>
static class WindowContradictions
{
    /// <summary>Two years with a leap day: what meets at all, meets within them, or so rarely that it is settled when it happens.</summary>
    static readonly DateTimeOffset From = new(2027, 6, 1, 0, 0, 0, TimeSpan.Zero), Until = From.AddYears(2);

    /// <summary>Starts and ends that are looked at, per window.</summary>
    const int MostEdges = 5000;

    /// <param name="policy">The policy's mapping, where a mistake is reported that lies between the policy and windows it inherits.</param>
    /// <param name="windows">In their order.</param>
    /// <param name="bounds">The policy's own.</param>
    public static void Report(FieldReader policy, IReadOnlyList<PlacedWindow> windows, ReplicaBounds bounds)
    {
        bool isAloneWrong = false;
        foreach (var (fields, window) in windows)
            if (OfOne(window, bounds) is { } contradiction)
            {
                isAloneWrong = true;
                if (policy.IsOwn("schedules"))
                    fields.Error(window.Min is null ? "max" : "min", contradiction);
                else
                    policy.Error("replicas", $"schedule '{window.Name}': {contradiction}");
            }
        if (isAloneWrong || !MayMeetBadly(windows))
            return;
        foreach (var (at, low, high) in Meetings([.. windows.Select(placed => placed.Window)], bounds))
        {
            string message = string.Create(CultureInfo.InvariantCulture,
                $"schedules '{low.Name}' (min {low.Min}) and '{high.Name}' (max {high.Max}) leave no count when both are active, for instance on {at:yyyy-MM-dd HH:mm} UTC");
            if (policy.IsOwn("schedules"))
                windows.Last(placed => placed.Window == low || placed.Window == high).Fields.Error(message);
            else
                policy.Error("replicas", message);
        }
    }

    static string? OfOne(ScheduleWindow window, ReplicaBounds bounds) => window switch
    {
        { Min: { } min, Max: null } when min > bounds.Max => $"min ({min}) is above the policy's max ({bounds.Max})",
        { Max: { } max, Min: null } when max < bounds.Min => $"max ({max}) is below the policy's min ({bounds.Min})",
        { Min: { } min } when min <= bounds.Idle => $"min ({min}) must be above idle ({bounds.Idle})",
        _ => null,
    };

    static bool MayMeetBadly(IReadOnlyList<PlacedWindow> windows) =>
        windows.Max(placed => placed.Window.Min) > windows.Min(placed => placed.Window.Max);

    /// <summary>Each pair that contradicts each other, once, with the first time. What is active changes at starts and ends only.</summary>
    static IEnumerable<(DateTimeOffset At, ScheduleWindow Low, ScheduleWindow High)> Meetings(IReadOnlyList<ScheduleWindow> windows, ReplicaBounds bounds)
    {
        var known = new HashSet<(ScheduleWindow, ScheduleWindow)>();
        var edges = windows.SelectMany(window => ((CronWindow)window.Hours).Edges(From, Until).Take(MostEdges)).Distinct().Order();
        foreach (var at in edges)
        {
            if (!EffectiveBounds.At(bounds, windows, at).IsContradiction)
                continue;
            var low = windows.Last(window => window.Min is not null && window.Hours.IsActive(at));
            var high = windows.Last(window => window.Max is not null && window.Hours.IsActive(at));
            if (known.Add((low, high)))
                yield return (at, low, high);
        }
    }
}
