using YamlDotNet.RepresentationModel;

namespace SwarmAutoscaler.Policies;

/// <summary>What a document is, by its keys.</summary>
enum DocumentKind
{
    /// <summary>Has the key <c>service</c>.</summary>
    Policy,

    /// <summary>Has a key of shared settings.</summary>
    Shared,

    /// <summary>Neither; never valid.</summary>
    Unknown,
}

/// <summary>The YAML shape of one document of a file, not yet understood.</summary>
sealed class PolicyDocument(string file, int index, YamlNode root)
{
    /// <summary>The keys that make a document one of shared settings.</summary>
    public static IReadOnlyList<string> SharedKeys { get; } = ["connections", "defaults", "presets", "budgets"];

    /// <summary>Which document this is across reloads: the file and the place in it, from 0.</summary>
    public DocumentPlace Place { get; } = new(file, index);

    public PlacedNode Root { get; } = new(file, root);

    public DocumentKind Kind { get; } = KindOf(root);

    /// <summary>The service a policy claims, as far as it is readable.</summary>
    public string? Service { get; } = (new PlacedNode(file, root).Find("service")?.Node as YamlScalarNode)?.Value is { Length: > 0 } service ? service : null;

    static DocumentKind KindOf(YamlNode root)
    {
        var place = new PlacedNode("", root);
        return place.Find("service") is not null ? DocumentKind.Policy
            : SharedKeys.Any(key => place.Find(key) is not null) ? DocumentKind.Shared
            : DocumentKind.Unknown;
    }
}

/// <summary>The place of a document: file and number in it, from 0.</summary>
sealed record DocumentPlace(string File, int Index);
