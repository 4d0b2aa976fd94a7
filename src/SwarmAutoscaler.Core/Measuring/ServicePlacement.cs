namespace SwarmAutoscaler.Measuring;

/// <summary>Where the tasks of a service may be placed: <c>TaskTemplate.Placement</c> of its spec. Only of services that say something about it.</summary>
/// <param name="MaxPerNode">At most so many tasks on one node; 0 for any number.</param>
/// <param name="Constraints">As they stand in the spec: <c>node.labels.disk == ssd</c>. All must be satisfied.</param>
/// <param name="Platforms">The platforms of the image; empty for any.</param>
public sealed record ServicePlacement(int MaxPerNode, IReadOnlyList<string> Constraints, IReadOnlyList<NodePlatform> Platforms);

/// <summary>Operating system and architecture, in the engine's words; empty for any.</summary>
public sealed record NodePlatform(string Os, string Architecture)
{
    public static NodePlatform Any { get; } = new("", "");
}
