namespace SwarmAutoscaler.Deciding;

/// <summary>Number to replicas: one record per kind of target.</summary>
public interface IScalingStrategy
{
    /// <summary>The word in the policy file.</summary>
    string Word { get; }

    /// <summary>The target in base units, or null when there is no single one.</summary>
    double? Target { get; }

    /// <summary>A number per running task, which says nothing about a service with no tasks.</summary>
    bool IsPerTask { get; }

    /// <summary>The count this value asks for; the wanted count when it asks for no change.</summary>
    Verdict Recommend(double value, in StrategyContext context);
}
