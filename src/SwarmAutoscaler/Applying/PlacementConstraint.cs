using System.Text.RegularExpressions;

namespace SwarmAutoscaler.Applying;

/// <summary>
/// One placement constraint, by the scheduler's own rules (<c>manager/constraint</c> in moby/swarmkit): the first <c>==</c> divides, else the first
/// <c>!=</c>; keys and values are compared without case, the name of a label with it; a label that a node does not have is an empty one.
/// </summary>
/// <param name="Key">What is compared: <c>node.role</c>.</param>
/// <param name="MustBeEqual">The operator is <c>==</c> and not <c>!=</c>.</param>
/// <param name="Value">What it is compared with.</param>
sealed partial record PlacementConstraint(string Key, bool MustBeEqual, string Value)
{
    const string NodeLabel = "node.labels.", EngineLabel = "engine.labels.";

    /// <summary>The constraint, or what is wrong with it. What this program does not know is not taken for unsatisfied: the engine may know it.</summary>
    public static (PlacementConstraint? Constraint, string? Problem) Parse(string text)
    {
        bool mustBeEqual = text.Contains("==", StringComparison.Ordinal);
        string[] parts = text.Split(mustBeEqual ? "==" : "!=", 2);
        if (parts.Length < 2)
            return (null, $"'{text}' has neither == nor !=");
        string key = parts[0].Trim(), value = parts[1].Trim();
        if (!KeyForm().IsMatch(key) || !ValueForm().IsMatch(value))
            return (null, $"'{text}' is not of the form key == value");
        var constraint = new PlacementConstraint(key, mustBeEqual, value);
        return constraint.Actual(new SwarmNode { Id = "" }) is null ? (null, $"'{key}' is not evaluated here") : (constraint, null);
    }

    public bool IsSatisfiedBy(SwarmNode node) => string.Equals(Value, Actual(node), StringComparison.OrdinalIgnoreCase) == MustBeEqual;

    /// <summary>What the node has under the key; null for a key that is not known.</summary>
    string? Actual(SwarmNode node) => Key.ToLowerInvariant() switch
    {
        "node.id" => node.Id,
        "node.hostname" => node.Hostname,
        "node.role" => node.Role,
        "node.platform.os" => node.Platform.Os,
        "node.platform.arch" => node.Platform.Architecture,
        var key when key.StartsWith(NodeLabel, StringComparison.Ordinal) && key.Length > NodeLabel.Length => node.Labels.GetValueOrDefault(Key[NodeLabel.Length..], ""),
        var key when key.StartsWith(EngineLabel, StringComparison.Ordinal) && key.Length > EngineLabel.Length =>
            node.EngineLabels.GetValueOrDefault(Key[EngineLabel.Length..], ""),
        _ => null,
    };

    [GeneratedRegex(@"\A[a-z_][a-z0-9\-_.]+\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex KeyForm();

    [GeneratedRegex(@"\A[a-z0-9:\-_\s.*()?+\[\]\\^$|/]+\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ValueForm();
}
