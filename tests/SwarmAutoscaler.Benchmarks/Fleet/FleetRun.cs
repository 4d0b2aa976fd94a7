using System.Globalization;

namespace SwarmAutoscaler.Benchmarks.Fleet;

/// <summary>The measurements in their order, each printed as a table.</summary>
static class FleetRun
{
    public static async Task RunAsync(FleetOptions options)
    {
        string program = options.Program ?? await RunningProgram.PublishAsync();
        await using var servers = await FleetServers.StartAsync();
        await TellMachineAsync();
        foreach (string measurement in options.Measurements)
            await (measurement switch
            {
                "cycle" => CyclesAsync(program, servers, options.Counts),
                "burst" => BurstsAsync(program, servers, Ends(options.Counts)),
                "start" => TableAsync(StartMeasurement.Header, Ends(options.Counts), count => StartMeasurement.MeasureAsync(program, servers, count)),
                _ => TableAsync(LoopMeasurement.Header, options.Counts, count => LoopMeasurement.MeasureAsync(servers, count)),
            });
        await TellMachineAsync();
        if (options.Program is null)
            Directory.Delete(program, recursive: true);
    }

    /// <summary>All counts, and the largest once more with three metrics each and once with services that wait for nothing.</summary>
    static Task CyclesAsync(string program, FleetServers servers, IReadOnlyList<int> counts)
    {
        FleetCase[] variants = [new(counts[^1], IsEveryKind: true), new(counts[^1], Kind: ServiceKind.Settled)];
        var cases = counts.Select(count => new FleetCase(count)).Concat(variants);
        return TableAsync(CycleCost.Header, cases, async fleet => (await CycleMeasurement.MeasureAsync(program, servers, fleet)).ToString());
    }

    static async Task BurstsAsync(string program, FleetServers servers, IReadOnlyList<int> counts)
    {
        await servers.Services.CreateBurstAsync();
        await TableAsync(BurstMeasurement.Header, counts, count => BurstMeasurement.MeasureAsync(program, servers, count));
    }

    static int[] Ends(IReadOnlyList<int> counts) => [.. new[] { counts[0], counts[^1] }.Distinct()];

    static async Task TableAsync<T>(string header, IEnumerable<T> cases, Func<T, Task<string>> measure)
    {
        Console.WriteLine();
        Console.WriteLine(header);
        foreach (var each in cases)
            Console.WriteLine(await measure(each));
    }

    public static async Task TellMachineAsync()
    {
        string load = await File.ReadAllTextAsync("/proc/loadavg");
        string processor = File.ReadLines("/proc/cpuinfo").First(line => line.StartsWith("model name", StringComparison.Ordinal)).Split(':')[1].Trim();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"\n{Environment.ProcessorCount} cores of {processor}, {Environment.OSVersion}, .NET {Environment.Version}; load {string.Join(' ', load.Split(' ')[..3])}"));
    }
}
