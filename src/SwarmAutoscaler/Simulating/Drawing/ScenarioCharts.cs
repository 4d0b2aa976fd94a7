using SwarmAutoscaler.Deciding;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Simulating.Drawing;

/// <summary>What is drawn of a scenario: the count, each metric against its target, and the load.</summary>
static class ScenarioCharts
{
    /// <summary>With more steps only changes have a point; the points would hide the curve, and their texts would make up the file.</summary>
    const int MostPoints = 60;

    public static IEnumerable<Chart> Of(PlayedScenario played)
    {
        yield return Replicas(played);
        if (played.Summary is not null)
        {
            yield return new Chart("load (per second)",
            [
                Line("capacity of the running replicas", PictureStyle.Capacity, played, step => step.Step.Load!.CapacityPerSecond) with { IsStepped = true },
                Line("arrivals", PictureStyle.Load, played, step => step.Step.Load!.ArrivalsPerSecond),
            ]);
            if (!played.Scenario.Model!.Metrics.Any(metric => metric is { Figure: ModelledFigure.Queue, Fixed: null }))
                yield return new Chart("queue (arrivals that wait)", [Line("queue", PictureStyle.Queue, played, step => step.Step.Load!.Queue)]);
        }
        for (int i = 0; i < played.Scenario.Policy.Metrics.Count; i++)
            yield return Metric(played, i);
    }

    static Chart Replicas(PlayedScenario played)
    {
        var count = played.Steps.SelectMany(step => new (TimeSpan, double?)[] { (step.Step.At, step.Decision.Current), (step.Step.At, step.After) });
        bool isRunningSaid = played.Steps.Any(step => step.Step.Running is not null); // else all that are wanted run before the next step
        double highest = played.Steps.Max(step => Math.Max(step.Decision.Current, step.Decision.Desired));
        return new Chart("replicas",
        [
            .. isRunningSaid ? [Line("running, as seen", PictureStyle.Running, played, step => step.Decision.Running) with { IsStepped = true }] : Array.Empty<Curve>(),
            new Curve("count", PictureStyle.Count, [.. count]) { IsStepped = true },
        ])
        {
            Height = 180,
            Numbers = AxisNumbers.Whole,
            HighestTop = Math.Max(4, 2 * highest), // a maximum far away would press the curve to the ground
            Band = new Band("bounds in force", [.. played.Steps.Select(step => (step.Step.At, (double)step.Decision.Bounds.Min, (double)step.Decision.Bounds.Max))]),
            Marks = [.. Enumerable.Range(0, played.Steps.Count)
                .Where(i => played.Steps.Count <= MostPoints || played.Steps[i].Decision.Action != ScalingAction.Hold || played.Steps[i].Unexpected is not null)
                .Select(i => Decided(played.At(i), played.Steps[i]))],
        };
    }

    static Mark Decided(string at, SimulatedStep step)
    {
        var decision = step.Decision;
        var lines = decision.Trail.Select(moved => FormattableString.Invariant($"{moved.Step} {moved.From} → {moved.To}: {moved.Because}"));
        return new Mark(step.Step.At, decision.Desired,
            step.Unexpected is not null ? PictureStyle.Unexpected
                : decision.Action switch { ScalingAction.ScaleUp => PictureStyle.Up, ScalingAction.ScaleDown => PictureStyle.Down, _ => PictureStyle.Hold },
            string.Join('\n', lines
                .Prepend(FormattableString.Invariant($"{at}: {decision.Current} → {decision.Desired}, {decision.Action.Word()}, {decision.Reason}"))
                .Concat(step.Unexpected is { } unexpected ? [unexpected] : [])));
    }

    static Chart Metric(PlayedScenario played, int metric)
    {
        var spec = played.Scenario.Policy.Metrics[metric];
        bool isShare = spec.Strategy is UtilizationTarget;
        return new Chart($"{spec.Name} ({(isShare ? "share of the limit" : spec.Strategy is PerReplicaTarget ? "total" : "value")})",
        [
            .. Targets(played, spec.Strategy),
            Line("measured", PictureStyle.Value, played, step => (step.Decision.Recommendations.ElementAtOrDefault(metric)?.Reading as Measured)?.Value),
        ])
        {
            Numbers = isShare ? AxisNumbers.Percent : AxisNumbers.Plain,
            Marks = [.. Enumerable.Range(0, played.Steps.Count)
                .Where(i => played.Steps[i].Decision.Recommendations.Count > metric)
                .Select(i => Read(played.At(i), played.Steps[i].Step.At, played.Steps[i].Decision.Recommendations[metric]))
                .Where(mark => played.Steps.Count <= MostPoints || mark.Style == PictureStyle.Missing)],
        };
    }

    static Mark Read(string at, TimeSpan time, Recommendation recommendation)
    {
        string wants = recommendation.Replicas is { } replicas ? FormattableString.Invariant($", wants {replicas}") : "";
        return recommendation.Reading is Measured measured
            ? new Mark(time, measured.Value, PictureStyle.Hold, $"{at}: {PictureText.Number(measured.Value)}{wants}\n{recommendation.Because}")
            : new Mark(time, 0, PictureStyle.Missing, $"{at}: missing{wants}\n{recommendation.Because}");
    }

    /// <summary>What a total is compared with grows with the replicas that share it.</summary>
    static IEnumerable<Curve> Targets(PlayedScenario played, IScalingStrategy strategy) => strategy switch
    {
        PerReplicaTarget each =>
            [Line($"target {PictureText.Number(each.Value)} a replica × running", PictureStyle.Target, played, step => each.Value * Math.Max(1, step.Decision.Running)) with { IsStepped = true }],
        UtilizationTarget share => [Line($"target {PictureText.Number(share.Ratio * 100)} %", PictureStyle.Target, played, _ => share.Ratio) with { IsStepped = true }],
        StepScaling ranges => ranges.Steps.SelectMany(range => new[] { range.Above, range.Below }).OfType<double>().Distinct().Order()
            .Select((end, i) => Line(i == 0 ? "ends of the steps" : null, PictureStyle.Target, played, _ => end) with { IsStepped = true }),
        { Target: { } target } => [Line($"target {PictureText.Number(target)}", PictureStyle.Target, played, _ => target) with { IsStepped = true }],
        _ => [],
    };

    static Curve Line(string? name, string style, PlayedScenario played, Func<SimulatedStep, double?> value) =>
        new(name, style, [.. played.Steps.Select(step => (step.Step.At, value(step)))]);
}
