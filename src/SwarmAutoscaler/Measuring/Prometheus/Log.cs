namespace SwarmAutoscaler.Measuring.Prometheus;

static partial class Log
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Prometheus {Connection} warns: {Warning} (its answer to {Query} is used)")]
    public static partial void Warned(ILogger logger, string connection, string warning, string query);
}
