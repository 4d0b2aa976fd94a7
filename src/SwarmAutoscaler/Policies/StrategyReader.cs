using SwarmAutoscaler.Deciding;

namespace SwarmAutoscaler.Policies;

/// <summary>How a metric's number becomes replicas: <c>target</c> or <c>steps</c>. A new strategy is one line in <see cref="Targets"/>.</summary>
static class StrategyReader
{
    /// <summary>Each reads its own key; null when the key is absent or wrong.</summary>
    static readonly IReadOnlyList<(string Word, Func<FieldReader, IScalingStrategy?> Read)> Targets =
    [
        ("utilization", target => AboveZero(target, "utilization", target.Share("utilization")) is { } ratio ? new UtilizationTarget(ratio) : null),
        ("value", target => AboveZero(target, "value", target.Quantity("value")) is { } value ? new ValueTarget(value) : null),
        ("per_replica", target => AboveZero(target, "per_replica", target.Quantity("per_replica")) is { } value ? new PerReplicaTarget(value) : null),
        ("passthrough", ReadPassthrough),
    ];

    static string Words => string.Join(", ", Targets.Select(target => target.Word));

    public static IScalingStrategy? Read(FieldReader metric)
    {
        bool hasTarget = metric.Has("target"), hasSteps = metric.Has("steps");
        if (hasTarget == hasSteps)
            metric.Error(hasTarget ? "a metric has either 'target' or 'steps', not both" : "a metric needs 'target' or 'steps'");
        var target = hasTarget ? ReadTarget(metric) : null;
        var steps = hasSteps ? StepsReader.Read(metric) : null;
        return hasTarget == hasSteps ? null : target ?? steps;
    }

    static IScalingStrategy? ReadTarget(FieldReader metric)
    {
        if (metric.Peek("target") is "passthrough")
            return new Passthrough();
        if (metric.Peek("target") is not null)
        {
            metric.Error("target", $"'target' must be a mapping with one of {Words}");
            return null;
        }
        if (metric.Map("target") is not { } fields)
            return null;
        if (Targets.Count(target => fields.Has(target.Word)) != 1)
            fields.Error($"'target' needs exactly one of {Words}");
        var read = Targets.Select(target => target.Read(fields)).OfType<IScalingStrategy>().ToList();
        fields.Done();
        return read.Count == 1 ? read[0] : null;
    }

    static Passthrough? ReadPassthrough(FieldReader target)
    {
        if (target.Flag("passthrough") is false)
            target.Error("passthrough", "'passthrough' can only be true");
        return target.Has("passthrough") ? new Passthrough() : null;
    }

    static double? AboveZero(FieldReader fields, string key, double? value)
    {
        if (value is not <= 0)
            return value;
        fields.Error(key, $"'{key}' must be above 0");
        return null;
    }
}
