using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using SwarmAutoscaler.Applying;

namespace SwarmAutoscaler.Coordinating;

/// <summary>Swarm's config objects: their labels can be changed, their data cannot.</summary>
sealed class SwarmConfigs(EngineClient engine) : IConfigStore
{
    /// <summary>What <c>docker config inspect</c> shows to somebody who wonders; a config cannot be empty.</summary>
    static readonly byte[] Data = Encoding.UTF8.GetBytes("Kept by SwarmAutoscaler in the labels of this config. Do not remove it while an autoscaler runs.\n");

    public async Task<ConfigLookup> ReadAsync(string name, CancellationToken cancellation)
    {
        var (answer, at) = await engine.GetAsync("read_config", $"/configs/{Uri.EscapeDataString(name)}", cancellation);
        return answer switch
        {
            Answered { IsSuccess: true, Body: var body } => Parse(name, body, at),
            Answered { Status: HttpStatusCode.NotFound } => new AbsentConfig(at),
            Answered { IsForbidden: true } => new UnreadConfig(Text(answer, at), IsForbidden: true),
            _ => new UnreadConfig(Text(answer, at)),
        };
    }

    public async Task<ConfigWrite> CreateAsync(string name, AbsentConfig absent, IReadOnlyDictionary<string, string> labels, CancellationToken cancellation)
    {
        var body = Spec(name, labels, Data);
        return Written(await engine.PostAsync(absent.At!, "create_config", "/configs/create", body, cancellation), absent.At!);
    }

    public async Task<ConfigWrite> UpdateAsync(FoundConfig found, IReadOnlyDictionary<string, string> labels, CancellationToken cancellation)
    {
        var path = $"/configs/{Uri.EscapeDataString(found.Id)}/update?version={found.Version.ToString(CultureInfo.InvariantCulture)}";
        return Written(await engine.PostAsync(found.At!, "update_config", path, Spec(found.Name, labels, null), cancellation), found.At!);
    }

    /// <summary>The engine also finds configs by the beginning of an id: such a one is not ours.</summary>
    static ConfigLookup Parse(string name, byte[] body, EngineSession? at)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var (root, spec) = (document.RootElement, document.RootElement.GetProperty("Spec"));
            if (spec.GetProperty("Name").GetString() != name)
                return new AbsentConfig(at);
            var labels = spec.TryGetProperty("Labels", out var given) && given.ValueKind == JsonValueKind.Object
                ? given.EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString() ?? "", StringComparer.Ordinal)
                : [];
            return new FoundConfig(name, root.GetProperty("ID").GetString()!, root.GetProperty("Version").GetProperty("Index").GetUInt64(), labels, at);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return new UnreadConfig($"the engine's answer about the config {name} is not understood: {e.Message}");
        }
    }

    /// <summary>Without data an update leaves the data as it is.</summary>
    static byte[] Spec(string name, IReadOnlyDictionary<string, string> labels, byte[]? data)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("Name", name);
            json.WriteStartObject("Labels");
            foreach (var (label, value) in labels.OrderBy(label => label.Key, StringComparer.Ordinal))
                json.WriteString(label, value);
            json.WriteEndObject();
            if (data is not null)
                json.WriteBase64String("Data", data);
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    /// <summary>A failure inside the engine says nothing about the write: "node lost leader status" was seen on one that had been made.</summary>
    static ConfigWrite Written(EngineAnswer answer, EngineSession at) => answer switch
    {
        Answered { IsSuccess: true } => new ConfigWrite(ConfigWriteKind.Written, ""),
        Answered { IsConflict: true } or Answered { Status: HttpStatusCode.NotFound } => new ConfigWrite(ConfigWriteKind.Lost, Text(answer, at)),
        Answered { IsForbidden: true } => new ConfigWrite(ConfigWriteKind.Refused, Text(answer, at), IsForbidden: true),
        Answered { IsNoManager: true } or Answered { Status: < HttpStatusCode.InternalServerError or HttpStatusCode.NotImplemented } =>
            new ConfigWrite(ConfigWriteKind.Refused, Text(answer, at)),
        Unanswered { MayBeDone: false } => new ConfigWrite(ConfigWriteKind.Refused, Text(answer, at)),
        _ => new ConfigWrite(ConfigWriteKind.Unknown, Text(answer, at)),
    };

    static string Text(EngineAnswer answer, EngineSession? at) => at is null || answer is Unanswered ? answer.Because : $"{at.Node.Endpoint}: {answer.Because}";
}
