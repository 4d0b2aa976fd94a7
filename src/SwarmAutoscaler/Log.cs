namespace SwarmAutoscaler;

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "swarm-autoscaler {Version} listens on {Address}; engine {Engine}; policies in {Policies}")]
    public static partial void Started(this ILogger log, string version, string address, string engine, string policies);

    [LoggerMessage(Level = LogLevel.Error, Message = "The service cannot start: {Because}")]
    public static partial void NotStarted(this ILogger log, string because);

    [LoggerMessage(Level = LogLevel.Error, Message = "The engine did not answer, so {Policies} policies were not evaluated: {Because}")]
    public static partial void EngineSilent(this ILogger log, int policies, string because);

    [LoggerMessage(Level = LogLevel.Information, Message = "Somebody else changed {Service} since it was read ({Because}); it is read and decided again")]
    public static partial void ConflictMet(this ILogger log, string service, string because);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Service} could not be read again ({Because}); it is left to the next cycle")]
    public static partial void NotReadAgain(this ILogger log, string service, string because);

    [LoggerMessage(Level = LogLevel.Error, Message = "Evaluating {Service} failed unexpectedly; its count stays as it is")]
    public static partial void EvaluationFailed(this ILogger log, string service, Exception exception);
}
