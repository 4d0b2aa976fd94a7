using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Recording;

/// <summary>Policies that are loaded and stay as they are, unless a test changes them.</summary>
sealed class FixedPolicies(IReadOnlyCollection<ScalingPolicy> policies) : ILoadedPolicies
{
    public bool IsLoaded { get; set; } = true;

    public IReadOnlyCollection<ScalingPolicy> Policies => policies;

    public IReadOnlyCollection<ScalingPolicy> Ambiguous { get; set; } = [];

    public IReadOnlyList<SharedBudget> Budgets { get; set; } = [];

    public IReadOnlyList<string> Errors { get; set; } = [];
}
