using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Recording;
using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.Applying;

/// <summary>A one-node Swarm of its own, with an image that has a shell, for all tests of this area.</summary>
public sealed class RealEngine : IAsyncLifetime, IDisposable
{
    const string Name = "applying";
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly AutoscalerMeter meter = new();
    string host = "";

    internal EngineClient Client { get; private set; } = null!;

    internal DockerSwarm Swarm { get; private set; } = null!;

    internal string Host => host;

    public async Task InitializeAsync()
    {
        host = (await Testbed.RunAsync("up", "engine", Name))["DOCKER_HOST"];
        await Testbed.RunAsync("image", "demo", Name);
        var (options, problem) = DockerEngineOptions.Parse(host, null, null);
        Assert.Null(problem);
        Client = new EngineClient(options!, TimeProvider.System, meter, NullLogger<EngineClient>.Instance);
        Swarm = new DockerSwarm(Client, new Coordinating.SoleInstance(), new OutsideUpdates(TimeProvider.System), NullLogger<DockerSwarm>.Instance);
    }

    public Task DisposeAsync() => Testbed.RunAsync("down", Name);

    public void Dispose()
    {
        Client.Dispose();
        meter.Dispose();
    }

    internal static Task FreezeAsync() => Testbed.RunAsync("freeze", Name);

    internal static Task ThawAsync() => Testbed.RunAsync("thaw", Name);

    /// <summary>The Docker client on this engine; what it printed.</summary>
    internal async Task<string> DockerAsync(params string[] arguments)
    {
        var (exitCode, output, error) = await Testbed.ExecuteAsync("docker", ["-H", host, .. arguments]);
        Assert.True(exitCode == 0, $"docker {string.Join(' ', arguments)}: {error}");
        return output.Trim();
    }

    /// <summary>Creates a service that sleeps; returns its id.</summary>
    internal Task<string> CreateAsync(string name, params string[] options) =>
        DockerAsync(["service", "create", "-q", "--detach", "--no-resolve-image", "--stop-grace-period", "1s", "--name", name, .. options, "demo:local", "sleep", "100000"]);

    /// <summary>The service as one call to the list shows it.</summary>
    internal async Task<ServiceState> StateAsync(string name) => Assert.IsType<Listed>(await Swarm.ListAsync(new HashSet<string> { name }, CancellationToken.None)).Services[name];

    internal Task<ServiceState> UntilAsync(string name, Func<ServiceState, bool> condition) =>
        Eventually.GetAsync($"the state of {name}", Patience, () => StateAsync(name), condition);

    /// <summary>The service's spec, as the engine writes it.</summary>
    internal async Task<string> SpecAsync(string id)
    {
        var (answer, _) = await Client.GetAsync("test", $"/services/{id}", CancellationToken.None);
        using var document = JsonDocument.Parse(Assert.IsType<Answered>(answer).Body);
        return document.RootElement.GetProperty("Spec").GetRawText();
    }

    /// <summary>The ids of the containers behind a service's running tasks.</summary>
    internal async Task<IReadOnlySet<string>> RunningTasksAsync(string name)
    {
        var ids = await DockerAsync("service", "ps", name, "-q", "--no-trunc", "--filter", "desired-state=running");
        return ids.Split('\n', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Creates a secret or a config with some text.</summary>
    internal async Task StoreAsync(string what, string name)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "some text", Encoding.UTF8);
        await DockerAsync(what, "create", name, file);
        File.Delete(file);
    }
}

[CollectionDefinition(nameof(RealEngine))]
public sealed class RealEngineTests : ICollectionFixture<RealEngine>;
