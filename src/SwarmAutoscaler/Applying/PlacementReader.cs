using System.Text.Json;
using SwarmAutoscaler.Measuring;

namespace SwarmAutoscaler.Applying;

/// <summary>Reads <c>TaskTemplate.Placement</c> of a service's spec.</summary>
static class PlacementReader
{
    /// <summary>The value of the property <c>Placement</c>, which the reader stands on; null when it limits nothing but the platform of the image.</summary>
    public static ServicePlacement? Read(ref Utf8JsonReader reader)
    {
        int maxPerNode = 0;
        IReadOnlyList<string> constraints = [];
        List<NodePlatform> platforms = [];
        if (EngineJson.Enter(ref reader))
            while (EngineJson.NextProperty(ref reader))
                if (reader.ValueTextEquals("MaxReplicas"u8))
                    maxPerNode = EngineJson.Count(EngineJson.NextNumber(ref reader));
                else if (reader.ValueTextEquals("Constraints"u8))
                    constraints = EngineJson.Texts(ref reader);
                else if (reader.ValueTextEquals("Platforms"u8))
                    platforms = ReadPlatforms(ref reader);
                else
                    reader.Skip();
        return maxPerNode > 0 || constraints.Count > 0 ? new ServicePlacement(maxPerNode, constraints, platforms) : null;
    }

    /// <summary>The object that was just entered.</summary>
    public static NodePlatform ReadPlatform(ref Utf8JsonReader reader)
    {
        string? os = null, architecture = null;
        while (EngineJson.NextProperty(ref reader))
            if (reader.ValueTextEquals("OS"u8))
                os = EngineJson.Text(ref reader);
            else if (reader.ValueTextEquals("Architecture"u8))
                architecture = EngineJson.Text(ref reader);
            else
                reader.Skip();
        return new NodePlatform(os ?? "", architecture ?? "");
    }

    static List<NodePlatform> ReadPlatforms(ref Utf8JsonReader reader)
    {
        var platforms = new List<NodePlatform>();
        if (EngineJson.EnterArray(ref reader))
            while (EngineJson.NextInner(ref reader, JsonTokenType.StartObject))
                platforms.Add(ReadPlatform(ref reader));
        return platforms;
    }
}
