using SwarmAutoscaler.Deciding;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Simulating;

/// <summary><c>model</c> of a scenario: how the service works off a load, and which of its figures each metric shows.</summary>
static class ServiceModelReader
{
    static readonly (string Word, ModelledFigure)[] Figures =
        [("queue", ModelledFigure.Queue), ("utilization", ModelledFigure.Utilization), ("rate", ModelledFigure.Rate)];

    /// <summary>Null when an error was reported.</summary>
    /// <param name="scenario">The scenario's mapping.</param>
    /// <param name="policy">The policy, whose metrics the model shows; null when it is wrong, and the names cannot be checked.</param>
    /// <param name="service">The service before the first evaluation.</param>
    public static ServiceModel? Read(FieldReader scenario, ScalingPolicy? policy, ServiceState service)
    {
        if (scenario.Has("steps"))
            scenario.Error("model", "a scenario has either 'steps' or a 'model', which makes the steps");
        if (service.Mode != ServiceMode.Replicated)
            scenario.Error("model", "a model needs a service with mode: replicated");
        if (scenario.Map("model") is not { } fields)
            return null;
        foreach (var (key, example) in (ReadOnlySpan<(string, string)>)[("capacity_per_replica", "50"), ("startup", "30s"), ("metrics", "{ jobs: queue }")])
            if (!fields.Has(key))
                fields.Error($"'{key}' is missing, write for instance {key}: {example}");
        double? capacity = fields.Parse<double>("capacity_per_replica", text =>
            !Numbers.TryParse(text, out var value) ? (null, "is not a number of arrivals per second")
            : value is <= 0 or > LoadFile.MostArrivals ? (null, $"must be above 0 and at most {LoadFile.MostArrivals}") : (value, null));
        var startup = fields.Duration("startup");
        var metrics = ReadMetrics(fields, policy?.Metrics);
        fields.Done();
        return new ServiceModel { CapacityPerReplica = capacity ?? 1, Startup = startup ?? default, Metrics = metrics };
    }

    static ModelledMetric[] ReadMetrics(FieldReader model, IReadOnlyList<MetricSpec>? metrics)
    {
        if (model.Map("metrics") is not { } fields || metrics is null)
            return [];
        ModelledMetric[] modelled = [.. metrics.Select(metric => ReadMetric(fields, metric))];
        fields.Done();
        return modelled;
    }

    /// <summary>A word, or what a step may say of a metric.</summary>
    static ModelledMetric ReadMetric(FieldReader fields, MetricSpec metric)
    {
        if (!fields.Has(metric.Name))
            fields.Error($"'{metric.Name}' is missing: a model says what each metric of the policy shows ({Words}), or a value that it always has");
        if (fields.Peek(metric.Name) is not { Length: > 0 } text || !char.IsAsciiLetter(text[0]) || text == "missing")
            return new ModelledMetric(default, ScenarioStepReader.ReadMetric(fields, metric));
        var figure = fields.Choice(metric.Name, Figures) ?? default;
        if (metric.Strategy is UtilizationTarget && figure is not ModelledFigure.Utilization && Figures.Any(each => each.Word == text))
            fields.Error(metric.Name, $"'{metric.Name}' is a share of a limit: of a model's figures only utilization is one");
        return new ModelledMetric(figure);
    }

    static string Words => string.Join(", ", Figures.Select(figure => figure.Word));
}
