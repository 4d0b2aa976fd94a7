using System.Text.Json;

namespace SwarmAutoscaler.Applying;

/// <summary>
/// Finds, in the answer to <c>GET /tasks</c>, the tasks that the scheduler has no place for: <c>pending</c> with its reason in <c>Status.Err</c>.
/// </summary>
static class PendingTaskReader
{
    /// <summary>How many per service id, and the engine's reason for one of them.</summary>
    public static (IReadOnlyDictionary<string, (int Count, string Because)>? Pending, string? Problem) Read(byte[] json)
    {
        try
        {
            return (ReadAll(json), null);
        }
        catch (JsonException e)
        {
            return (null, $"the engine's answer is not a list of tasks: {e.Message}");
        }
    }

    static Dictionary<string, (int, string)> ReadAll(byte[] json)
    {
        var pending = new Dictionary<string, (int Count, string Because)>(StringComparer.Ordinal);
        var reader = EngineJson.Array(json);
        while (EngineJson.NextObject(ref reader))
            if (ReadTask(ref reader) is (var service, { } because))
                pending[service] = (pending.GetValueOrDefault(service).Count + 1, because);
        return pending;
    }

    static (string Service, string? Because) ReadTask(ref Utf8JsonReader reader)
    {
        string? service = null, because = null;
        while (EngineJson.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("ServiceID"u8))
                service = EngineJson.Text(ref reader);
            else if (reader.ValueTextEquals("Status"u8))
                because = ReadReason(ref reader);
            else
                reader.Skip();
        }
        return (service ?? throw new JsonException("a task without ServiceID"), because);
    }

    static string? ReadReason(ref Utf8JsonReader reader)
    {
        string? state = null, error = null;
        if (EngineJson.Enter(ref reader))
            while (EngineJson.NextProperty(ref reader))
                if (reader.ValueTextEquals("State"u8))
                    state = EngineJson.Text(ref reader);
                else if (reader.ValueTextEquals("Err"u8))
                    error = EngineJson.Text(ref reader);
                else
                    reader.Skip();
        return state == "pending" && error is { Length: > 0 } ? error : null;
    }
}
