using System.Globalization;
using System.Text;
using System.Text.Json;

namespace SwarmAutoscaler.Applying;

/// <summary>
/// One service as the engine wrote it. Its spec goes back byte for byte, but for the replica count: whatever a spec is decoded into and encoded from
/// again loses fields that the decoder does not know, and a lost field restarts the service's tasks.
/// </summary>
sealed class ServiceDocument
{
    readonly byte[] json;
    readonly Range spec;

    ServiceDocument(byte[] json, string id, ulong version, Range spec, ServiceModeRead mode)
    {
        this.json = json;
        this.spec = spec;
        Id = id;
        Version = version;
        Mode = mode;
    }

    public string Id { get; }

    /// <summary><c>Version.Index</c>.</summary>
    public ulong Version { get; }

    public ServiceModeRead Mode { get; }

    /// <summary>Reads the answer to <c>GET /services/{id}</c>.</summary>
    public static (ServiceDocument? Document, string? Problem) Read(byte[] json)
    {
        try
        {
            return (Walk(json), null);
        }
        catch (JsonException e)
        {
            return (null, $"the engine's answer is not a service: {e.Message}");
        }
    }

    /// <summary>The spec with another count; for a replicated service.</summary>
    public byte[] SpecWith(int replicas)
    {
        var place = Mode.Place ?? throw new InvalidOperationException("only a replicated service has a replica count");
        var number = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{place.Before}{replicas}{place.After}"));
        return [.. json.AsSpan(spec.Start.Value..place.Start), .. number, .. json.AsSpan((place.Start + place.Length)..spec.End.Value)];
    }

    static ServiceDocument Walk(byte[] json)
    {
        var reader = new Utf8JsonReader(json);
        string? id = null;
        ulong? version = null;
        (Range Spec, ServiceModeRead Mode)? spec = null;
        if (!EngineJson.Enter(ref reader))
            throw new JsonException("it is null");
        while (EngineJson.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("ID"u8))
                id = EngineJson.Text(ref reader);
            else if (reader.ValueTextEquals("Version"u8))
                version = ReadVersion(ref reader);
            else if (reader.ValueTextEquals("Spec"u8))
                spec = spec is null ? ReadSpec(ref reader) : throw new JsonException("a service has two specs");
            else
                reader.Skip();
        }
        reader.Read();
        return id is not null && version is not null && spec is { } found
            ? new ServiceDocument(json, id, version.Value, found.Spec, found.Mode)
            : throw new JsonException("ID, Version or Spec is missing");
    }

    /// <summary><c>{"Index": n}</c>; null when it has no index.</summary>
    public static ulong? ReadVersion(ref Utf8JsonReader reader)
    {
        ulong? index = null;
        if (EngineJson.Enter(ref reader))
            while (EngineJson.NextProperty(ref reader))
                if (reader.ValueTextEquals("Index"u8))
                    index = EngineJson.NextNumber(ref reader);
                else
                    reader.Skip();
        return index;
    }

    static (Range, ServiceModeRead) ReadSpec(ref Utf8JsonReader reader)
    {
        if (!EngineJson.Enter(ref reader))
            throw new JsonException("the spec is null");
        int start = (int)reader.TokenStartIndex;
        ServiceModeRead? mode = null;
        while (EngineJson.NextProperty(ref reader))
            if (!reader.ValueTextEquals("Mode"u8))
                reader.Skip();
            else
                mode = mode is null ? ServiceModeReader.Read(ref reader) : throw new JsonException("a spec has two modes");
        return (start..(int)reader.BytesConsumed, mode ?? new ServiceModeRead(Measuring.ServiceMode.Unknown));
    }
}
