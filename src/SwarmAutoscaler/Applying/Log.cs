namespace SwarmAutoscaler.Applying;

static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Using the Docker engine at {Endpoint}, API {Version}")]
    public static partial void EngineInUse(ILogger logger, DockerEndpoint endpoint, string version);

    [LoggerMessage(2, LogLevel.Warning, "Leaving the Docker engine at {Endpoint}: {Because}")]
    public static partial void EngineLeft(ILogger logger, DockerEndpoint endpoint, string because);
}
