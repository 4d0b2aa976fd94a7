using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using SwarmAutoscaler.TestSupport;

namespace SwarmAutoscaler.Benchmarks.Fleet;

/// <summary>The program as it is shipped, as a process of its own; looked at from outside only.</summary>
sealed class RunningProgram : IAsyncDisposable
{
    static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(30) };

    readonly Process process;
    readonly string url;
    readonly Task<string> log;

    RunningProgram(Process process, string url) => (this.process, this.url, log) = (process, url, process.StandardOutput.ReadToEndAsync());

    /// <summary>From the start of the process to the first 200 of <c>/ready</c>.</summary>
    public TimeSpan TimeToReady { get; private set; }

    /// <summary>The runtime that measures is the one that is measured.</summary>
    public static string DotnetRoot { get; } = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    /// <summary>Publishes it as the Dockerfile does: compiled ahead of time, on this machine's runtime.</summary>
    public static async Task<string> PublishAsync()
    {
        string folder = Directory.CreateTempSubdirectory("fleet-program-").FullName;
        string[] arguments =
        [
            "publish", Path.Combine(Testbed.Repository, "src", "SwarmAutoscaler"), "-c", "Release", "--use-current-runtime", "--no-self-contained",
            "-p:PublishReadyToRun=true", "-p:NuGetLockFilePath=obj/platform.lock.json", "--artifacts-path", Path.Combine(folder, "artifacts"), "-o", folder,
        ];
        var (exitCode, output, error) = await Testbed.ExecuteAsync("dotnet", arguments);
        return exitCode == 0 ? folder : throw new InvalidOperationException($"the program cannot be published: {output}{error}");
    }

    public static async Task<RunningProgram> StartAsync(string program, FleetServers servers, string policies)
    {
        int port = FreePort();
        var start = new ProcessStartInfo(Path.Combine(program, "swarm-autoscaler"), ["run"]) { RedirectStandardOutput = true };
        start.Environment["DOTNET_ROOT"] = DotnetRoot;
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOCKER_HOST"] = $"unix://{servers.Engine.Socket}";
        start.Environment["AUTOSCALER_POLICIES"] = policies;
        start.Environment["AUTOSCALER_LISTEN"] = $"127.0.0.1:{port}";
        start.Environment["PROMETHEUS_URL"] = servers.Prometheus.OriginalString;
        start.Environment["REDIS_URL"] = $"redis://127.0.0.1:{servers.Redis.Port}";
        start.Environment["RABBITMQ_URL"] = servers.RabbitMq["AMQP_URL"];
        start.Environment["RABBITMQ_MANAGEMENT_URL"] = servers.RabbitMq["MANAGEMENT_URL"];
        long started = Stopwatch.GetTimestamp();
        var running = new RunningProgram(Process.Start(start)!, $"http://127.0.0.1:{port}");
        await running.WaitUntilReadyAsync();
        running.TimeToReady = Stopwatch.GetElapsedTime(started);
        return running;
    }

    public async Task<MetricsText> MetricsAsync() => MetricsText.Parse(await Http.GetStringAsync($"{url}/metrics"));

    /// <summary>MiB of <c>VmRSS</c>, which is resident now, or <c>VmHWM</c>, the most that ever was.</summary>
    public double Memory(string field) => double.Parse(
        File.ReadLines($"/proc/{process.Id}/status").First(line => line.StartsWith(field + ':', StringComparison.Ordinal))
            .Split([' ', '\t', ':'], StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture) / 1024;

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            using (var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]))
                await kill.WaitForExitAsync();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    async Task WaitUntilReadyAsync()
    {
        while (!await IsReadyAsync())
        {
            if (process.HasExited)
                throw new InvalidOperationException($"the program ended with {process.ExitCode}: {await log}");
            await Task.Delay(5);
        }
    }

    async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await Http.GetAsync($"{url}/ready");
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
