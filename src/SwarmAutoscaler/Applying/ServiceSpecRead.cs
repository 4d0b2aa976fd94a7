using System.Text.Json;
using SwarmAutoscaler.Measuring;

namespace SwarmAutoscaler.Applying;

/// <summary>What is needed of a service's spec.</summary>
readonly record struct ServiceSpecRead(
    string? Name, ServiceModeRead Mode, bool RollsBackOnFailure, ServiceSpecRead.Resources Limits, ServiceSpecRead.Resources Reservations)
{
    /// <summary>Billionths of a core, and bytes; the engine's 0 means none and is null here.</summary>
    public readonly record struct Resources(double? NanoCpus, double? MemoryBytes);

    /// <summary>Where tasks may be placed; null when nothing is said.</summary>
    public ServicePlacement? Placement { get; init; }

    public ServiceSpecRead() : this(null, new ServiceModeRead(Measuring.ServiceMode.Unknown), false, default, default) { }

    /// <summary>The value of the property <c>Spec</c>, which the reader stands on.</summary>
    public static ServiceSpecRead From(ref Utf8JsonReader reader)
    {
        var spec = new ServiceSpecRead();
        if (!EngineJson.Enter(ref reader))
            return spec;
        while (EngineJson.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("Name"u8))
                spec = spec with { Name = EngineJson.Text(ref reader) };
            else if (reader.ValueTextEquals("Mode"u8))
                spec = spec with { Mode = ServiceModeReader.Read(ref reader) };
            else if (reader.ValueTextEquals("UpdateConfig"u8))
                spec = spec with { RollsBackOnFailure = ReadFailureAction(ref reader) == "rollback" };
            else if (reader.ValueTextEquals("TaskTemplate"u8))
                spec = ReadTaskTemplate(ref reader, spec);
            else
                reader.Skip();
        }
        return spec;
    }

    static string? ReadFailureAction(ref Utf8JsonReader reader)
    {
        string? action = null;
        if (EngineJson.Enter(ref reader))
            while (EngineJson.NextProperty(ref reader))
                if (reader.ValueTextEquals("FailureAction"u8))
                    action = EngineJson.Text(ref reader);
                else
                    reader.Skip();
        return action;
    }

    static ServiceSpecRead ReadTaskTemplate(ref Utf8JsonReader reader, ServiceSpecRead spec)
    {
        if (EngineJson.Enter(ref reader))
            while (EngineJson.NextProperty(ref reader))
                if (reader.ValueTextEquals("Resources"u8))
                    spec = ReadRequirements(ref reader, spec);
                else if (reader.ValueTextEquals("Placement"u8))
                    spec = spec with { Placement = PlacementReader.Read(ref reader) };
                else
                    reader.Skip();
        return spec;
    }

    static ServiceSpecRead ReadRequirements(ref Utf8JsonReader reader, ServiceSpecRead spec)
    {
        if (EngineJson.Enter(ref reader))
            while (EngineJson.NextProperty(ref reader))
                if (reader.ValueTextEquals("Limits"u8))
                    spec = spec with { Limits = ReadResources(ref reader) };
                else if (reader.ValueTextEquals("Reservations"u8))
                    spec = spec with { Reservations = ReadResources(ref reader) };
                else
                    reader.Skip();
        return spec;
    }

    static Resources ReadResources(ref Utf8JsonReader reader)
    {
        var resources = new Resources();
        if (EngineJson.Enter(ref reader))
            while (EngineJson.NextProperty(ref reader))
                if (reader.ValueTextEquals("NanoCPUs"u8))
                    resources = resources with { NanoCpus = NoneWhenZero(EngineJson.NextNumber(ref reader)) };
                else if (reader.ValueTextEquals("MemoryBytes"u8))
                    resources = resources with { MemoryBytes = NoneWhenZero(EngineJson.NextNumber(ref reader)) };
                else
                    reader.Skip();
        return resources;
    }

    static double? NoneWhenZero(ulong number) => number == 0 ? null : number;
}
