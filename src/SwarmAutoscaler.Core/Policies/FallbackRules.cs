namespace SwarmAutoscaler.Policies;

/// <summary>What a metric recommends after it has been missing on more than <paramref name="After"/> consecutive evaluations.</summary>
/// <param name="After">Consecutive misses that are still tolerated, 0 or more.</param>
/// <param name="Replicas">The fallback count, 0 or more.</param>
/// <param name="Behavior">How the fallback count and the wanted count are combined.</param>
public sealed record FallbackRules(int After, int Replicas, FallbackBehavior Behavior);

public enum FallbackBehavior
{
    /// <summary>The fallback count.</summary>
    Static,

    /// <summary>The wanted count.</summary>
    Current,

    /// <summary>The larger of the wanted and the fallback count.</summary>
    CurrentIfHigher,

    /// <summary>The smaller of the wanted and the fallback count.</summary>
    CurrentIfLower,
}
