namespace SwarmAutoscaler.Applying;

/// <summary>An endpoint of the list, and the connections to it.</summary>
/// <param name="Index">Its place in the list.</param>
/// <param name="Endpoint">Where it is.</param>
/// <param name="Http">Sends to it, whatever the address in the request.</param>
sealed record EngineNode(int Index, DockerEndpoint Endpoint, HttpClient Http);

/// <summary>An endpoint that answered, and the version it speaks.</summary>
/// <param name="Node">The endpoint.</param>
/// <param name="Version">
/// The engine's own newest API version. A path with a lower one makes the engine drop the fields that version did not know, which restarts tasks.
/// </param>
sealed record EngineSession(EngineNode Node, string Version)
{
    /// <summary>API 1.41 (Docker 20.10) is the first that counts running tasks in the list of services.</summary>
    static readonly Version Lowest = new(1, 41);

    public string PathTo(string path) => $"/v{Version}{path}";

    /// <summary>What an endpoint's answer to <c>GET /_ping</c> means.</summary>
    public static (EngineSession? Session, Unanswered? Problem) From(EngineNode node, Answered ping)
    {
        if (!ping.IsSuccess)
            return (null, new Unanswered(ping.Outcome, $"{node.Endpoint} does not answer like a Docker engine: {ping.Because}"));
        if (!System.Version.TryParse(ping.ApiVersion, out var version) || version.Build >= 0)
            return (null, new Unanswered("malformed", $"{node.Endpoint} does not say which API version it speaks, it may not be a Docker engine"));
        if (version < Lowest)
            return (null, new Unanswered("too_old", $"the Docker engine at {node.Endpoint} speaks API {version}, {Lowest} or newer (Docker 20.10) is needed"));
        return (new EngineSession(node, version.ToString(2)), null);
    }
}
