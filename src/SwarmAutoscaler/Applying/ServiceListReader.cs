using System.Text.Json;
using SwarmAutoscaler.Measuring;

namespace SwarmAutoscaler.Applying;

/// <summary>
/// Reads the answer to <c>GET /services?status=true</c> in one pass: the list holds every service of the Swarm twice (spec and previous spec), of which
/// a few numbers are needed.
/// </summary>
static class ServiceListReader
{
    /// <summary>
    /// All services by name. A service without <c>ServiceStatus</c> makes the whole list unusable: its running tasks are not known, and not known is
    /// not zero.
    /// </summary>
    /// <param name="json">The answer.</param>
    /// <param name="isKnown">Whether this version of the service with this id was traced before.</param>
    public static (IReadOnlyDictionary<string, ListedService>? Services, string? Problem) Read(byte[] json, Func<string, ulong, bool> isKnown)
    {
        try
        {
            return (ReadAll(json, isKnown), null);
        }
        catch (JsonException e)
        {
            return (null, $"the engine's answer is not a list of services: {e.Message}");
        }
    }

    static Dictionary<string, ListedService> ReadAll(byte[] json, Func<string, ulong, bool> isKnown)
    {
        var services = new Dictionary<string, ListedService>(StringComparer.Ordinal);
        var reader = EngineJson.Array(json);
        while (EngineJson.NextObject(ref reader))
        {
            int start = (int)reader.TokenStartIndex;
            var service = ReadService(ref reader);
            if (!isKnown(service.State.Id, service.State.Version))
                service = service with { Trace = ServiceTrace.Read(json.AsSpan(start..(int)reader.BytesConsumed)) };
            services[service.State.Name] = service;
        }
        return services;
    }

    static ListedService ReadService(ref Utf8JsonReader reader)
    {
        string? id = null;
        ulong? version = null;
        var spec = new ServiceSpecRead();
        var rollout = RolloutState.None;
        (int Running, int Desired)? tasks = null;
        while (EngineJson.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("ID"u8))
                id = EngineJson.Text(ref reader);
            else if (reader.ValueTextEquals("Version"u8))
                version = ServiceDocument.ReadVersion(ref reader);
            else if (reader.ValueTextEquals("Spec"u8))
                spec = ServiceSpecRead.From(ref reader);
            else if (reader.ValueTextEquals("UpdateStatus"u8))
                rollout = ReadRollout(ref reader);
            else if (reader.ValueTextEquals("ServiceStatus"u8))
                tasks = ReadTasks(ref reader);
            else
                reader.Skip();
        }
        if (id is null || version is null || spec.Name is null)
            throw new JsonException("a service without ID, Version or Name");
        if (tasks is null)
            throw new JsonException($"{spec.Name} has no ServiceStatus, its running tasks are not known");
        return new ListedService(tasks.Value.Desired, new ServiceState
        {
            Id = id,
            Name = spec.Name,
            Version = version.Value,
            Mode = spec.Mode.Mode,
            Wanted = spec.Mode.Wanted,
            Running = tasks.Value.Running,
            Rollout = rollout,
            RollsBackOnFailure = spec.RollsBackOnFailure,
            CpuCores = (spec.Limits.NanoCpus ?? spec.Reservations.NanoCpus) / 1e9,
            MemoryBytes = spec.Limits.MemoryBytes ?? spec.Reservations.MemoryBytes,
            Placement = spec.Placement,
            Tasks = spec.Mode.Mode == ServiceMode.Replicated ? null : tasks.Value.Desired,
        });
    }

    static RolloutState ReadRollout(ref Utf8JsonReader reader)
    {
        string? state = null;
        if (EngineJson.Enter(ref reader))
            while (EngineJson.NextProperty(ref reader))
                if (reader.ValueTextEquals("State"u8))
                    state = EngineJson.Text(ref reader);
                else
                    reader.Skip();
        return state switch
        {
            null => RolloutState.None,
            "updating" => RolloutState.Updating,
            "paused" => RolloutState.Paused,
            "completed" => RolloutState.Completed,
            "rollback_started" => RolloutState.RollbackStarted,
            "rollback_paused" => RolloutState.RollbackPaused,
            "rollback_completed" => RolloutState.RollbackCompleted,
            _ => RolloutState.Unknown,
        };
    }

    static (int Running, int Desired)? ReadTasks(ref Utf8JsonReader reader)
    {
        ulong? running = null, desired = null;
        if (EngineJson.Enter(ref reader))
            while (EngineJson.NextProperty(ref reader))
                if (reader.ValueTextEquals("RunningTasks"u8))
                    running = EngineJson.NextNumber(ref reader);
                else if (reader.ValueTextEquals("DesiredTasks"u8))
                    desired = EngineJson.NextNumber(ref reader);
                else
                    reader.Skip();
        return running is { } some ? (EngineJson.Count(some), EngineJson.Count(desired ?? 0)) : null;
    }
}

/// <summary>A service, and how many tasks the engine means to run.</summary>
readonly record struct ListedService(int Desired, ServiceState State)
{
    /// <summary>Who wrote it; null when that version was traced before.</summary>
    public ServiceTrace? Trace { get; init; }

    /// <summary>Some tasks are not running (yet): they may be starting, or have no place.</summary>
    public bool Lags => State.Mode == ServiceMode.Replicated && State.Running < Desired;
}
