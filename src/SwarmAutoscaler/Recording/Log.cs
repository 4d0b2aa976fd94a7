using Microsoft.Extensions.Logging;

namespace SwarmAutoscaler.Recording;

static partial class Log
{
    [LoggerMessage(
        EventId = 1, EventName = "decision",
        Message = "{Service} {Action} {Current} -> {Desired} ({Reason}; {Outcome}). Trail: {Trail}. Metrics: {Metrics}")]
    public static partial void Decided(
        ILogger logger, LogLevel level, string service, string action, int current, int desired, string reason, string outcome, string trail, string metrics);
}
