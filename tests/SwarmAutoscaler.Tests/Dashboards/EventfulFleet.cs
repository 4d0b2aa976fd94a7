using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using SwarmAutoscaler.Applying;
using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.Dashboards;

/// <summary>
/// The built program as a process, over services to which everything happens that a dashboard shows, and a real Prometheus that reads it, answers its
/// queries and has the rules of the alerts. The engine is a fake on a real socket: what it does is not in question here.
/// </summary>
public sealed class EventfulFleet : IAsyncLifetime
{
    /// <summary>Up and down all the time, with a metric that is missing and on its fallback.</summary>
    public const string Eventful = "shop_api";

    const string PrometheusName = "dashboards";

    static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>Redis cannot be reached; Prometheus is asked for sums it needs no series for.</summary>
    static readonly IReadOnlyDictionary<string, string> Policies = new Dictionary<string, string>
    {
        [Eventful] = """
            replicas: { min: 1, max: 9 }
            metrics:
              - { name: load, source: prometheus, query: 1 + 4 * (time() % 10 < bool 5), target: { per_replica: 1 } }
              - { name: jobs, source: redis, key: jobs, target: { per_replica: 1 } }
            fallback: { after: 0, replicas: 1 }
            scale_down: { stabilization: 0s }
            """,
        ["shop_full"] = """
            replicas: { min: 1, max: 3 }
            metrics: [ { name: load, source: prometheus, query: vector(9), target: { per_replica: 1 } } ]
            cooldown: 60s
            """,
        ["shop_stuck"] = """
            replicas: { min: 1, max: 9 }
            metrics: [ { name: load, source: prometheus, query: vector(9), target: { per_replica: 1 } } ]
            """,
    };

    readonly string folder = Directory.CreateTempSubdirectory("sas-dashboards-").FullName;
    readonly Dictionary<string, int> replicas = Policies.Keys.ToDictionary(name => name, _ => 2);
    readonly Lock gate = new();
    FakeEngine? engine;
    Process? autoscaler;
    string prometheus = "";

    public async Task InitializeAsync()
    {
        engine = await FakeEngine.StartAsync();
        engine.Answers[GivenEngine.List] = _ => new FakeAnswer(200, $"[{string.Join(',', Policies.Keys.Select(Listed))}]");
        engine.On(GivenEngine.Tasks, new FakeAnswer(200, "[]"));
        foreach (string service in Policies.Keys)
        {
            engine.Answers[$"GET /services/{service}"] = _ => new FakeAnswer(200, Read(service));
            engine.Answers[$"POST /services/{service}/update"] = request => Update(service, request);
            await File.WriteAllTextAsync(Path.Combine(folder, $"{service}.yml"), $"service: {service}\ninterval: 1s\n{Policies[service]}");
        }
        await File.WriteAllTextAsync(Path.Combine(folder, "wrong.yml"), "service: shop_wrong\nreplicas: { min: 3, max: 2 }\n");
        int port = FreePort();
        await StartPrometheusAsync(port);
        StartAutoscaler(port);
    }

    public async Task DisposeAsync()
    {
        if (autoscaler is not null)
        {
            autoscaler.Kill();
            await autoscaler.WaitForExitAsync();
            autoscaler.Dispose();
        }
        await Testbed.RunAsync("down", PrometheusName);
        if (engine is not null)
            await engine.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>The series of an instant query.</summary>
    public async Task<JsonArray> QueryAsync(string expression)
    {
        using var form = new FormUrlEncodedContent([new("query", expression)]);
        using var answer = await Http.PostAsync($"{prometheus}/api/v1/query", form);
        string body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, body);
        return JsonNode.Parse(body)!["data"]!["result"]!.AsArray();
    }

    async Task StartPrometheusAsync(int target)
    {
        string config = Path.Combine(folder, "prometheus.config");
        await File.WriteAllTextAsync(config, $$"""
            global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }
            rule_files: [ {{Path.Combine(DashboardFile.Folder, "alerts.yml")}} ]
            scrape_configs: [ { job_name: swarm-autoscaler, static_configs: [ { targets: [ 127.0.0.1:{{target}} ] } ] } ]
            """);
        prometheus = (await Testbed.RunAsync("up", "prometheus", PrometheusName, "--config", config))["URL"];
    }

    void StartAutoscaler(int port)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "swarm-autoscaler.dll")]);
        start.Environment["DOCKER_HOST"] = $"unix://{((UnixEndpoint)engine!.Endpoint).Path}";
        start.Environment["AUTOSCALER_POLICIES"] = folder;
        start.Environment["AUTOSCALER_LISTEN"] = $"127.0.0.1:{port}";
        start.Environment["AUTOSCALER_STATE"] = "memory";
        start.Environment["AUTOSCALER_LOG_LEVEL"] = "critical";
        start.Environment["PROMETHEUS_URL"] = prometheus;
        start.Environment["REDIS_URL"] = "redis://127.0.0.1:1";
        autoscaler = Process.Start(start)!;
    }

    int ReplicasOf(string service)
    {
        lock (gate)
            return replicas[service];
    }

    string Spec(string service) => GivenEngine.Spec
        .Replace("\"web\"", $"\"{service}\"", StringComparison.Ordinal)
        .Replace("\"Replicas\":3", string.Create(CultureInfo.InvariantCulture, $"\"Replicas\":{ReplicasOf(service)}"), StringComparison.Ordinal);

    string Listed(string service) =>
        GivenEngine.Listed(Spec(service), string.Create(CultureInfo.InvariantCulture, $$"""{"RunningTasks":{{ReplicasOf(service)}}}"""), id: service);

    string Read(string service) => GivenEngine.Service(Spec(service), id: service);

    FakeAnswer Update(string service, SeenRequest request)
    {
        if (service == "shop_stuck")
            return FakeAnswer.Message(500, "the disk is full");
        lock (gate)
            replicas[service] = JsonNode.Parse(request.Body)!["Mode"]!["Replicated"]!["Replicas"]!.GetValue<int>();
        return new FakeAnswer(200, """{"Warnings":null}""");
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
