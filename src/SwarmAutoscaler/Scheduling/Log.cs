using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Scheduling;

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Policies} policies are evaluated on {Schedules} schedules")]
    public static partial void Scheduled(this ILogger log, int policies, int schedules);

    [LoggerMessage(Level = LogLevel.Error, Message = "The schedule {Schedule} could not be set; the other schedules are not affected")]
    public static partial void NotScheduled(this ILogger log, EvaluationSchedule schedule, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "An extra evaluation of {Policies} policies failed unexpectedly; they are evaluated on schedule")]
    public static partial void ExtraCycleLost(this ILogger log, int policies, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A cycle did not end in time and is left behind")]
    public static partial void CycleLeftBehind(this ILogger log);

    [LoggerMessage(Level = LogLevel.Error, Message = "The cycle {Schedule} failed unexpectedly and is lost; the next one comes on schedule")]
    public static partial void CycleLost(this ILogger log, EvaluationSchedule schedule, Exception exception);
}
