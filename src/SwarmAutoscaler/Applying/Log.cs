namespace SwarmAutoscaler.Applying;

static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Using the Docker engine at {Endpoint}, API {Version}")]
    public static partial void EngineInUse(ILogger logger, DockerEndpoint endpoint, string version);

    [LoggerMessage(2, LogLevel.Warning, "Leaving the Docker engine at {Endpoint}: {Because}")]
    public static partial void EngineLeft(ILogger logger, DockerEndpoint endpoint, string because);

    [LoggerMessage(3, LogLevel.Warning, "Reading tasks is forbidden at {Endpoint} ({Because}), so raises go on while tasks cannot be placed; allow GET /tasks to hold them back")]
    public static partial void TasksForbidden(ILogger logger, DockerEndpoint endpoint, string because);
}
