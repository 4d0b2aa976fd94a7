using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using SwarmAutoscaler.TestSupport;

namespace SwarmAutoscaler.Benchmarks.Fleet;

/// <summary>The yardstick: <c>baseline/loop.sh</c>, the shell loop that people run today, on the same services and the same Prometheus.</summary>
static partial class LoopMeasurement
{
    public const string Header =
        """
        | services | engine requests a cycle | Prometheus requests a cycle | time of a cycle | CPU a cycle | CPU per service and cycle | CPU of one core at 15 s |
        |---|---|---|---|---|---|---|
        """;

    public static async Task<string> MeasureAsync(FleetServers servers, int count)
    {
        await servers.Services.BecomeAsync(count, ServiceKind.Waiting);
        await servers.FillAsync(count);
        int cycles = count == 1 ? 20 : count <= 100 ? 3 : 1;
        await using var counted = new CountingSocket(servers.Engine.Socket);
        double queries = await servers.QueriesAsync();
        long started = Stopwatch.GetTimestamp();
        double cpu = await RunAsync(servers, counted, count, cycles);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds / cycles;
        queries = (await servers.QueriesAsync() - queries) / cycles;
        return string.Create(CultureInfo.InvariantCulture,
            $"| {count} | {(double)counted.Requests / cycles:0} | {queries:0} | {seconds:0.00} s | {cpu / cycles:0.00} s | {cpu / cycles / count * 1000:0} ms "
            + $"| {cpu / cycles / (15 + seconds) * 100:0.0} % |");
    }

    /// <summary>Seconds of CPU of the loop with all programs that it starts; those of the servers are not in it.</summary>
    static async Task<double> RunAsync(FleetServers servers, CountingSocket counted, int count, int cycles)
    {
        string script = Path.Combine(Testbed.Repository, "tests", "SwarmAutoscaler.Benchmarks", "baseline", "loop.sh");
        var (exitCode, output, error) = await Testbed.ExecuteAsync("bash", ["-c", $"'{script}' && times"], new Dictionary<string, string>
        {
            ["SERVICES"] = string.Join(' ', Enumerable.Range(0, count).Select(FleetServices.Name)),
            ["DOCKER_HOST"] = $"unix://{counted.Path}",
            ["PROMETHEUS_URL"] = servers.Prometheus.OriginalString,
            ["TARGET"] = $"{SeriesPage.PerReplica}",
            ["CYCLES"] = $"{cycles}",
            ["PAUSE"] = "0",
        });
        if (exitCode != 0 || error.Length > 0)
            throw new InvalidOperationException($"the loop ended with {exitCode}: {output}{error}");
        return Times().Matches(output).Sum(match => (60 * Number(match, 1)) + Number(match, 2));
    }

    static double Number(Match match, int group) => double.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    /// <summary>What bash's <c>times</c> prints, for instance <c>0m1.234s</c>; the shell's own and its children's, user and system.</summary>
    [GeneratedRegex("([0-9]+)m([0-9.]+)s")]
    private static partial Regex Times();
}
