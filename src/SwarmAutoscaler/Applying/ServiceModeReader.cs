using System.Text.Json;
using SwarmAutoscaler.Measuring;

namespace SwarmAutoscaler.Applying;

/// <summary>Where the replica count stands in the engine's JSON: the bytes to replace, and what has to stand around the number.</summary>
/// <param name="Start">The first byte to replace.</param>
/// <param name="Length">How many; 0 when the key is absent and has to be inserted.</param>
/// <param name="Before">Text before the number.</param>
/// <param name="After">Text after it.</param>
readonly record struct ReplicasPlace(int Start, int Length, string Before = "", string After = "");

/// <summary>A service's mode.</summary>
/// <param name="Mode">The key under <c>Spec.Mode</c>.</param>
/// <param name="Wanted">The replica count; 0 unless replicated.</param>
/// <param name="Place">Where the count stands; null unless replicated.</param>
readonly record struct ServiceModeRead(ServiceMode Mode, int Wanted = 0, ReplicasPlace? Place = null);

/// <summary>Reads <c>Spec.Mode</c>, for the list and for the write.</summary>
static class ServiceModeReader
{
    /// <summary>What an engine does with a replicated service without a count; it always writes the count itself.</summary>
    const int EngineDefault = 1;

    /// <summary>The value of the property <c>Mode</c>, which the reader stands on.</summary>
    public static ServiceModeRead Read(ref Utf8JsonReader reader)
    {
        var read = new ServiceModeRead(ServiceMode.Unknown);
        if (!EngineJson.Enter(ref reader))
            return read;
        while (EngineJson.NextProperty(ref reader))
        {
            if (ModeNamed(reader) is not { } mode)
            {
                reader.Skip();
                continue;
            }
            if (!EngineJson.Enter(ref reader))
                continue;
            if (read.Mode != ServiceMode.Unknown)
                throw new JsonException("a service has two modes");
            if (mode == ServiceMode.Replicated)
                read = ReadReplicated(ref reader);
            else
            {
                reader.Skip();
                read = new ServiceModeRead(mode);
            }
        }
        return read;
    }

    static ServiceMode? ModeNamed(in Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("Replicated"u8))
            return ServiceMode.Replicated;
        if (reader.ValueTextEquals("Global"u8))
            return ServiceMode.Global;
        if (reader.ValueTextEquals("ReplicatedJob"u8))
            return ServiceMode.ReplicatedJob;
        if (reader.ValueTextEquals("GlobalJob"u8))
            return ServiceMode.GlobalJob;
        return null;
    }

    static ServiceModeRead ReadReplicated(ref Utf8JsonReader reader)
    {
        int opened = (int)reader.TokenStartIndex + 1;
        bool empty = true;
        ServiceModeRead? found = null;
        while (EngineJson.NextProperty(ref reader))
        {
            empty = false;
            if (!reader.ValueTextEquals("Replicas"u8))
            {
                reader.Skip();
                continue;
            }
            if (found is not null)
                throw new JsonException("a service has two replica counts");
            reader.Read();
            int wanted = reader.TokenType == JsonTokenType.Null ? EngineDefault : EngineJson.Count(EngineJson.Number(reader));
            found = new ServiceModeRead(ServiceMode.Replicated, wanted, new ReplicasPlace((int)reader.TokenStartIndex, reader.ValueSpan.Length));
        }
        return found ?? new ServiceModeRead(ServiceMode.Replicated, EngineDefault, new ReplicasPlace(opened, 0, "\"Replicas\":", empty ? "" : ","));
    }
}
