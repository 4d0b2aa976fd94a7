using SwarmAutoscaler.Measuring;

namespace SwarmAutoscaler.Deciding;

/// <summary>What one metric wants.</summary>
/// <param name="Metric">The metric's name in the policy.</param>
/// <param name="Reading">What was measured.</param>
/// <param name="Replicas">The count it asks for; null when it is missing or does not apply.</param>
/// <param name="Because">One sentence with the figures used.</param>
/// <param name="Kind">Where the count comes from, or why there is none.</param>
public sealed record Recommendation(string Metric, MetricReading Reading, int? Replicas, string Because, RecommendationKind Kind)
{
    /// <summary>The fallback stands in for a metric that has been missing for too long.</summary>
    public bool IsFallback => Kind == RecommendationKind.Fallback;
}

public enum RecommendationKind
{
    /// <summary>The strategy's answer to a measured value.</summary>
    Measured,

    /// <summary>The policy's fallback in place of a missing value.</summary>
    Fallback,

    /// <summary>The value is not known; the count may grow, never shrink.</summary>
    Missing,

    /// <summary>A number per task says nothing about a service without tasks: neither zero nor missing.</summary>
    NotApplicable,
}
