using System.CommandLine;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;
using SwarmAutoscaler.Simulating;
using SwarmAutoscaler.Simulating.Drawing;

namespace SwarmAutoscaler.Commands;

/// <summary><c>simulate SCENARIO…</c>: plays scenarios through the decision engine. Exit 0, 1 a scenario is invalid, 3 an expectation failed, 2 usage.</summary>
static class SimulateCommand
{
    static readonly Dictionary<string, Action<IReadOnlyList<PlayedScenario>, TextWriter>> Formats = new(StringComparer.Ordinal)
    {
        ["table"] = SimulationTable.Write,
        ["jsonl"] = SimulationLines.Write,
        ["svg"] = SimulationPicture.Write,
    };

    /// <param name="sources">The metric sources, which know the words of their metrics. They read nothing.</param>
    /// <param name="isTerminal">The output goes to a person.</param>
    public static Command Create(IReadOnlyList<IMetricSource> sources, bool isTerminal)
    {
        var paths = new Argument<string[]>("SCENARIO") { Description = "Files with scenarios; several in one file are separate YAML documents", Arity = ArgumentArity.OneOrMore };
        var format = new Option<string>("--format")
        {
            Description = "table for people, jsonl for programs, svg for a picture. Default: table on a terminal, else jsonl",
            DefaultValueFactory = _ => isTerminal ? "table" : "jsonl",
            HelpName = string.Join('|', Formats.Keys),
        };
        var load = new Option<string?>("--load")
        {
            Description = "CSV file with what arrives over time (seconds,arrivals), for scenarios with a model: the metrics follow from the load and the count",
            HelpName = "FILE",
        };
        var command = new Command("simulate", "Play scenarios through the decision engine, without any service or source.") { paths, format, load };
        command.SetAction(parsed => Run(
            new Question(parsed.GetValue(paths) ?? [], parsed.GetValue(format)!, parsed.GetValue(load)), sources,
            parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    static int Run(Question question, IReadOnlyList<IMetricSource> sources, TextWriter output, TextWriter error)
    {
        var wrong = question.Paths.Where(path => !Path.Exists(path)).Select(path => $"{path}: no such file or folder").ToList();
        if (question.Load is { } path && !File.Exists(path))
            wrong.Add($"--load: {path}: no such file");
        if (!Formats.TryGetValue(question.Format, out var write))
            wrong.Add($"--format: '{question.Format}' is not one of {string.Join(", ", Formats.Keys)}");
        if (wrong.Count > 0)
            return Refuse(wrong, error);
        var (scenarios, mistakes, warnings) = new ScenarioFiles(sources).Read(question.Paths);
        var errors = mistakes.ToList();
        var misused = Misused(question, scenarios, isWhole: errors.Count == 0).ToList();
        var load = misused.Count == 0 && question.Load is not null ? LoadFile.Read(question.Load, errors) : null;
        var played = misused.Count > 0 ? [] : scenarios.Where(scenario => scenario.Scenario.Model is null || load is not null)
            .Select(scenario => PlayedScenario.Play(scenario, load, errors)).OfType<PlayedScenario>().ToList();
        foreach (var mistake in errors)
            error.WriteLine(mistake);
        foreach (var doubt in warnings)
            error.WriteLine(doubt with { Message = $"warning: {doubt.Message}" });
        if (misused.Count > 0)
            return Refuse(misused, error);
        write!(played, output);
        int unexpected = played.Sum(scenario => TellUnexpected(scenario, error));
        return errors.Count > 0 ? ExitCode.Errors : unexpected > 0 ? ExitCode.Unexpected : ExitCode.Good;
    }

    /// <summary>A model needs a load, and a load a model. A scenario with mistakes might have had the model.</summary>
    static IEnumerable<string> Misused(Question question, IReadOnlyList<PlacedScenario> scenarios, bool isWhole)
    {
        var modelled = scenarios.Where(scenario => scenario.Scenario.Model is not null);
        return question.Load is null
            ? modelled.Select(scenario => scenario.ModelPlace.Error("a scenario with a 'model' needs a load, give it with --load FILE").ToString())
            : isWhole && !modelled.Any() ? ["--load: none of the scenarios has a 'model' that could work off a load"] : [];
    }

    static int Refuse(IEnumerable<string> because, TextWriter error)
    {
        foreach (var line in because)
            error.WriteLine(line);
        return ExitCode.Usage;
    }

    /// <summary>Returns how many expectations failed.</summary>
    static int TellUnexpected(PlayedScenario played, TextWriter error)
    {
        int failed = 0;
        foreach (var (step, written) in played.Steps.Zip(played.Placed.Steps))
            if (step.Unexpected is { } unexpected)
            {
                error.WriteLine(written.Place.Error($"'{played.Scenario.Name}' at {written.At}: {unexpected}"));
                failed++;
            }
        return failed;
    }

    /// <summary>What was asked on the command line.</summary>
    sealed record Question(string[] Paths, string Format, string? Load);
}
