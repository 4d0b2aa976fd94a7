namespace SwarmAutoscaler.Applying;

/// <summary>Which engines are asked and for how long. All endpoints are managers of one Swarm; the first that answers is used.</summary>
sealed record DockerEngineOptions(IReadOnlyList<DockerEndpoint> Endpoints)
{
    /// <summary>The longest a read may take, finding an endpoint that answers included. Default 10 s.</summary>
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest a write is waited for. Default 15 s: an engine that loses its leader needs about 12 s to say so.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The longest an endpoint may take to answer the first question before the next one is tried. Default 4 s.</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>
    /// Reads the three variables as the Docker client does: no <c>DOCKER_HOST</c> means the local socket; TLS needs <c>DOCKER_CERT_PATH</c> or
    /// <c>DOCKER_TLS_VERIFY</c>; the server's certificate is checked when <c>DOCKER_TLS_VERIFY</c> is set to anything. Several managers are separated by
    /// commas.
    /// </summary>
    public static (DockerEngineOptions? Options, string? Problem) Parse(string? host, string? certPath, string? tlsVerify)
    {
        var entries = (host ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (entries.Length == 0)
            entries = [$"unix://{DockerEndpoint.DefaultSocket}"];
        var (tls, problem) = entries.All(entry => entry.StartsWith("unix://", StringComparison.Ordinal))
            ? (null, null)
            : EngineTls.Parse(certPath, tlsVerify);
        var endpoints = new List<DockerEndpoint>();
        foreach (var entry in entries)
        {
            if (problem is not null)
                return (null, problem);
            (var endpoint, problem) = DockerEndpoint.Parse(entry, tls);
            if (endpoint is not null)
                endpoints.Add(endpoint);
        }
        return problem is null ? (new DockerEngineOptions(endpoints), null) : (null, problem);
    }
}
