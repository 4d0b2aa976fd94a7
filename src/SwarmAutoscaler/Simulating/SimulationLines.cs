using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using SwarmAutoscaler.Deciding;
using SwarmAutoscaler.Measuring;

namespace SwarmAutoscaler.Simulating;

/// <summary>One JSON object per step. Keys are only ever added.</summary>
static class SimulationLines
{
    static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(PlacedScenario placed, IReadOnlyList<SimulatedStep> played, TextWriter output)
    {
        foreach (var (step, at) in played.Zip(placed.Steps, (step, written) => (step, written.At)))
            output.WriteLine(Line(placed.Scenario.Name, at, step));
    }

    static string Line(string scenario, string at, SimulatedStep step)
    {
        var decision = step.Decision;
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Json))
        {
            json.WriteStartObject();
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
            WriteMetrics(json, decision.Recommendations);
            WriteTrail(json, decision.Trail);
            if (step.Unexpected is { } unexpected)
                json.WriteString("unexpected", unexpected);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
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
