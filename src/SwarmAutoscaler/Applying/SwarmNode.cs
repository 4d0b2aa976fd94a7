using SwarmAutoscaler.Measuring;

namespace SwarmAutoscaler.Applying;

/// <summary>A node of the Swarm, as far as the placement of tasks looks at it. What the engine does not say is empty.</summary>
sealed record SwarmNode
{
    public required string Id { get; init; }

    /// <summary><c>manager</c> or <c>worker</c>.</summary>
    public string Role { get; init; } = "";

    public string Hostname { get; init; } = "";

    public NodePlatform Platform { get; init; } = NodePlatform.Any;

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> EngineLabels { get; init; } = new Dictionary<string, string>();

    /// <summary>It is up (<c>Status.State</c> is <c>ready</c>) and takes tasks (<c>Spec.Availability</c> is <c>active</c>).</summary>
    public bool TakesTasks { get; init; }
}
