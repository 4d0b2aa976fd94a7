using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using SwarmAutoscaler.Deciding;
using SwarmAutoscaler.Measuring;

namespace SwarmAutoscaler.Simulating;

/// <summary>One JSON object per step, and after the steps of a load one with its summary. Keys are only ever added.</summary>
static class SimulationLines
{
    static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(IReadOnlyList<PlayedScenario> scenarios, TextWriter output)
    {
        foreach (var played in scenarios)
        {
            for (int i = 0; i < played.Steps.Count; i++)
                output.WriteLine(Line(json => WriteStep(json, played.Scenario.Name, played.At(i), played.Steps[i])));
            if (played.Summary is { } summary)
                output.WriteLine(Line(json => WriteSummary(json, played.Scenario.Name, played.Steps.Count, summary)));
        }
    }

    static string Line(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Json))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    static void WriteStep(Utf8JsonWriter json, string scenario, string at, SimulatedStep step)
    {
        var decision = step.Decision;
        json.WriteString("scenario", scenario);
        json.WriteString("at", at);
        json.WriteString("time", decision.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture));
        json.WriteString("service", decision.Service);
        json.WriteNumber("current", decision.Current);
        json.WriteNumber("desired", decision.Desired);
        json.WriteString("action", decision.Action.Word());
        json.WriteString("reason", decision.Reason);
        json.WriteNumber("running", decision.Running);
        json.WriteNumber("proposed", decision.Proposed);
        json.WriteNumber("min", decision.Bounds.Min);
        json.WriteNumber("max", decision.Bounds.Max);
        if (step.Step.Load is { } load)
            WriteLoad(json, load);
        WriteMetrics(json, decision.Recommendations);
        WriteTrail(json, decision.Trail);
        if (step.Unexpected is { } unexpected)
            json.WriteString("unexpected", unexpected);
    }

    static void WriteLoad(Utf8JsonWriter json, LoadState load)
    {
        json.WriteStartObject("load");
        json.WriteNumber("arrivals_per_second", load.ArrivalsPerSecond);
        json.WriteNumber("served_per_second", load.ServedPerSecond);
        json.WriteNumber("capacity_per_second", load.CapacityPerSecond);
        json.WriteNumber("queue", load.Queue);
        json.WriteEndObject();
    }

    static void WriteSummary(Utf8JsonWriter json, string scenario, int evaluations, LoadSummary summary)
    {
        json.WriteString("scenario", scenario);
        json.WriteStartObject("summary");
        json.WriteNumber("duration_seconds", summary.Duration.TotalSeconds);
        json.WriteNumber("evaluations", evaluations);
        json.WriteNumber("arrivals", summary.Arrivals);
        json.WriteNumber("served", summary.Served);
        json.WriteNumber("queue_at_end", summary.QueueAtEnd);
        json.WriteNumber("longest_queue", summary.LongestQueue);
        json.WriteNumber("over_capacity_ratio", summary.OverCapacityRatio);
        json.WriteNumber("replica_hours", summary.ReplicaHours);
        json.WriteNumber("lowest_replicas", summary.LowestReplicas);
        json.WriteNumber("highest_replicas", summary.HighestReplicas);
        json.WriteNumber("changes", summary.Changes);
        json.WriteNumber("reversals", summary.Reversals);
        json.WriteEndObject();
    }

    static void WriteMetrics(Utf8JsonWriter json, IReadOnlyList<Recommendation> recommendations)
    {
        json.WriteStartArray("metrics");
        foreach (var recommendation in recommendations)
        {
            json.WriteStartObject();
            json.WriteString("name", recommendation.Metric);
            WriteNumber(json, "value", (recommendation.Reading as Measured)?.Value);
            if (recommendation.Reading is Missing missing)
                json.WriteString("missing", missing.Reason.Word());
            WriteNumber(json, "recommends", recommendation.Replicas);
            json.WriteString("because", recommendation.Because);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    static void WriteTrail(Utf8JsonWriter json, IReadOnlyList<DecisionStep> trail)
    {
        json.WriteStartArray("trail");
        foreach (var step in trail)
        {
            json.WriteStartObject();
            json.WriteString("step", step.Step);
            json.WriteNumber("from", step.From);
            json.WriteNumber("to", step.To);
            json.WriteString("because", step.Because);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    static void WriteNumber(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
        else
            json.WriteNull(name);
    }
}
