using SwarmAutoscaler.Api;
using SwarmAutoscaler.Applying;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler;

/// <summary>The settings of the process, from environment variables; each also from a file named by <c>NAME_FILE</c>.</summary>
sealed record ProcessOptions
{
    /// <summary><c>AUTOSCALER_POLICIES</c>: files and folders, separated by <c>:</c>. Default <c>policies/</c>.</summary>
    public IReadOnlyList<string> Policies { get; init; } = ["policies/"];

    /// <summary>The policy that <c>SWARM_AUTOSCALER_…</c> define, as the document that it would be in a file; null when none of them is set.</summary>
    public PolicyFile? OnePolicy { get; init; }

    /// <summary>With a policy in the environment, what <see cref="Policies"/> names need not be there. Default false.</summary>
    public bool PoliciesMayBeMissing { get; init; }

    /// <summary><c>AUTOSCALER_LISTEN</c>: <c>:port</c> for all addresses, or <c>address:port</c>; port 1–65535. Default <c>:8080</c>.</summary>
    public ListenAddress Listen { get; init; } = ListenAddress.Default;

    /// <summary><c>AUTOSCALER_MODE</c>: <c>apply</c>, or <c>observe</c> to change nothing at all. Default <c>apply</c>.</summary>
    public PolicyMode Mode { get; init; } = PolicyMode.Apply;

    /// <summary><c>AUTOSCALER_STATE</c>: <c>swarm</c>, with a lease and the history in config objects, or <c>memory</c> for one instance. Default <c>swarm</c>.</summary>
    public StateKeeping State { get; init; } = StateKeeping.Swarm;

    /// <summary>
    /// <c>AUTOSCALER_STATE_NAME</c>: how the config objects' names begin, 1–50 letters, digits, <c>-</c>, <c>_</c> and <c>.</c>, a letter or digit at both
    /// ends. Default <c>swarm-autoscaler</c>.
    /// </summary>
    public string StateName { get; init; } = "swarm-autoscaler";

    /// <summary><c>AUTOSCALER_LOG_FORMAT</c>: <c>json</c>, one object a line, or <c>text</c>. Default <c>json</c>.</summary>
    public LogFormat LogFormat { get; init; } = LogFormat.Json;

    /// <summary><c>AUTOSCALER_LOG_LEVEL</c>: <c>trace</c>, <c>debug</c>, <c>information</c>, <c>warning</c>, <c>error</c>. Default <c>information</c>.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary><c>AUTOSCALER_API_TOKEN</c>: what a caller must know to change something over HTTP. Default none: nobody may.</summary>
    public ApiToken? ApiToken { get; init; }

    /// <summary><c>DOCKER_HOST</c>, <c>DOCKER_CERT_PATH</c>, <c>DOCKER_TLS_VERIFY</c>, as the Docker client reads them. Default: the local socket.</summary>
    public DockerEngineOptions Engine { get; init; } = new([]);

    /// <summary>The <c>default</c> connections by kind, each with the keys it would have in a file.</summary>
    public IReadOnlyList<ConnectionSetting> Connections { get; init; } = [];
}

/// <summary>Where what is remembered is kept.</summary>
enum StateKeeping
{
    /// <summary>In Swarm's Raft store; of several instances one acts.</summary>
    Swarm,

    /// <summary>In this process only; there must be one instance.</summary>
    Memory,
}

/// <summary>A <c>default</c> connection set by variables.</summary>
/// <param name="Kind">The kind of source.</param>
/// <param name="Keys">The variable, the key it stands for in a file, and its value, which may hold a password.</param>
sealed record ConnectionSetting(string Kind, IReadOnlyList<(string Variable, string Key, string Value)> Keys)
{
    /// <summary>The names only: a value may hold a password.</summary>
    public override string ToString() => $"{Kind} from {string.Join(", ", Keys.Select(key => key.Variable))}";
}
