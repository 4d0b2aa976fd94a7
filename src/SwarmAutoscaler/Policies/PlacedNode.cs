using YamlDotNet.RepresentationModel;

namespace SwarmAutoscaler.Policies;

/// <summary>A YAML node and the file it stands in, so that an error names the right file when a value comes from shared defaults.</summary>
readonly record struct PlacedNode(string File, YamlNode Node)
{
    public DocumentError Error(string message) => EnvironmentPolicy.VariableAt(File, Node.Start.Line) is { } variable
        ? new DocumentError(variable, 0, 0, message)
        : new DocumentError(File, Node.Start.Line, Node.Start.Column, message);

    /// <summary>The value of a key, or null when this is no mapping or has no such key.</summary>
    public PlacedNode? Find(string key) =>
        Node is YamlMappingNode mapping && mapping.Children.TryGetValue(new YamlScalarNode(key), out var node) ? new PlacedNode(File, node) : null;

    /// <summary><c>file:line</c>, or the variable, for messages that point to another place.</summary>
    public override string ToString() => EnvironmentPolicy.VariableAt(File, Node.Start.Line) ?? $"{File}:{Node.Start.Line}";
}
