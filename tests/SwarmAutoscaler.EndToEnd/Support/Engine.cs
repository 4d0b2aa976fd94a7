using System.Text.Json;
using System.Text.Json.Nodes;

namespace SwarmAutoscaler.TestSupport;

/// <summary>A private one-node Swarm, driven with the ordinary docker client as a person would.</summary>
sealed class Engine(string host) : IDisposable
{
    /// <summary>The name of the only one in the test bed.</summary>
    public const string Name = "engine";

    /// <summary>Its name in the test bed.</summary>
    public string Member { get; init; } = Name;

    /// <summary>For <c>DOCKER_HOST</c>.</summary>
    public string Host { get; } = host;

    public string Socket => Host["unix://".Length..];

    /// <summary>The same engine through its API, byte for byte.</summary>
    public EngineApi Api { get; } = new(host["unix://".Length..]);

    public static async Task<Engine> StartAsync()
    {
        var up = await Testbed.RunAsync("up", "engine", Name);
        await Testbed.RunAsync("image", "demo", Name);
        return new Engine(up["DOCKER_HOST"]);
    }

    public void Dispose() => Api.Dispose();

    /// <summary>Runs a docker command; returns what it printed.</summary>
    public async Task<string> DockerAsync(params string[] arguments)
    {
        var (exitCode, output, error) = await Testbed.ExecuteAsync("docker", arguments, new Dictionary<string, string> { ["DOCKER_HOST"] = Host });
        return exitCode == 0 ? output.Trim() : throw new InvalidOperationException($"docker {string.Join(' ', arguments)}: {error.Trim()}");
    }

    /// <summary>Runs a docker command; nothing when it fails or takes longer than 3 s, as on a manager that is frozen or cut off.</summary>
    public async Task<string> TryDockerAsync(params string[] arguments)
    {
        var (exitCode, output, _) = await Testbed.ExecuteAsync("timeout", ["3", "docker", "-H", Host, .. arguments]);
        return exitCode == 0 ? output.Trim() : "";
    }

    /// <summary>Creates a service of the demo image that only waits, unless a command is given, and waits until it runs.</summary>
    /// <returns>Removes the service at the end of the test.</returns>
    public async Task<IAsyncDisposable> CreateServiceAsync(string name, int replicas, string[]? options = null, string[]? command = null)
    {
        var service = await CreateAsync(name, ["--replicas", $"{replicas}", .. options ?? []], "demo:local", command ?? ["sleep", "100000"]);
        try
        {
            await WaitForRunningAsync(name, replicas);
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    /// <summary>Creates any service and waits for nothing.</summary>
    public async Task<IAsyncDisposable> CreateAsync(string name, string[] options, string image, params string[] command)
    {
        await DockerAsync(["service", "create", "--detach", "--no-resolve-image", "--name", name, "--endpoint-mode", "dnsrr", "--stop-grace-period", "1s",
            .. options, image, .. command]);
        return new Removal(() => DockerAsync("service", "rm", name));
    }

    /// <summary>Removes networks, which are in use until the last container in them has gone.</summary>
    public async Task RemoveNetworksAsync(params string[] networks)
    {
        foreach (string network in networks)
            await Eventually.GetAsync($"the end of network {network}", TimeSpan.FromSeconds(30), async () =>
            {
                await Testbed.ExecuteAsync("docker", ["network", "rm", network], new Dictionary<string, string> { ["DOCKER_HOST"] = Host });
                return await NetworksAsync();
            }, present => !present.Contains(network));
    }

    public async Task<IReadOnlyList<string>> NetworksAsync() => (await DockerAsync("network", "ls", "--format", "{{.Name}}")).Split('\n');

    public async Task<int> ReplicasAsync(string service) => (await InspectAsync(service))["Spec"]!["Mode"]!["Replicated"]!["Replicas"]!.GetValue<int>();

    /// <summary>The state of the service's last update; null when it never had one.</summary>
    public async Task<string?> UpdateStateAsync(string service) => (await InspectAsync(service))["UpdateStatus"]?["State"]?.GetValue<string>();

    /// <summary>Running tasks that are meant to run.</summary>
    public async Task<IReadOnlyList<string>> RunningTasksAsync(string service)
    {
        string lines = await DockerAsync("service", "ps", service, "--no-trunc", "--filter", "desired-state=running", "--format", "{{.ID}} {{.CurrentState}}");
        return [.. lines.Split('\n').Where(line => line.Contains(" Running ", StringComparison.Ordinal)).Select(line => line.Split(' ')[0])];
    }

    public async Task<JsonObject> InspectAsync(string service) =>
        JsonSerializer.Deserialize<JsonArray>(await DockerAsync("service", "inspect", service))![0]!.AsObject();

    public Task ScaleByHandAsync(string service, int replicas) => DockerAsync("service", "scale", "--detach", $"{service}={replicas}");

    public Task<int> WaitForReplicasAsync(string service, int count, int seconds = 30) =>
        Eventually.GetAsync($"replicas of {service}", TimeSpan.FromSeconds(seconds), () => ReplicasAsync(service), replicas => replicas == count);

    public Task WaitForRunningAsync(string service, int count, int seconds = 30) => Eventually.GetAsync(
        $"running tasks of {service}", TimeSpan.FromSeconds(seconds), async () => (await RunningTasksAsync(service)).Count, running => running == count);

    public Task WaitForUpdateStateAsync(string service, string state, int seconds = 30) =>
        Eventually.GetAsync($"update of {service}", TimeSpan.FromSeconds(seconds), () => UpdateStateAsync(service), now => now == state);
}

/// <summary>Undoes something at the end of a test.</summary>
sealed class Removal(Func<Task> remove) : IAsyncDisposable
{
    public async ValueTask DisposeAsync() => await remove();
}
