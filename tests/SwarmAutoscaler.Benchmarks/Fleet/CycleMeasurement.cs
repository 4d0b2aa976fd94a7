using System.Diagnostics;
using System.Globalization;

namespace SwarmAutoscaler.Benchmarks.Fleet;

/// <summary>What a cycle costs at an interval of 15 s: requests, time, CPU, memory. The metrics page is fetched once an interval, as Prometheus would.</summary>
static class CycleMeasurement
{
    const int Cycles = 4;

    static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    /// <summary>The first cycles open connections and compile; the CPU is measured after them.</summary>
    static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(25);

    public static async Task<CycleCost> MeasureAsync(string program, FleetServers servers, FleetCase fleet)
    {
        await servers.Services.BecomeAsync(fleet.Policies, fleet.Kind);
        await servers.FillAsync(fleet.Policies);
        string policies = await FleetPolicies.WriteAsync(fleet, "15s");
        await using var running = await RunningProgram.StartAsync(program, servers, policies);
        await Task.Delay(WarmUp);

        var first = await running.MetricsAsync();
        long started = Stopwatch.GetTimestamp();
        var (before, last, durations) = (first, first, new List<double>());
        for (int i = 1; i <= Cycles; i++)
        {
            await Task.Delay(i * Interval - Stopwatch.GetElapsedTime(started));
            last = await running.MetricsAsync();
            durations.Add(Growth(before, last, "swarm_autoscaler_evaluation_duration_seconds_sum") / Count(before, last));
            before = last;
        }
        double cpu = Growth(first, last, "process_cpu_seconds_total") / Stopwatch.GetElapsedTime(started).TotalSeconds;
        Require(last, fleet);
        Directory.Delete(policies, recursive: true);
        return new CycleCost(fleet, Requests(first, last), durations, cpu, running.Memory("VmRSS"), running.Memory("VmHWM"));
    }

    static double Growth(MetricsText before, MetricsText after, string name) => after.Sum(name) - before.Sum(name);

    static double Count(MetricsText before, MetricsText after) => Growth(before, after, "swarm_autoscaler_evaluation_duration_seconds_count");

    /// <summary>Per cycle, by backend and by the engine's operation.</summary>
    static SortedDictionary<string, double> Requests(MetricsText before, MetricsText after)
    {
        var requests = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var (name, label, prefix) in new[] { ("source", "source", ""), ("engine", "operation", "engine ") })
            foreach (var (key, total) in after.By($"swarm_autoscaler_{name}_requests_total", label))
            {
                double perCycle = (total - before.By($"swarm_autoscaler_{name}_requests_total", label).GetValueOrDefault(key)) / Count(before, after);
                if (perCycle > 0)
                    requests[prefix + key] = perCycle;
            }
        return requests;
    }

    /// <summary>A run in which something was missing or changed measures something else.</summary>
    static void Require(MetricsText page, FleetCase fleet)
    {
        double loaded = page.Sum("swarm_autoscaler_policies_loaded"), missing = page.Sum("swarm_autoscaler_metric_missing_total");
        double changes = page.Sum("swarm_autoscaler_changes_total"), values = page.By("swarm_autoscaler_metric_value", "service").Count;
        if (loaded != fleet.Policies || values != fleet.Policies || missing > 0 || changes > 0)
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                $"{fleet}: {loaded} policies, {values} with a value, {missing} misses, {changes} changes"));
    }
}

/// <param name="Fleet">Of what.</param>
/// <param name="Requests">Per cycle, by backend and operation.</param>
/// <param name="Durations">Of each cycle, seconds.</param>
/// <param name="Cpu">Share of one core, 0–1.</param>
/// <param name="Resident">MiB at the end.</param>
/// <param name="Peak">The most MiB since the start.</param>
sealed record CycleCost(FleetCase Fleet, IReadOnlyDictionary<string, double> Requests, IReadOnlyList<double> Durations, double Cpu, double Resident, double Peak)
{
    public const string Header =
        """
        | policies | requests a cycle | cycle: mean | worst | CPU of one core | resident | peak |
        |---|---|---|---|---|---|---|
        """;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"| {Fleet} | {string.Join(", ", Requests.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} {pair.Value:0.##}")))} "
        + $"| {Durations.Average() * 1000:0} ms | {Durations.Max() * 1000:0} ms | {Cpu * 100:0.00} % | {Resident:0} MiB | {Peak:0} MiB |");
}
