using Quartz;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Scheduling;

/// <summary>When a policy would be evaluated. An interval counts from the start, as the scheduler's does.</summary>
static class FiringTimes
{
    /// <param name="schedule">The policy's.</param>
    /// <param name="from">The first moment that counts.</param>
    /// <param name="until">The first that does not.</param>
    public static IEnumerable<DateTimeOffset> Of(EvaluationSchedule schedule, DateTimeOffset from, DateTimeOffset until) => schedule switch
    {
        IntervalSchedule every => Every(every.Interval, from, until),
        CronSchedule cron => Every(
            CronExpression.Parse(cron.Expression, CronFormat.Quartz).WithTimeZone(TimeZoneInfo.FindSystemTimeZoneById(cron.TimeZone)), from, until),
        _ => throw new ArgumentOutOfRangeException(nameof(schedule), schedule, null),
    };

    static IEnumerable<DateTimeOffset> Every(TimeSpan interval, DateTimeOffset from, DateTimeOffset until)
    {
        for (var at = from; at < until; at += interval)
            yield return at;
    }

    /// <summary>Quartz searches strictly after a moment.</summary>
    static IEnumerable<DateTimeOffset> Every(CronExpression expression, DateTimeOffset from, DateTimeOffset until)
    {
        for (var at = expression.GetNextValidTimeAfter(from.ToUniversalTime().AddTicks(-1)); at < until; at = expression.GetNextValidTimeAfter(at.Value))
            yield return at.Value;
    }
}
