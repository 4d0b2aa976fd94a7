using System.Diagnostics;
using System.Globalization;
using SwarmAutoscaler.Benchmarks.Fleet;

namespace SwarmAutoscaler.Benchmarks.Simulating;

/// <summary>
/// What a person waits for: the command as a process of its own, published as in the image, for a day at 15 s (5,760 evaluations, two metrics, a row of load
/// a minute) with each output, 11 times.
/// </summary>
static class SimulationMeasurement
{
    const int Runs = 11;

    const string Scenario = """
        name: a day
        policy:
          service: worker
          replicas: { min: 2, max: 50 }
          metrics:
            - { name: jobs, source: redis, key: jobs, target: { per_replica: 200 } }
            - { name: cpu, source: prometheus, preset: cpu, target: { utilization: 65% } }
        service: { replicas: 2 }
        model: { capacity_per_replica: 12, startup: 45s, metrics: { jobs: queue, cpu: utilization } }
        """;

    public static async Task RunAsync()
    {
        string program = await RunningProgram.PublishAsync(), folder = Directory.CreateTempSubdirectory("simulate-").FullName;
        string scenario = Path.Combine(folder, "day.yml"), load = Path.Combine(folder, "day.csv");
        await File.WriteAllTextAsync(scenario, Scenario);
        await File.WriteAllLinesAsync(load, Enumerable.Range(0, 1441).Select(Row));
        await FleetRun.TellMachineAsync();
        Console.WriteLine("\n| output | time: median | worst | thousand characters |\n|---|---|---|---|");
        foreach (string format in (ReadOnlySpan<string>)["table", "jsonl", "svg"])
            Console.WriteLine(Measure(program, format, ["simulate", "--format", format, "--load", load, scenario]));
        Console.WriteLine(Measure(program, "help alone, for comparison", ["simulate", "--help"]));
        await FleetRun.TellMachineAsync();
        Directory.Delete(folder, recursive: true);
        Directory.Delete(program, recursive: true);
    }

    /// <summary>A calm night, a busy day, and every twelve minutes two minutes of twice as much, so that the count changes often.</summary>
    static string Row(int minute)
    {
        double day = 100 - 90 * Math.Cos(2 * Math.PI * minute / 1440);
        return string.Create(CultureInfo.InvariantCulture, $"{minute * 60},{day * (minute % 12 < 2 ? 2 : 1):0.###}");
    }

    static string Measure(string program, string name, string[] arguments)
    {
        var times = new List<double>();
        int size = 0;
        for (int run = 0; run < Runs; run++)
        {
            var start = new ProcessStartInfo(Path.Combine(program, "swarm-autoscaler"), arguments) { RedirectStandardOutput = true };
            start.Environment["DOTNET_ROOT"] = RunningProgram.DotnetRoot;
            long begun = Stopwatch.GetTimestamp();
            using var process = Process.Start(start)!;
            size = process.StandardOutput.ReadToEnd().Length;
            process.WaitForExit();
            times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"simulate ended with {process.ExitCode}");
        }
        times.Sort();
        return string.Create(CultureInfo.InvariantCulture, $"| {name} | {times[Runs / 2]:0} ms | {times[^1]:0} ms | {size / 1000.0:#,0} |");
    }
}
