namespace SwarmAutoscaler.Constraining;

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Where {Service} can be placed is not looked at in advance ({Because}); its raises stop once tasks have no place")]
    public static partial void PlacementNotEvaluated(this ILogger log, string service, string because);
}
