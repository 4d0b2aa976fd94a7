namespace SwarmAutoscaler.Applying;

static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Using the Docker engine at {Endpoint}, API {Version}")]
    public static partial void EngineInUse(ILogger logger, DockerEndpoint endpoint, string version);

    [LoggerMessage(2, LogLevel.Warning, "Leaving the Docker engine at {Endpoint}: {Because}")]
    public static partial void EngineLeft(ILogger logger, DockerEndpoint endpoint, string because);

    [LoggerMessage(3, LogLevel.Warning, "Reading tasks is forbidden at {Endpoint} ({Because}), so raises go on while tasks cannot be placed; allow GET /tasks to hold them back")]
    public static partial void TasksForbidden(ILogger logger, DockerEndpoint endpoint, string because);

    [LoggerMessage(EventId = 4, Message = "Listening to the events of the Docker engine at {Endpoint}")]
    public static partial void EventsHeard(this ILogger logger, LogLevel level, DockerEndpoint endpoint);

    [LoggerMessage(5, LogLevel.Debug, "The engine's event stream ended: {Because}")]
    public static partial void EventsEnded(this ILogger logger, string because);

    [LoggerMessage(6, LogLevel.Debug, "The engine's event stream is opened again in {Seconds} s")]
    public static partial void EventsAgain(this ILogger logger, double seconds);

    [LoggerMessage(7, LogLevel.Warning, "The engine's events are not heard ({Because}); updates by others are noticed at the next cycle until they are")]
    public static partial void EventsMissed(this ILogger logger, string because);

    [LoggerMessage(8, LogLevel.Warning, "Listening to events is forbidden at {Endpoint} ({Because}), so updates by others are noticed at the next cycle; allow GET /events to notice them at once")]
    public static partial void EventsForbidden(this ILogger logger, DockerEndpoint endpoint, string because);

    [LoggerMessage(9, LogLevel.Warning,
        "Reading nodes is forbidden at {Endpoint} ({Because}), so max-replicas-per-node and constraints are not looked at in advance; allow GET /nodes for that")]
    public static partial void NodesForbidden(ILogger logger, DockerEndpoint endpoint, string because);

    [LoggerMessage(10, LogLevel.Warning, "The nodes could not be read ({Because}), so this raise is not held to max-replicas-per-node and constraints; tasks without a place stop the next one")]
    public static partial void NodesUnread(ILogger logger, string because);
}
