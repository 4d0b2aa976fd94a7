using System.Text.Json;
using System.Text.Json.Nodes;

namespace SwarmAutoscaler.TestSupport;

/// <summary>A private one-node Swarm, driven with the ordinary docker client as a person would.</summary>
sealed class Engine(string host, string netns)
{
    /// <summary>For <c>DOCKER_HOST</c>.</summary>
    public string Host { get; } = host;

    public string Socket => Host["unix://".Length..];

    /// <summary>The network namespace the engine's containers publish their ports in.</summary>
    public string NetworkNamespace { get; } = netns;

    public static async Task<Engine> StartAsync()
    {
        var up = await Testbed.RunAsync("up", "engine");
        await Testbed.RunAsync("image", "demo", "engine");
        return new Engine(up["DOCKER_HOST"], up["NETNS"]);
    }

    /// <summary>Runs a docker command; returns what it printed.</summary>
    public async Task<string> DockerAsync(params string[] arguments)
    {
        var (exitCode, output, error) = await Testbed.ExecuteAsync("docker", arguments, new Dictionary<string, string> { ["DOCKER_HOST"] = Host });
        return exitCode == 0 ? output.Trim() : throw new InvalidOperationException($"docker {string.Join(' ', arguments)}: {error.Trim()}");
    }

    /// <summary>Creates a service of the demo image that only waits, unless a command is given.</summary>
    public async Task CreateServiceAsync(string name, int replicas, string[]? options = null, string[]? command = null) =>
        await DockerAsync(["service", "create", "--detach", "--no-resolve-image", "--name", name, "--replicas", $"{replicas}", "--endpoint-mode", "dnsrr",
            "--stop-grace-period", "1s", .. options ?? [], "demo:local", .. command ?? ["sleep", "100000"]]);

    public async Task<int> ReplicasAsync(string service) => (await InspectAsync(service))["Spec"]!["Mode"]!["Replicated"]!["Replicas"]!.GetValue<int>();

    /// <summary>Running tasks that are meant to run.</summary>
    public async Task<int> RunningAsync(string service) => (await RunningTasksAsync(service)).Count;

    public async Task<IReadOnlyList<string>> RunningTasksAsync(string service)
    {
        var lines = await DockerAsync("service", "ps", service, "--filter", "desired-state=running", "--format", "{{.ID}} {{.CurrentState}}");
        return [.. lines.Split('\n').Where(line => line.Contains(" Running ", StringComparison.Ordinal)).Select(line => line.Split(' ')[0])];
    }

    public async Task<JsonObject> InspectAsync(string service) =>
        JsonSerializer.Deserialize<JsonArray>(await DockerAsync("service", "inspect", service))![0]!.AsObject();

    public Task ScaleByHandAsync(string service, int replicas) => DockerAsync("service", "scale", "--detach", $"{service}={replicas}");

    public Task RemoveServicesAsync(params string[] services) => DockerAsync(["service", "rm", .. services]);

    public Task<int> WaitForReplicasAsync(string service, Func<int, bool> satisfies, int seconds = 60) =>
        Eventually.GetAsync($"replicas of {service}", TimeSpan.FromSeconds(seconds), () => ReplicasAsync(service), satisfies);

    public Task<int> WaitForRunningAsync(string service, int count, int seconds = 60) =>
        Eventually.GetAsync($"running tasks of {service}", TimeSpan.FromSeconds(seconds), () => RunningAsync(service), running => running == count);
}
