using System.Globalization;
using SwarmAutoscaler.Deciding;
using SwarmAutoscaler.Measuring;

namespace SwarmAutoscaler.Simulating;

/// <summary>A scenario as people read it: one row per step, and under it the steps that led to the number.</summary>
static class SimulationTable
{
    static readonly string[] Headings = ["at", "replicas", "action", "reason", "metrics"];

    public static void Write(PlacedScenario placed, IReadOnlyList<SimulatedStep> played, TextWriter output)
    {
        var rows = played.Zip(placed.Steps, (step, written) => Row(written.At, step.Decision)).ToList();
        int[] widths = [.. Headings.Select((heading, i) => rows.Max(row => row[i].Length) is var widest && widest > heading.Length ? widest : heading.Length)];
        output.WriteLine($"{placed.Scenario.Name} ({placed.Scenario.Policy.Service})");
        output.WriteLine(Line(Headings, widths));
        foreach (var (row, step) in rows.Zip(played))
        {
            output.WriteLine(Line(row, widths));
            string indent = new(' ', widths[0] + 4);
            foreach (var moved in step.Decision.Trail)
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{indent}{moved.Step} {moved.From} -> {moved.To}: {moved.Because}"));
            if (step.Unexpected is { } unexpected)
                output.WriteLine($"{indent}UNEXPECTED: {unexpected}");
        }
        output.WriteLine();
    }

    static string[] Row(string at, ScalingDecision decision) =>
    [
        at,
        decision.Action == ScalingAction.Hold ? Text(decision.Current) : $"{Text(decision.Current)} -> {Text(decision.Desired)}",
        decision.Action.Word(),
        decision.Reason,
        string.Join(", ", decision.Recommendations.Select(Metric)),
    ];

    static string Metric(Recommendation recommendation)
    {
        string value = recommendation.Reading is Measured measured ? measured.Value.ToString("0.####", CultureInfo.InvariantCulture) : "missing";
        return recommendation.Replicas is { } replicas ? $"{recommendation.Metric} {value} wants {Text(replicas)}" : $"{recommendation.Metric} {value}";
    }

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    static string Line(string[] cells, int[] widths) => string.Join("  ", cells.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd();
}
