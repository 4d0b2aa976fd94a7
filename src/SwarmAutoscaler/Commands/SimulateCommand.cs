using System.CommandLine;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;
using SwarmAutoscaler.Simulating;

namespace SwarmAutoscaler.Commands;

/// <summary><c>simulate SCENARIO…</c>: plays scenarios through the decision engine. Exit 0, 1 a scenario is invalid, 3 an expectation failed, 2 usage.</summary>
static class SimulateCommand
{
    static readonly Dictionary<string, Action<PlacedScenario, IReadOnlyList<SimulatedStep>, TextWriter>> Formats = new(StringComparer.Ordinal)
    {
        ["table"] = SimulationTable.Write,
        ["jsonl"] = SimulationLines.Write,
    };

    /// <param name="sources">The metric sources, which know the words of their metrics. They read nothing.</param>
    /// <param name="isTerminal">The output goes to a person.</param>
    public static Command Create(IReadOnlyList<IMetricSource> sources, bool isTerminal)
    {
        var paths = new Argument<string[]>("SCENARIO") { Description = "Files with scenarios; several in one file are separate YAML documents", Arity = ArgumentArity.OneOrMore };
        var format = new Option<string>("--format")
        {
            Description = "table for people, jsonl for programs. Default: table on a terminal, else jsonl",
            DefaultValueFactory = _ => isTerminal ? "table" : "jsonl",
            HelpName = string.Join('|', Formats.Keys),
        };
        var command = new Command("simulate", "Play scenarios through the decision engine, without any service or source.") { paths, format };
        command.SetAction(parsed => Run(
            parsed.GetValue(paths) ?? [], parsed.GetValue(format)!, sources, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    static int Run(string[] paths, string format, IReadOnlyList<IMetricSource> sources, TextWriter output, TextWriter error)
    {
        var wrong = paths.Where(path => !Path.Exists(path)).Select(path => $"{path}: no such file or folder").ToList();
        if (!Formats.TryGetValue(format, out var write))
            wrong.Add($"--format: '{format}' is not one of {string.Join(", ", Formats.Keys)}");
        if (wrong.Count > 0)
        {
            wrong.ForEach(error.WriteLine);
            return ExitCode.Usage;
        }
        var (scenarios, errors, warnings) = new ScenarioFiles(sources).Read(paths);
        foreach (var mistake in errors)
            error.WriteLine(mistake);
        foreach (var doubt in warnings)
            error.WriteLine(doubt with { Message = $"warning: {doubt.Message}" });
        int unexpected = scenarios.Sum(scenario => Play(scenario, write!, output, error));
        return errors.Count > 0 ? ExitCode.Errors : unexpected > 0 ? ExitCode.Unexpected : ExitCode.Good;
    }

    /// <summary>Returns how many expectations failed.</summary>
    static int Play(PlacedScenario placed, Action<PlacedScenario, IReadOnlyList<SimulatedStep>, TextWriter> write, TextWriter output, TextWriter error)
    {
        var played = Simulator.Play(placed.Scenario).ToList();
        write(placed, played, output);
        int failed = 0;
        foreach (var (step, written) in played.Zip(placed.Steps))
            if (step.Unexpected is { } unexpected)
            {
                error.WriteLine(written.Place.Error($"'{placed.Scenario.Name}' at {written.At}: {unexpected}"));
                failed++;
            }
        return failed;
    }
}
