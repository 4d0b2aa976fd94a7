using System.Text.Json;
using SwarmAutoscaler.Constraining;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Conformance;

/// <summary>One row of <c>vectors.json</c>: inputs and asserted outputs of another autoscaler's own tests.</summary>
sealed record Vector(JsonElement Row)
{
    public static IReadOnlyDictionary<string, Vector> All { get; } = Load();

    public string Id => Row.GetProperty("id").GetString()!;

    public string Kind => Row.GetProperty("kind").GetString()!;

    public JsonElement Expected => Row.GetProperty("expected");

    public int Current => Int("current") ?? 1;

    public int? Int(string name) => Int(Row, name);

    public JsonElement? Object(string name) => Object(Row, name);

    public bool Is(string name) => Row.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    public static int? Int(JsonElement row, string name) => Object(row, name)?.GetInt32();

    /// <summary>Null when the field is absent or null.</summary>
    public static JsonElement? Object(JsonElement row, string name) => row.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public static int[] Ints(JsonElement row, string name) => Object(row, name) is { } list ? [.. list.EnumerateArray().Select(item => item.GetInt32())] : [];

    /// <summary>Scale events of both directions; an event tells how many, not from where.</summary>
    public ChangeLog Changes() => ChangeLog.Of([.. Events("scale_up_events", isUp: true), .. Events("scale_down_events", isUp: false)]);

    IEnumerable<ReplicaChange> Events(string name, bool isUp)
    {
        foreach (var change in Object(name)?.EnumerateArray() ?? default)
        {
            int count = change.GetProperty("change").GetInt32();
            yield return new ReplicaChange(Given.Now - Given.Seconds(change.GetProperty("age_s").GetInt32()), isUp ? 0 : count, isUp ? count : 0);
        }
    }

    /// <summary>What a direction of an HPA's behavior says, over <paramref name="defaults"/>.</summary>
    public static ScalingRules Rules(JsonElement? direction, ScalingRules defaults) => direction is not { } rules ? defaults : defaults with
    {
        Stabilization = Int(rules, "window_s") is { } window ? Given.Seconds(window) : defaults.Stabilization,
        Select = Object(rules, "select") is { } select ? Enum.Parse<LimitSelection>(select.GetString()!) : defaults.Select,
        Limits = Object(rules, "policies") is { } limits ? [.. limits.EnumerateArray().Select(Limit)] : defaults.Limits,
    };

    static RateLimit Limit(JsonElement limit)
    {
        var (value, period) = (limit.GetProperty("value").GetInt32(), Given.Seconds(limit.GetProperty("period_s").GetInt32()));
        return limit.GetProperty("type").GetString() == "Pods" ? RateLimit.OfReplicas(value, period) : RateLimit.OfRatio(value / 100.0, period);
    }

    static Dictionary<string, Vector> Load()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Conformance", "vectors.json")));
        return file.RootElement.GetProperty("vectors").EnumerateArray().Select(row => new Vector(row.Clone())).ToDictionary(vector => vector.Id);
    }
}
