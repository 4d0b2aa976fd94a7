using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using SwarmAutoscaler.Constraining;

namespace SwarmAutoscaler.Coordinating;

/// <summary>What is remembered of one service, and the evaluation it is from.</summary>
/// <param name="History">The facts.</param>
/// <param name="EvaluatedAt">The time of the last decision; null before the first.</param>
/// <param name="MissesThatMatter">Consecutive misses beyond this make no difference; 0 without a fallback.</param>
sealed record RememberedHistory(ScalingHistory History, DateTimeOffset? EvaluatedAt, int MissesThatMatter);

/// <summary>
/// A service's history as JSON. Times are ticks of 100 ns since the Unix epoch: exact, so that nothing comes out differently for having been stored.
/// What merely moves on with each evaluation (the time of the newest proposal, being active) is written as open, without its time: while nothing else
/// happens the text stays the same, and nothing needs to be written. Read again, what is open lasted until the evaluations are known to have gone on.
/// </summary>
static class HistoryText
{
    /// <summary>The text without the time of the last evaluation: differs only when a fact differs.</summary>
    public static byte[] Facts(RememberedHistory service)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
            Write(json, service, withEvaluation: false);
        return buffer.ToArray();
    }

    public static void Write(Utf8JsonWriter json, RememberedHistory service, bool withEvaluation = true)
    {
        var (history, at) = (service.History, service.EvaluatedAt);
        json.WriteStartObject();
        if (withEvaluation && at is { } evaluated)
            json.WriteNumber("at", Ticks(evaluated));
        json.WriteBoolean("known", history.IsKnown);
        if (history.ServiceId is { } id)
            json.WriteString("id", id);
        WriteProposals(json, [.. history.Proposals.Entries], at);
        WriteChanges(json, history.Changes);
        WriteMetrics(json, history.Metrics, service.MissesThatMatter);
        WriteCount(json, "seen", history.LastSeen);
        WriteCount(json, "decided", history.LastDecided);
        if (history.Attempt is { } attempt)
            WriteNumbers(json, "attempt", Ticks(attempt.At), attempt.To);
        if (history.ZeroIsOurs)
            json.WriteBoolean("zero", true);
        if (history.Unplaced is { } unplaced)
            WriteNumbers(json, "unplaced", Ticks(unplaced.Since), unplaced.Least);
        if (history.GivenBack is { } givenBack)
            WriteNumbers(json, "given_back", Ticks(givenBack.At), givenBack.To);
        if (history.LastActive is { } active && active != at)
            json.WriteNumber("active", Ticks(active));
        else if (history.LastActive is not null)
            json.WriteBoolean("active", true);
        json.WriteEndObject();
    }

    /// <param name="json">What <see cref="Write"/> wrote.</param>
    /// <param name="aliveUntil">Until when the evaluations are known to have gone on, if later than the last one that is written.</param>
    /// <exception cref="FormatException">It is not such a text; also <see cref="InvalidOperationException"/> and <see cref="KeyNotFoundException"/>.</exception>
    public static RememberedHistory Read(JsonElement json, DateTimeOffset aliveUntil)
    {
        DateTimeOffset? evaluated = json.TryGetProperty("at", out var at) ? Time(at) : null;
        var open = evaluated is { } last && last > aliveUntil ? last : aliveUntil;
        var history = new ScalingHistory
        {
            IsKnown = json.GetProperty("known").GetBoolean(),
            ServiceId = json.TryGetProperty("id", out var id) ? id.GetString() : null,
            Proposals = ProposalLog.Of(ReadProposals(json.GetProperty("proposals"), open)),
            Changes = ChangeLog.Of(json.GetProperty("changes").EnumerateArray().Select(change => new ReplicaChange(Time(change[0]), change[1].GetInt32(), change[2].GetInt32()))),
            Metrics = json.TryGetProperty("metrics", out var metrics) ? ReadMetrics(metrics) : ImmutableDictionary<string, MetricMemory>.Empty,
            LastSeen = Count(json, "seen"),
            LastDecided = Count(json, "decided"),
            Attempt = json.TryGetProperty("attempt", out var attempt) ? new ReplicaAttempt(Time(attempt[0]), attempt[1].GetInt32()) : null,
            ZeroIsOurs = json.TryGetProperty("zero", out var zero) && zero.GetBoolean(),
            Unplaced = json.TryGetProperty("unplaced", out var unplaced) ? new Unplaced(Time(unplaced[0]), unplaced[1].GetInt32()) : null,
            GivenBack = json.TryGetProperty("given_back", out var givenBack) ? new GivenBack(Time(givenBack[0]), givenBack[1].GetInt32()) : null,
            LastActive = !json.TryGetProperty("active", out var active) ? null : active.ValueKind == JsonValueKind.True ? open : Time(active),
        };
        return new RememberedHistory(history, evaluated is null ? null : open, int.MaxValue);
    }

    /// <summary>Each a time and a count, oldest first; the newest, if it is from the last evaluation, as its count alone.</summary>
    static void WriteProposals(Utf8JsonWriter json, (DateTimeOffset At, int Replicas)[] proposals, DateTimeOffset? evaluated)
    {
        json.WriteStartArray("proposals");
        for (int i = 0; i < proposals.Length; i++)
            if (i == proposals.Length - 1 && proposals[i].At == evaluated)
                json.WriteNumberValue(proposals[i].Replicas);
            else
                WriteNumbers(json, null, Ticks(proposals[i].At), proposals[i].Replicas);
        json.WriteEndArray();
    }

    static IEnumerable<(DateTimeOffset, int)> ReadProposals(JsonElement json, DateTimeOffset open) =>
        json.EnumerateArray().Select(entry => entry.ValueKind == JsonValueKind.Number ? (open, entry.GetInt32()) : (Time(entry[0]), entry[1].GetInt32()));

    static void WriteChanges(Utf8JsonWriter json, ChangeLog changes)
    {
        json.WriteStartArray("changes");
        foreach (var change in changes.Changes)
            WriteNumbers(json, null, Ticks(change.At), change.From, change.To);
        json.WriteEndArray();
    }

    static void WriteMetrics(Utf8JsonWriter json, ImmutableDictionary<string, MetricMemory> metrics, int missesThatMatter)
    {
        json.WriteStartObject("metrics");
        foreach (var (name, memory) in metrics.OrderBy(metric => metric.Key, StringComparer.Ordinal))
        {
            int misses = Math.Min(memory.Misses, missesThatMatter);
            if (misses == 0 && memory.StepsSince.Count == 0)
                continue;
            json.WriteStartArray(name);
            json.WriteNumberValue(misses);
            foreach (var since in memory.StepsSince)
                if (since is { } start)
                    json.WriteNumberValue(Ticks(start));
                else
                    json.WriteNullValue();
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    static ImmutableDictionary<string, MetricMemory> ReadMetrics(JsonElement json) => json.EnumerateObject().ToImmutableDictionary(
        metric => metric.Name,
        metric => new MetricMemory(
            metric.Value[0].GetInt32(),
            [.. metric.Value.EnumerateArray().Skip(1).Select(since => since.ValueKind == JsonValueKind.Null ? default(DateTimeOffset?) : Time(since))]),
        StringComparer.Ordinal);

    static void WriteNumbers(Utf8JsonWriter json, string? name, params ReadOnlySpan<long> numbers)
    {
        if (name is not null)
            json.WritePropertyName(name);
        json.WriteStartArray();
        foreach (long number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }

    static void WriteCount(Utf8JsonWriter json, string name, int? count)
    {
        if (count is { } number)
            json.WriteNumber(name, number);
    }

    static int? Count(JsonElement json, string name) => json.TryGetProperty(name, out var count) ? count.GetInt32() : null;

    static long Ticks(DateTimeOffset time) => time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;

    static DateTimeOffset Time(JsonElement json)
    {
        long ticks = json.GetInt64();
        return ticks >= -DateTimeOffset.UnixEpoch.Ticks && ticks <= (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks
            ? DateTimeOffset.UnixEpoch.AddTicks(ticks)
            : throw new FormatException($"{ticks.ToString(CultureInfo.InvariantCulture)} is no time");
    }
}
