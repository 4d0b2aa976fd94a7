using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace SwarmAutoscaler.Applying;

/// <summary>One line of <c>GET /events</c> about a service: what happened to it, not what it is now.</summary>
/// <param name="Action"><c>create</c>, <c>update</c> or <c>remove</c>.</param>
/// <param name="Id">The service's id.</param>
/// <param name="Name">Its name.</param>
/// <param name="At">By the leader's clock; the same moment as the <c>UpdatedAt</c> that this change left.</param>
sealed record ServiceEvent(string Action, string Id, string Name, DateTimeOffset At)
{
    /// <summary>The engine's lines have a few hundred bytes; something longer is no event.</summary>
    const int LongestLine = 65536;

    /// <summary>A change of the count; null when the count stayed.</summary>
    public CountWrite? Count { get; init; }

    /// <summary>The rollout's state before and after the change; null where there was none or it stayed.</summary>
    public (string? Before, string? After) Rollout { get; init; }

    /// <summary>
    /// Swarm goes on with a rollout by itself. A rollback that does not follow a running update was asked for by a person; one in the middle of an
    /// update cannot be told apart here, the next listing can.
    /// </summary>
    public bool IsRollout => Rollout.After is { } state && (state != "rollback_started" || Rollout.Before == "updating");

    public bool IsEndOfRollout => Rollout.After is "completed" or "rollback_completed";

    /// <summary>The events of a stream until it ends. What is not an event about a service is passed over, as is a line that is cut off.</summary>
    /// <exception cref="InvalidDataException">A line does not end.</exception>
    public static async IAsyncEnumerable<ServiceEvent> ReadAllAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var pipe = PipeReader.Create(stream);
        bool ended = false;
        while (!ended)
        {
            var read = await pipe.ReadAsync(cancellation);
            var rest = read.Buffer;
            while (rest.PositionOf((byte)'\n') is { } end)
            {
                if (Read(rest.Slice(0, end).ToArray()) is { } told)
                    yield return told;
                rest = rest.Slice(rest.GetPosition(1, end));
            }
            if (rest.Length > LongestLine)
                throw new InvalidDataException($"a line of more than {LongestLine} bytes came");
            pipe.AdvanceTo(rest.Start, read.Buffer.End);
            ended = read.IsCompleted;
        }
    }

    /// <summary>Null when the line is not an event about a service.</summary>
    public static ServiceEvent? Read(ReadOnlySpan<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line.ToArray());
            var (root, actor) = (document.RootElement, document.RootElement.GetProperty("Actor"));
            if (root.GetProperty("Type").GetString() != "service" || Text(root, "Action") is not { } action || Text(actor, "ID") is not { Length: > 0 } id)
                return null;
            var attributes = actor.GetProperty("Attributes");
            return Text(attributes, "name") is not { Length: > 0 } name ? null
                : new ServiceEvent(action, id, name, DateTimeOffset.UnixEpoch.AddTicks(root.GetProperty("timeNano").GetInt64() / 100))
                {
                    Count = Number(attributes, "replicas.old") is { } from && Number(attributes, "replicas.new") is { } to ? new CountWrite(from, to) : null,
                    Rollout = (Text(attributes, "updatestate.old"), Text(attributes, "updatestate.new")),
                };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;

    static int? Number(JsonElement element, string name) =>
        int.TryParse(Text(element, name), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
