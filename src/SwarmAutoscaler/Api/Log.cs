namespace SwarmAutoscaler.Api;

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Service} is {Because}")]
    public static partial void Paused(this ILogger log, string service, string because);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Service} was resumed over HTTP")]
    public static partial void Resumed(this ILogger log, string service);
}
