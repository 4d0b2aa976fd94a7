namespace SwarmAutoscaler.Policies;

/// <summary>Other bounds for some hours: one entry under <c>schedules</c>. At least one of the two ends is set.</summary>
/// <param name="Name">Unique within the policy.</param>
/// <param name="Min">The minimum while the window is active, 0 or more; null leaves it as it is.</param>
/// <param name="Max">The maximum while the window is active, 1 or more; null leaves it as it is.</param>
/// <param name="Hours">When it is active.</param>
public sealed record ScheduleWindow(string Name, int? Min, int? Max, IActiveHours Hours);

/// <summary>The hours of a window. Pure: the same time gives the same answer.</summary>
public interface IActiveHours
{
    /// <summary>The start belongs to the hours, the end does not.</summary>
    bool IsActive(DateTimeOffset at);
}
