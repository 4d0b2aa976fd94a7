using Microsoft.Extensions.Logging;

namespace SwarmAutoscaler.Policies;

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information,
        Message = "Policies in force: {Policies}, with {Connections} connections; {Errors} errors in the documents, {Outdated} policies are the last good version")]
    public static partial void PoliciesLoaded(this ILogger log, int policies, int connections, int errors, int outdated);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Policy document refused: {Error}")]
    public static partial void DocumentRefused(this ILogger log, DocumentError error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Policy document: {Doubt}")]
    public static partial void DocumentDoubtful(this ILogger log, DocumentError doubt);

    [LoggerMessage(Level = LogLevel.Error, Message = "The policy files could not be looked at; the policies in force stay")]
    public static partial void ReloadFailed(this ILogger log, Exception exception);
}
