namespace SwarmAutoscaler.Coordinating;

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The label {Label} holds no pause: '{Text}'; the service is taken for paused until it is resumed")]
    public static partial void PauseNotUnderstood(this ILogger log, string label, string text);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Self} has the lease and acts from now on; before, {Holder} had it")]
    public static partial void LeaseGained(this ILogger log, string self, string holder);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Self} has lost the lease and changes nothing from now on; {Holder} has it")]
    public static partial void LeaseLost(this ILogger log, string self, string holder);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Holder} has the lease; {Self} decides, but changes nothing")]
    public static partial void LeaseSeen(this ILogger log, string self, string holder);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Self} has given the lease back")]
    public static partial void LeaseReleased(this ILogger log, string self);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Self} could not give the lease back; it runs out by itself")]
    public static partial void LeaseNotReleased(this ILogger log, string self);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The lease is out of reach, and nothing is changed without it: {Because}")]
    public static partial void LeaseOutOfReach(this ILogger log, string because);

    [LoggerMessage(Level = LogLevel.Information, Message = "The lease is in reach again")]
    public static partial void LeaseInReach(this ILogger log);

    [LoggerMessage(Level = LogLevel.Error, Message = "Nothing will be changed: the lease cannot be kept, because configs are forbidden ({Because}). "
        + "Allow GET and POST of /configs in front of the engine, or set AUTOSCALER_STATE=memory and run one instance only")]
    public static partial void ConfigsForbidden(this ILogger log, string because);

    [LoggerMessage(Level = LogLevel.Error, Message = "A look at the lease failed unexpectedly; it is tried again")]
    public static partial void StepFailed(this ILogger log, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "What is remembered of {Services} services was loaded; it was last known to be true {Age} s ago")]
    public static partial void HistoryLoaded(this ILogger log, int services, long age);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What is remembered cannot be used ({Because}); every service is looked at as if for the first time, so nothing is lowered for one scale-down window")]
    public static partial void HistoryUnusable(this ILogger log, string because);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What is remembered could not be loaded, and nothing is changed before it is: {Because}")]
    public static partial void HistoryNotLoaded(this ILogger log, string because);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What is remembered could not be stored, so no change is sent: {Because}")]
    public static partial void HistoryNotStored(this ILogger log, string because);
}
