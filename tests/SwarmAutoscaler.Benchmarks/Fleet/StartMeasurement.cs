using System.Globalization;

namespace SwarmAutoscaler.Benchmarks.Fleet;

/// <summary>From the start of the process to the first 200 of <c>/ready</c>.</summary>
static class StartMeasurement
{
    const int Starts = 5;

    public const string Header =
        """
        | policies | start to ready: median | worst |
        |---|---|---|
        """;

    public static async Task<string> MeasureAsync(string program, FleetServers servers, int count)
    {
        var fleet = new FleetCase(count);
        await servers.Services.BecomeAsync(fleet.Policies, fleet.Kind);
        string policies = await FleetPolicies.WriteAsync(fleet, "15s");
        var times = new List<double>();
        for (int i = 0; i < Starts; i++)
        {
            await using var running = await RunningProgram.StartAsync(program, servers, policies);
            times.Add(running.TimeToReady.TotalSeconds);
        }
        Directory.Delete(policies, recursive: true);
        times.Sort();
        return string.Create(CultureInfo.InvariantCulture, $"| {count} | {BurstMeasurement.Median(times) * 1000:0} ms | {times[^1] * 1000:0} ms |");
    }
}
