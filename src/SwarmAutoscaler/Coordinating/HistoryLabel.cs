using System.IO.Compression;
using System.Text.Json;

namespace SwarmAutoscaler.Coordinating;

/// <summary>
/// What is remembered of all services as the text of one label: JSON, gzip, base64, so that <c>base64 -d | gunzip</c> shows it. The label's name ends with
/// the format's number; labels of other formats are left alone, so that an older version which is put back for a while destroys nothing.
/// </summary>
static class HistoryLabel
{
    const int Format = 1;

    const string Prefix = "swarm-autoscaler.history.";

    public static readonly string Name = $"{Prefix}{Format}";

    /// <summary>A format that is not ours and newer; null when there is none.</summary>
    public static string? NewerThanOurs(IReadOnlyDictionary<string, string> labels) => labels.Keys
        .Where(label => label.StartsWith(Prefix, StringComparison.Ordinal) && int.TryParse(label.AsSpan(Prefix.Length), out int format) && format > Format)
        .Max(StringComparer.Ordinal);

    /// <param name="services">By name.</param>
    /// <param name="isClosed">Nothing is evaluated after this any more: what is open ended with the last evaluation.</param>
    public static string Write(IEnumerable<KeyValuePair<string, RememberedHistory>> services, bool isClosed)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Optimal, leaveOpen: true))
        using (var json = new Utf8JsonWriter(gzip))
        {
            json.WriteStartObject();
            json.WriteBoolean("closed", isClosed);
            json.WriteStartObject("services");
            foreach (var (name, service) in services.OrderBy(service => service.Key, StringComparer.Ordinal))
            {
                json.WritePropertyName(name);
                HistoryText.Write(json, service);
            }
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return Convert.ToBase64String(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <summary>The services, or what is wrong with the text.</summary>
    public static (IReadOnlyDictionary<string, RememberedHistory>? Services, string? Problem) Read(string text, DateTimeOffset aliveUntil)
    {
        try
        {
            using var gzip = new GZipStream(new MemoryStream(Convert.FromBase64String(text)), CompressionMode.Decompress);
            using var document = JsonDocument.Parse(gzip);
            var until = document.RootElement.GetProperty("closed").GetBoolean() ? DateTimeOffset.MinValue : aliveUntil;
            return (document.RootElement.GetProperty("services").EnumerateObject()
                .ToDictionary(service => service.Name, service => HistoryText.Read(service.Value, until), StringComparer.Ordinal), null);
        }
        catch (Exception e) when (e is FormatException or InvalidDataException or JsonException or InvalidOperationException or KeyNotFoundException or IndexOutOfRangeException or ArgumentException)
        {
            return (null, e.Message);
        }
    }
}
