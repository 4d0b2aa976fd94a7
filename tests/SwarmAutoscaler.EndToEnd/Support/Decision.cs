using System.Text.Json.Nodes;

namespace SwarmAutoscaler.TestSupport;

/// <summary>A decision as the HTTP API tells it.</summary>
sealed record Decision(DateTimeOffset Time, int Current, int Desired, string Action, string Reason, string? Outcome, JsonNode Json)
{
    public static Decision Of(JsonNode? json) => new(
        json!["time"]!.GetValue<DateTimeOffset>(), json["current"]!.GetValue<int>(), json["desired"]!.GetValue<int>(),
        json["action"]!.GetValue<string>(), json["reason"]!.GetValue<string>(), json["outcome"]?["outcome"]?.GetValue<string>(), json);

    public override string ToString() => Json.ToJsonString();
}
