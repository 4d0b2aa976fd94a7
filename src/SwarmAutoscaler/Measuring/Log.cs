namespace SwarmAutoscaler.Measuring;

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Reading {Source} failed unexpectedly; its metrics are missing in this cycle")]
    public static partial void SourceFailed(this ILogger log, string source, Exception exception);
}
