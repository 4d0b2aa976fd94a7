using System.Text.Json.Nodes;

namespace SwarmAutoscaler.TestSupport;

/// <summary>A decision as the HTTP API tells it.</summary>
sealed record Decision(DateTimeOffset Time, int Current, int Desired, string Action, string Reason, string? Outcome, JsonNode Json)
{
    public static Decision Of(JsonNode? json) => new(
        json!["time"]!.GetValue<DateTimeOffset>(), json["current"]!.GetValue<int>(), json["desired"]!.GetValue<int>(),
        json["action"]!.GetValue<string>(), json["reason"]!.GetValue<string>(), json["outcome"]?["outcome"]?.GetValue<string>(), json);

    /// <summary>The change was made.</summary>
    public bool IsApplied => Outcome == "applied";

    /// <summary>The value of a metric; null when it is missing.</summary>
    public double? Value(string metric) => MetricOf(metric)["value"]?.GetValue<double>();

    /// <summary>Why a metric is missing; null when it is not.</summary>
    public string? Missing(string metric) => MetricOf(metric)["missing"]?.GetValue<string>();

    public override string ToString() => Json.ToJsonString();

    JsonNode MetricOf(string name) => Json["metrics"]!.AsArray().Single(metric => metric!["name"]!.GetValue<string>() == name)!;
}
