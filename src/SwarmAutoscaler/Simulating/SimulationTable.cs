using System.Globalization;
using SwarmAutoscaler.Deciding;
using SwarmAutoscaler.Measuring;

namespace SwarmAutoscaler.Simulating;

/// <summary>
/// A scenario as people read it: one row per step, and under it the steps that led to the number; at the end the whole course in one line. Under a load, which
/// has thousands of steps, those rows only in which the count changed, and what the load came to.
/// </summary>
static class SimulationTable
{
    public static void Write(IReadOnlyList<PlayedScenario> scenarios, TextWriter output)
    {
        foreach (var played in scenarios)
            Write(played, output);
    }

    static void Write(PlayedScenario played, TextWriter output)
    {
        var bar = new CountBar(played.Steps);
        string[] headings = ["at", "replicas", bar.Heading, "action", "reason", .. played.Summary is null ? Array.Empty<string>() : ["load"], "metrics"];
        var shown = Enumerable.Range(0, played.Steps.Count).Where(i => played.Summary is null || played.Steps[i].Decision.Action != ScalingAction.Hold).ToList();
        var rows = shown.Select(i => Row(played.At(i), played.Steps[i], bar)).ToList();
        int[] widths = [.. headings.Select((heading, i) => rows.Select(row => row[i].Length).Append(heading.Length).Max())];
        output.WriteLine($"{played.Scenario.Name} ({played.Scenario.Policy.Service})");
        output.WriteLine(Line(headings, widths));
        foreach (var (row, step) in rows.Zip(shown.Select(i => played.Steps[i])))
        {
            output.WriteLine(Line(row, widths));
            string indent = new(' ', widths[0] + 4);
            foreach (var moved in step.Decision.Trail)
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{indent}{moved.Step} {moved.From} -> {moved.To}: {moved.Because}"));
            if (step.Unexpected is { } unexpected)
                output.WriteLine($"{indent}UNEXPECTED: {unexpected}");
        }
        int[] counts = [.. played.Steps.Select(step => step.After)];
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Sparkline.Of(counts)}  lowest {counts.Min()}, highest {counts.Max()}"));
        if (played.Summary is { } summary)
            foreach (var line in LoadReport.Lines(summary, played.Steps.Count, shown.Count))
                output.WriteLine(line);
        output.WriteLine();
    }

    static string[] Row(string at, SimulatedStep step, CountBar bar)
    {
        var decision = step.Decision;
        return
        [
            at,
            decision.Action == ScalingAction.Hold ? Text(decision.Current) : $"{Text(decision.Current)} -> {Text(decision.Desired)}",
            bar.Draw(step.After, decision.Bounds),
            decision.Action.Word(),
            decision.Reason,
            .. step.Step.Load is { } load ? [$"{Text(load.ArrivalsPerSecond)}/s of {Text(load.CapacityPerSecond)}/s, {Text(load.Queue)} wait"] : Array.Empty<string>(),
            string.Join(", ", decision.Recommendations.Select(Metric)),
        ];
    }

    static string Metric(Recommendation recommendation)
    {
        string value = recommendation.Reading is Measured measured ? measured.Value.ToString("0.####", CultureInfo.InvariantCulture) : "missing";
        return recommendation.Replicas is { } replicas ? $"{recommendation.Metric} {value} wants {Text(replicas)}" : $"{recommendation.Metric} {value}";
    }

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    static string Text(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);

    static string Line(string[] cells, int[] widths) => string.Join("  ", cells.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd();
}
