using System.Security.Cryptography;
using System.Text.Json;

namespace SwarmAutoscaler.Applying;

/// <summary>What one version of a service tells about who wrote it.</summary>
/// <param name="Stack">The stack it belongs to; null for a service of its own.</param>
/// <param name="UpdatedAt">By the clock of the engine that was the leader then.</param>
/// <param name="RolloutStarted"><c>UpdateStatus.StartedAt</c> as the engine wrote it; null when there is no status.</param>
/// <param name="Spec">The spec.</param>
/// <param name="Previous">The spec before the last write; null when there was none, or Swarm rolled back to it by itself.</param>
sealed record ServiceTrace(string? Stack, DateTimeOffset? UpdatedAt, string? RolloutStarted, SpecMark Spec, SpecMark? Previous)
{
    /// <summary>Nobody wrote since it was created: every write leaves a previous spec, Swarm's own rollback a status.</summary>
    public bool IsAsCreated => Previous is null && RolloutStarted is null;

    /// <summary>
    /// Nobody wrote since <paramref name="last"/>: Swarm goes on with a rollout, which it may end, pause or roll back, or begins it. Every write clears
    /// the status, so a rollout of the same start is the same one; one that begins is that of a write that was already seen.
    /// </summary>
    public bool IsRolloutOf(ServiceTrace last) => last.RolloutStarted is { } started
        ? RolloutStarted == started
        : RolloutStarted is not null && Spec == last.Spec && Previous == last.Previous;

    /// <summary>The last write was ours: the spec is as it was but for our count, and the one before had the count we started from.</summary>
    public bool IsWrite(CountWrite? ours, ServiceTrace last) => ours is { } write
        && Spec == last.Spec with { Replicas = write.To } && Previous == last.Spec with { Replicas = write.From };

    /// <summary>Reads one service of a list.</summary>
    /// <exception cref="JsonException">It does not read like a service.</exception>
    public static ServiceTrace Read(ReadOnlySpan<byte> service)
    {
        var reader = new Utf8JsonReader(service);
        DateTimeOffset? updated = null;
        string? started = null;
        (SpecMark Mark, string? Stack)? spec = null, previous = null;
        reader.Read();
        while (EngineJson.NextProperty(ref reader))
            if (reader.ValueTextEquals("UpdatedAt"u8))
                updated = EngineJson.Time(ref reader);
            else if (reader.ValueTextEquals("UpdateStatus"u8))
                started = ReadText(ref reader, "StartedAt"u8);
            else if (reader.ValueTextEquals("Spec"u8))
                spec = ReadSpec(ref reader, service);
            else if (reader.ValueTextEquals("PreviousSpec"u8))
                previous = ReadSpec(ref reader, service);
            else
                reader.Skip();
        return new ServiceTrace(spec?.Stack, updated, started, spec?.Mark ?? default, previous?.Mark);
    }

    static (SpecMark, string?)? ReadSpec(ref Utf8JsonReader reader, ReadOnlySpan<byte> service)
    {
        if (!EngineJson.Enter(ref reader))
            return null;
        int start = (int)reader.TokenStartIndex;
        var mode = new ServiceModeRead(Measuring.ServiceMode.Unknown);
        string? stack = null;
        while (EngineJson.NextProperty(ref reader))
            if (reader.ValueTextEquals("Mode"u8))
                mode = ServiceModeReader.Read(ref reader);
            else if (reader.ValueTextEquals("Labels"u8))
                stack = ReadText(ref reader, "com.docker.stack.namespace"u8);
            else
                reader.Skip();
        return (SpecMark.Of(service, start..(int)reader.BytesConsumed, mode), stack);
    }

    /// <summary>One text of the object in the property just read; null when there is none.</summary>
    static string? ReadText(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        string? text = null;
        if (EngineJson.Enter(ref reader))
            while (EngineJson.NextProperty(ref reader))
                if (reader.ValueTextEquals(name))
                    text = EngineJson.Text(ref reader);
                else
                    reader.Skip();
        return string.IsNullOrEmpty(text) ? null : text;
    }
}

/// <summary>A spec, as far as it has to be told from another.</summary>
/// <param name="Hash">Of its bytes without the number of replicas.</param>
/// <param name="Replicas">That number; 0 unless replicated.</param>
readonly record struct SpecMark(UInt128 Hash, int Replicas)
{
    /// <param name="json">What the ranges are counted in.</param>
    /// <param name="spec">Where the spec stands.</param>
    /// <param name="mode">Its mode, and where in it the number stands.</param>
    public static SpecMark Of(ReadOnlySpan<byte> json, Range spec, ServiceModeRead mode)
    {
        var number = mode.Place is { } place ? place.Start..(place.Start + place.Length) : spec.End..spec.End;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(json[spec.Start..number.Start]);
        hash.AppendData(json[number.End..spec.End]);
        return new SpecMark(System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(hash.GetHashAndReset()), mode.Wanted);
    }
}

/// <summary>A change of the count, as it is sent to the engine.</summary>
readonly record struct CountWrite(int From, int To);
