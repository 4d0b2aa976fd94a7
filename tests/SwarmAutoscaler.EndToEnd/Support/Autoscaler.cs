using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace SwarmAutoscaler.TestSupport;

/// <summary>The built program as a process of its own, with its own policy folder and port; looked at from outside only.</summary>
sealed class Autoscaler : AutoscalerApi, IAsyncDisposable
{
    readonly Process process;
    readonly ConcurrentQueue<string> log = new();

    Autoscaler(Process process, string policies, string url)
        : base(url)
    {
        (this.process, Policies) = (process, policies);
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The policy folder; change files in it at will.</summary>
    public string Policies { get; }

    public string Log => string.Join('\n', log);

    /// <summary>What it wrote so far, line by line.</summary>
    public IReadOnlyList<string> LogLines => [.. log];

    /// <summary>Starts the program and waits until it is ready.</summary>
    /// <param name="world">What its connections named "default" are.</param>
    /// <param name="policies">The documents it starts with, by file name.</param>
    /// <param name="settings">Environment variables on top of the usual ones.</param>
    /// <param name="arguments">After <c>run</c>.</param>
    public static async Task<Autoscaler> StartAsync(
        World world, IReadOnlyDictionary<string, string> policies, IReadOnlyDictionary<string, string>? settings = null, params string[] arguments)
    {
        var autoscaler = await LaunchAsync(world, policies, settings, arguments);
        try
        {
            await autoscaler.WaitUntilReadyAsync();
            return autoscaler;
        }
        catch
        {
            await autoscaler.DisposeAsync();
            throw;
        }
    }

    public static Task<Autoscaler> StartAsync(World world, string policy, params string[] arguments) =>
        StartAsync(world, new Dictionary<string, string> { ["policy.yml"] = policy }, null, arguments);

    /// <summary>Starts the program and waits for nothing.</summary>
    public static Task<Autoscaler> LaunchAsync(
        World world, IReadOnlyDictionary<string, string> policies, IReadOnlyDictionary<string, string>? settings = null, params string[] arguments) =>
        LaunchAsync(policies, world.Environment.Concat(settings ?? new Dictionary<string, string>()), arguments);

    /// <summary>Starts the program in any surroundings and waits for nothing.</summary>
    /// <param name="policies">The documents it starts with, by file name.</param>
    /// <param name="settings">Environment variables; a later one wins.</param>
    /// <param name="arguments">After <c>run</c>.</param>
    public static async Task<Autoscaler> LaunchAsync(
        IReadOnlyDictionary<string, string> policies, IEnumerable<KeyValuePair<string, string>> settings, params string[] arguments)
    {
        string folder = Directory.CreateTempSubdirectory("sas-policies-").FullName;
        foreach (var (file, text) in policies)
            await File.WriteAllTextAsync(Path.Combine(folder, file), text);
        int port = FreePort();
        string program = Path.Combine(AppContext.BaseDirectory, "swarm-autoscaler.dll");
        var start = new ProcessStartInfo("dotnet", [program, "run", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["AUTOSCALER_POLICIES"] = folder;
        start.Environment["AUTOSCALER_LISTEN"] = $"127.0.0.1:{port}";
        start.Environment["AUTOSCALER_LOG_FORMAT"] = "text";
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        return new Autoscaler(Process.Start(start)!, folder, $"http://127.0.0.1:{port}");
    }

    public Task WritePolicyAsync(string text) => File.WriteAllTextAsync(Path.Combine(Policies, "policy.yml"), text);

    public override async Task<(HttpStatusCode Status, string Body)?> ReadyAsync() =>
        await base.ReadyAsync() ?? (process.HasExited ? throw new InvalidOperationException($"the program ended with {process.ExitCode}: {Log}") : null);

    /// <summary>Asks the program to stop as Docker does; returns its exit code and how long it took.</summary>
    public async Task<(int ExitCode, TimeSpan Took)> StopAsync()
    {
        long started = Stopwatch.GetTimestamp();
        await SignalAsync("TERM");
        int exitCode = await WaitForExitAsync(20);
        return (exitCode, Stopwatch.GetElapsedTime(started));
    }

    /// <summary>Sends it a signal, for instance <c>STOP</c> and <c>CONT</c>.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        await kill.WaitForExitAsync();
    }

    public async Task<int> WaitForExitAsync(int seconds)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        try
        {
            await process.WaitForExitAsync(bound.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"the program still runs after {seconds} s: {Log}");
        }
        return process.ExitCode;
    }

    /// <summary>Ends it politely, so that the next test's autoscaler need not wait for a lease to expire.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!process.HasExited)
                await StopAsync();
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
            process.Dispose();
            Directory.Delete(Policies, recursive: true);
        }
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
