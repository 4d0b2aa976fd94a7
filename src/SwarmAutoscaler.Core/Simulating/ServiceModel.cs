using SwarmAutoscaler.Measuring;

namespace SwarmAutoscaler.Simulating;

/// <summary>
/// How a service works off a load. Work flows like water: every running replica does so much a second, what cannot be done at once waits, and nothing is
/// dropped or takes longer because others wait.
/// </summary>
public sealed record ServiceModel
{
    /// <summary>Arrivals per second that one running replica can do, above 0.</summary>
    public required double CapacityPerReplica { get; init; }

    /// <summary>Time from a decision until the new replicas run, 0 s or more.</summary>
    public required TimeSpan Startup { get; init; }

    /// <summary>One per metric of the policy, in its order.</summary>
    public required IReadOnlyList<ModelledMetric> Metrics { get; init; }
}

/// <summary>What one metric shows.</summary>
/// <param name="Figure">The figure of the model it shows.</param>
/// <param name="Fixed">What it shows whatever happens; null when it shows a figure.</param>
public readonly record struct ModelledMetric(ModelledFigure Figure, MetricReading? Fixed = null)
{
    public MetricReading Read(LoadState load) => Fixed ?? Figure switch
    {
        ModelledFigure.Queue => MetricReading.Of(load.Queue),
        ModelledFigure.Rate => MetricReading.Of(load.ArrivalsPerSecond),
        _ => load.CapacityPerSecond > 0
            ? MetricReading.Of(load.ServedPerSecond / load.CapacityPerSecond)
            : new Missing(MissingReason.Empty, "no replica is running that could be used"),
    };
}

/// <summary>A number that follows from the model.</summary>
public enum ModelledFigure
{
    /// <summary>What waits.</summary>
    Queue,

    /// <summary>
    /// What was done per second ÷ what the running replicas can do per second. At most 1, as no task uses more than its limit. Example: 90 a second done by
    /// 3 replicas that can do 50 each are 0.6.
    /// </summary>
    Utilization,

    /// <summary>Arrivals per second.</summary>
    Rate,
}

/// <summary>What the model says of one moment.</summary>
public sealed record LoadState
{
    /// <summary>On average since the evaluation before; at the very start what arrives then.</summary>
    public required double ArrivalsPerSecond { get; init; }

    /// <summary>On average since the evaluation before; at the very start what the running replicas do of what arrives.</summary>
    public required double ServedPerSecond { get; init; }

    /// <summary>What the replicas that run at this moment can do.</summary>
    public required double CapacityPerSecond { get; init; }

    /// <summary>Arrivals that have not been served.</summary>
    public required double Queue { get; init; }
}
