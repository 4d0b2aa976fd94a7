using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace SwarmAutoscaler.TestSupport;

/// <summary>The built program as a process of its own, with its own policy folder and port; looked at from outside only.</summary>
sealed class Autoscaler : IAsyncDisposable
{
    static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };

    readonly Process process;
    readonly ConcurrentQueue<string> log = new();

    Autoscaler(Process process, string policies, string url)
    {
        (this.process, Policies, Url) = (process, policies, url);
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The program next to the tests.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "swarm-autoscaler.dll");

    /// <summary>The policy folder; change files in it at will.</summary>
    public string Policies { get; }

    public string Url { get; }

    public int ProcessId => process.Id;

    public string Log => string.Join('\n', log);

    /// <summary>Starts the program with these policy documents and waits until it is ready.</summary>
    public static async Task<Autoscaler> StartAsync(Engine engine, IReadOnlyDictionary<string, string> policies, IReadOnlyDictionary<string, string>? settings = null)
    {
        var folder = Directory.CreateTempSubdirectory("sas-policies-").FullName;
        foreach (var (file, text) in policies)
            await File.WriteAllTextAsync(Path.Combine(folder, file), text);
        int port = FreePort();
        var start = new ProcessStartInfo("dotnet", [Program, "run"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in new Dictionary<string, string>(settings ?? new Dictionary<string, string>())
        {
            ["DOCKER_HOST"] = engine.Host,
            ["AUTOSCALER_POLICIES"] = folder,
            ["AUTOSCALER_LISTEN"] = $"127.0.0.1:{port}",
            ["AUTOSCALER_LOG_FORMAT"] = "text",
        })
            start.Environment[name] = value;
        var autoscaler = new Autoscaler(Process.Start(start)!, folder, $"http://127.0.0.1:{port}");
        await Eventually.GetAsync("/ready", TimeSpan.FromSeconds(20), autoscaler.ReadyAsync, status => status == HttpStatusCode.OK);
        return autoscaler;
    }

    public Task WritePolicyAsync(string file, string text) => File.WriteAllTextAsync(Path.Combine(Policies, file), text);

    public async Task<HttpStatusCode?> ReadyAsync()
    {
        try
        {
            using var answer = await Http.GetAsync($"{Url}/ready");
            return answer.StatusCode;
        }
        catch (HttpRequestException) when (!process.HasExited)
        {
            return null;
        }
        catch (HttpRequestException e)
        {
            throw new InvalidOperationException($"the program ended with {process.ExitCode}: {Log}", e);
        }
    }

    public async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await Http.GetStringAsync(Url + path))!;

    /// <summary>The decisions about a service that are still remembered, oldest first.</summary>
    public async Task<IReadOnlyList<Decision>> DecisionsAsync(string service)
    {
        var answer = await GetAsync($"/api/v1/decisions?service={service}&limit=1000");
        return [.. answer["decisions"]!.AsArray().Select(Decision.Of).OrderBy(decision => decision.Time)];
    }

    /// <summary>The newest decision about a service once it satisfies.</summary>
    public Task<Decision?> WaitForDecisionAsync(string service, Func<Decision, bool> satisfies, int seconds = 30) => Eventually.GetAsync(
        $"a decision about {service}", TimeSpan.FromSeconds(seconds),
        async () => await DecisionsAsync(service) is [.., var newest] ? newest : null, decision => decision is not null && satisfies(decision));

    /// <summary>The value of a metric whose name and labels the line begins with; null when there is no such line.</summary>
    public async Task<double?> MetricAsync(string nameAndLabels)
    {
        var page = await Http.GetStringAsync($"{Url}/metrics");
        var line = page.Split('\n').FirstOrDefault(line => line.StartsWith(nameAndLabels + " ", StringComparison.Ordinal));
        return line is null ? null : double.Parse(line[(nameAndLabels.Length + 1)..], CultureInfo.InvariantCulture);
    }

    /// <summary>Asks the program to stop as Docker does; returns its exit code and how long it took.</summary>
    public async Task<(int ExitCode, TimeSpan Took)> StopAsync()
    {
        long started = Stopwatch.GetTimestamp();
        using (var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]))
            await kill.WaitForExitAsync();
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await process.WaitForExitAsync(bound.Token);
        return (process.ExitCode, Stopwatch.GetElapsedTime(started));
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
        process.Dispose();
        Directory.Delete(Policies, recursive: true);
    }

    void Keep(string? line)
    {
        if (line is not null)
            log.Enqueue(line);
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
