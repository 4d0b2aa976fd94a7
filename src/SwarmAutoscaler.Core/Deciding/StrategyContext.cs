using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Deciding;

/// <summary>What a strategy may look at besides the value.</summary>
public readonly record struct StrategyContext
{
    /// <summary>Replicas in the service's spec.</summary>
    public required int Wanted { get; init; }

    /// <summary>Running tasks, at least 1.</summary>
    public required int Running { get; init; }

    public required double ToleranceUp { get; init; }

    public required double ToleranceDown { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>Since when each step of a step strategy has matched without a break; empty for other strategies.</summary>
    public IReadOnlyList<DateTimeOffset?> StepsSince { get; init; }
}
