namespace SwarmAutoscaler.Policies;

/// <summary>The policies in force, as the metrics and the HTTP API need to know them.</summary>
interface ILoadedPolicies
{
    /// <summary>The documents have been read once, with whatever result.</summary>
    bool IsLoaded { get; }

    /// <summary>The policies in force, one per service.</summary>
    IReadOnlyCollection<ScalingPolicy> Policies { get; }

    /// <summary>One policy of each service that several documents name: evaluated, and always refused.</summary>
    IReadOnlyCollection<ScalingPolicy> Ambiguous { get; }

    /// <summary>The shared budgets in force.</summary>
    IReadOnlyList<SharedBudget> Budgets { get; }

    /// <summary>What is wrong in the documents as they are now, each as <c>file:line:column: message</c>.</summary>
    IReadOnlyList<string> Errors { get; }
}
