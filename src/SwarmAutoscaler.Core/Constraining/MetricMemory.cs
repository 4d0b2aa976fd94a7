using SwarmAutoscaler.Deciding;
using SwarmAutoscaler.Measuring;

namespace SwarmAutoscaler.Constraining;

/// <summary>What is remembered of one metric from one evaluation to the next.</summary>
/// <param name="Misses">Consecutive evaluations without a value.</param>
/// <param name="StepsSince">For a step strategy: since when each step has matched without a break.</param>
public sealed record MetricMemory(int Misses, IReadOnlyList<DateTimeOffset?> StepsSince)
{
    public static MetricMemory None { get; } = new(0, []);

    /// <summary>A value resets the misses; a miss stops every step's clock, because an unknown value is no evidence that it stayed in a range.</summary>
    public MetricMemory After(MetricReading reading, IScalingStrategy strategy, DateTimeOffset now) => reading switch
    {
        Measured measured when strategy is StepScaling { HasClocks: true } steps => new MetricMemory(0, steps.Track(measured.Value, now, StepsSince)),
        Measured => None,
        _ => new MetricMemory(Misses + 1, []),
    };
}
