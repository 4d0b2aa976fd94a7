using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Scheduling;

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Policies} policies are evaluated on {Schedules} schedules")]
    public static partial void Scheduled(this ILogger log, int policies, int schedules);

    [LoggerMessage(Level = LogLevel.Error, Message = "The new schedules could not be set; the previous ones stay")]
    public static partial void NotScheduled(this ILogger log, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "The cycle {Schedule} failed unexpectedly and is lost; the next one comes on schedule")]
    public static partial void CycleLost(this ILogger log, EvaluationSchedule schedule, Exception exception);
}
