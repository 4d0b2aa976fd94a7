using SwarmAutoscaler.Benchmarks.Deciding;
using SwarmAutoscaler.Benchmarks.Fleet;
using SwarmAutoscaler.Benchmarks.Simulating;

switch (args)
{
    case ["decide", .. var filters]:
        DecisionBenchmarks.Run(filters);
        return 0;
    case ["simulate"]:
        await SimulationMeasurement.RunAsync();
        return 0;
    case ["fleet", .. var arguments] when FleetOptions.Read(arguments) is { } options:
        await FleetRun.RunAsync(options);
        return 0;
    default:
        await Console.Error.WriteLineAsync(FleetOptions.Usage);
        return 2;
}
