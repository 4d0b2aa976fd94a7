using SwarmAutoscaler.Deciding;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Simulating;

/// <summary><c>steps</c> of a scenario.</summary>
static class ScenarioStepReader
{
    /// <summary>A bare number above this is no share of a limit: somebody left out the percent sign.</summary>
    const double LargestBareShare = 10;

    static readonly (string, OutsideGate)[] Gates =
    [
        (ReasonWords.Paused, OutsideGate.Paused), (ReasonWords.NotLeader, OutsideGate.NotLeader),
        (ReasonWords.ServiceNotFound, OutsideGate.ServiceNotFound), (ReasonWords.AmbiguousPolicy, OutsideGate.AmbiguousPolicy),
    ];

    /// <param name="scenario">The scenario's mapping.</param>
    /// <param name="policy">The policy, whose metrics the steps name; null when it is wrong, and the names cannot be checked.</param>
    public static IReadOnlyList<PlacedStep> ReadAll(FieldReader scenario, ScalingPolicy? policy)
    {
        var steps = new List<PlacedStep>();
        var items = scenario.Maps("steps");
        if (items.Count == 0 && scenario.Peek("steps") is null)
            scenario.Error("steps", scenario.Has("steps") ? "'steps' is empty" : "'steps' is missing");
        foreach (var fields in items)
        {
            var step = Read(fields, policy);
            if (steps.Count > 0 && step.Step.At < steps[^1].Step.At)
                fields.Error("at", $"'at' ({step.At}) is before the step before ({steps[^1].At})");
            steps.Add(step);
        }
        return steps;
    }

    static PlacedStep Read(FieldReader fields, ScalingPolicy? policy)
    {
        if (!fields.Has("at"))
            fields.Error("'at' is missing, write for instance at: 0s");
        var step = new ScenarioStep
        {
            At = fields.Duration("at") ?? default,
            Readings = ReadMetrics(fields, policy?.Metrics),
            Replicas = fields.Int("replicas"),
            Running = fields.Int("running"),
            Rollout = InitialServiceReader.ReadRollout(fields),
            Unschedulable = fields.Int("unschedulable") ?? 0,
            Capacity = fields.Int("capacity"),
            ClosedBy = fields.Choice("closed_by", Gates),
            Expect = ReadExpectation(fields),
        };
        var placed = new PlacedStep(step, fields.Peek("at") ?? "", fields.Place("expect"));
        fields.Done();
        return placed;
    }

    static MetricReading?[] ReadMetrics(FieldReader step, IReadOnlyList<MetricSpec>? metrics)
    {
        if (step.Map("metrics") is not { } fields || metrics is null)
            return [.. (metrics ?? []).Select(_ => default(MetricReading))];
        MetricReading?[] readings = [.. metrics.Select(metric => ReadMetric(fields, metric))];
        fields.Done();
        return readings;
    }

    /// <summary>A number, a percentage, a duration or <c>missing</c>; null when the metric is left out.</summary>
    public static MetricReading? ReadMetric(FieldReader fields, MetricSpec metric)
    {
        if (fields.Has(metric.Name) && fields.Peek(metric.Name) is "missing")
            return new Missing(MissingReason.Empty, "the scenario says so");
        if (fields.Quantity(metric.Name) is not { } value)
            return null;
        if (metric.Strategy is UtilizationTarget && value > LargestBareShare && Numbers.TryParse(fields.Peek(metric.Name)!, out _))
            fields.Error(metric.Name, $"'{metric.Name}' is a share of a limit: write {fields.Peek(metric.Name)}% or a ratio such as 0.65");
        return MetricReading.Of(value);
    }

    static Expectation? ReadExpectation(FieldReader step)
    {
        if (step.Map("expect") is not { } fields)
            return null;
        var expectation = new Expectation(fields.Int("replicas"), fields.Text("reason"));
        if (!fields.Has("replicas") && !fields.Has("reason"))
            fields.Error("'expect' needs 'replicas' or 'reason'");
        if (expectation.Reason is { } reason && !ReasonWords.All.Contains(reason))
            fields.Error("reason", $"'{reason}' is not a reason{Nearest.Suggestion(reason, ReasonWords.All)}");
        fields.Done();
        return expectation;
    }
}
