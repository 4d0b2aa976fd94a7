using SwarmAutoscaler.Measuring;

namespace SwarmAutoscaler.Policies;

/// <summary>What all policies may refer to, put together from the shared documents and the environment.</summary>
sealed record SharedSettings
{
    /// <summary>By kind and name.</summary>
    public required IReadOnlyDictionary<(string Kind, string Name), MetricConnection> Connections { get; init; }

    public required IReadOnlyDictionary<string, MetricPreset> Presets { get; init; }

    /// <summary>What a policy inherits, or null.</summary>
    public required PlacedNode? Defaults { get; init; }

    public IEnumerable<string> ConnectionsOf(string kind) =>
        Connections.Keys.Where(key => key.Kind == kind).Select(key => key.Name).Order(StringComparer.Ordinal);
}

/// <summary>The definitions of one shared document that had no errors of its own.</summary>
sealed record SharedDocument
{
    public required IReadOnlyDictionary<(string Kind, string Name), MetricConnection> Connections { get; init; }

    public required IReadOnlyDictionary<string, MetricPreset> Presets { get; init; }

    public required PlacedNode? Defaults { get; init; }
}
