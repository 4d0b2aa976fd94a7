using System.Text.Json;
using SwarmAutoscaler.Measuring;

namespace SwarmAutoscaler.Applying;

/// <summary>Reads the answer to <c>GET /nodes</c>.</summary>
static class NodeListReader
{
    /// <summary>A node that does not say whether it takes tasks makes the whole list unusable: not known is neither yes nor no.</summary>
    public static (IReadOnlyList<SwarmNode>? Nodes, string? Problem) Read(byte[] json)
    {
        try
        {
            var nodes = new List<SwarmNode>();
            var reader = EngineJson.Array(json);
            while (EngineJson.NextObject(ref reader))
                nodes.Add(ReadNode(ref reader));
            return (nodes, null);
        }
        catch (JsonException e)
        {
            return (null, $"the engine's answer is not a list of nodes: {e.Message}");
        }
    }

    static SwarmNode ReadNode(ref Utf8JsonReader reader)
    {
        string? state = null, availability = null;
        var node = new SwarmNode { Id = "" };
        while (EngineJson.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("ID"u8))
                node = node with { Id = EngineJson.Text(ref reader) ?? "" };
            else if (reader.ValueTextEquals("Spec"u8))
                node = ReadSpec(ref reader, node, ref availability);
            else if (reader.ValueTextEquals("Description"u8))
                node = ReadDescription(ref reader, node);
            else if (reader.ValueTextEquals("Status"u8))
                state = ReadState(ref reader);
            else
                reader.Skip();
        }
        return node.Id.Length > 0 && node.Role.Length > 0 && state is not null && availability is not null
            ? node with { TakesTasks = state == "ready" && availability == "active" }
            : throw new JsonException("a node without ID, Role, Availability or State");
    }

    static SwarmNode ReadSpec(ref Utf8JsonReader reader, SwarmNode node, ref string? availability)
    {
        if (EngineJson.Enter(ref reader))
            while (EngineJson.NextProperty(ref reader))
                if (reader.ValueTextEquals("Role"u8))
                    node = node with { Role = EngineJson.Text(ref reader) ?? "" };
                else if (reader.ValueTextEquals("Availability"u8))
                    availability = EngineJson.Text(ref reader);
                else if (reader.ValueTextEquals("Labels"u8))
                    node = node with { Labels = EngineJson.TextMap(ref reader) };
                else
                    reader.Skip();
        return node;
    }

    static SwarmNode ReadDescription(ref Utf8JsonReader reader, SwarmNode node)
    {
        if (EngineJson.Enter(ref reader))
            while (EngineJson.NextProperty(ref reader))
                if (reader.ValueTextEquals("Hostname"u8))
                    node = node with { Hostname = EngineJson.Text(ref reader) ?? "" };
                else if (reader.ValueTextEquals("Platform"u8))
                    node = node with { Platform = EngineJson.Enter(ref reader) ? PlacementReader.ReadPlatform(ref reader) : NodePlatform.Any };
                else if (reader.ValueTextEquals("Engine"u8))
                    node = ReadEngine(ref reader, node);
                else
                    reader.Skip();
        return node;
    }

    static SwarmNode ReadEngine(ref Utf8JsonReader reader, SwarmNode node)
    {
        if (EngineJson.Enter(ref reader))
            while (EngineJson.NextProperty(ref reader))
                if (reader.ValueTextEquals("Labels"u8))
                    node = node with { EngineLabels = EngineJson.TextMap(ref reader) };
                else
                    reader.Skip();
        return node;
    }

    static string? ReadState(ref Utf8JsonReader reader)
    {
        string? state = null;
        if (EngineJson.Enter(ref reader))
            while (EngineJson.NextProperty(ref reader))
                if (reader.ValueTextEquals("State"u8))
                    state = EngineJson.Text(ref reader);
                else
                    reader.Skip();
        return state;
    }
}
