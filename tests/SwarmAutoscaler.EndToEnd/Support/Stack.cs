namespace SwarmAutoscaler.TestSupport;

/// <summary>A stack of two services of the demo image, deployed as a person would.</summary>
sealed class Stack(Engine engine, string name) : IAsyncDisposable
{
    readonly string file = Path.Combine(Path.GetTempPath(), $"sas-{Guid.NewGuid():N}.yml");

    public string Worker => $"{name}_worker";

    public string Sister => $"{name}_sister";

    /// <summary>Deploys it. A command that fails throws with what it said.</summary>
    /// <param name="replicas">Of each; null leaves the key out.</param>
    /// <param name="release">In the environment of both; a new one begins a rollout of each.</param>
    public async Task DeployAsync(int? replicas, string release)
    {
        await File.WriteAllTextAsync(file, $"""
            version: "3.8"
            services:
              sister: {Service(replicas, release)}
              worker: {Service(replicas, release)}
            """);
        await engine.DockerAsync("stack", "deploy", "--resolve-image", "never", "--compose-file", file, name);
    }

    static string Service(int? replicas, string release) => $$"""
        { image: "demo:local", command: sleep 100000, stop_grace_period: 1s, environment: { RELEASE: "{{release}}" }, deploy: { endpoint_mode: dnsrr, {{(replicas is null ? "" : $"replicas: {replicas}, ")}}update_config: { parallelism: 10, monitor: 1s, order: start-first } } }
        """;

    public async ValueTask DisposeAsync()
    {
        await engine.DockerAsync("stack", "rm", name);
        await engine.RemoveNetworksAsync($"{name}_default");
        File.Delete(file);
    }
}
