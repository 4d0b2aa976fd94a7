using System.Text.Json;
using SwarmAutoscaler.Deciding;
using SwarmAutoscaler.Policies;
using Xunit;

namespace SwarmAutoscaler.Conformance;

/// <summary>Nomad Autoscaler's vectors.</summary>
static class NomadReplay
{
    public static void PassThrough(Vector vector)
    {
        var policy = Given.Policy with { ScaleUp = Limited(vector.Int("max_scale_up")), ScaleDown = Limited(vector.Int("max_scale_down")) };
        double newest = vector.Row.GetProperty("samples_oldest_first").EnumerateArray().Last().GetDouble();
        AssertDirection(vector, policy.Decide(vector.Current, newest).Desired);
    }

    /// <summary>One evaluation per sample, every 15 s. A strategy there answers without bounds, which is a recommendation here.</summary>
    public static void Threshold(Vector vector)
    {
        var config = vector.Row.GetProperty("config");
        var (lower, upper) = Ends(config);
        var step = new ScalingStep { Above = lower, Below = upper, Change = Change(config), For = Given.Seconds(15 * (Trigger(config) - 1)) };
        var story = new Story(Given.PolicyOf(new StepScaling([step])) with { Mode = PolicyMode.Observe }, vector.Current);
        int? recommended = null;
        foreach (var sample in vector.Row.GetProperty("samples_oldest_first").EnumerateArray())
            recommended = story.After(15, sample.GetDouble()).Recommendations[0].Replicas;
        AssertDirection(vector, recommended!.Value);
    }

    public static (double? Lower, double? Upper) Ends(JsonElement config) =>
        (Vector.Object(config, "lower_bound")?.GetDouble(), Vector.Object(config, "upper_bound")?.GetDouble());

    public static int Trigger(JsonElement config) => Vector.Int(config, "within_bounds_trigger") ?? 5;

    static StepChange Change(JsonElement config) =>
        Vector.Int(config, "value") is { } value ? StepChange.Set(value)
        : Vector.Object(config, "percentage")?.GetDouble() is { } percent ? percent > 0 ? StepChange.AddRatio(percent / 100) : StepChange.RemoveRatio(-percent / 100)
        : Vector.Int(config, "delta") is { } delta ? delta > 0 ? StepChange.Add(delta) : StepChange.Remove(-delta)
        : throw new InvalidOperationException("a threshold without a change");

    static ScalingRules Limited(int? replicas) =>
        replicas is { } most ? Given.Unlimited with { Limits = [RateLimit.OfReplicas(most, Given.Seconds(15))] } : Given.Unlimited;

    static void AssertDirection(Vector vector, int count)
    {
        string direction = vector.Expected.GetProperty("direction").GetString()!;
        Assert.Equal(direction, count > vector.Current ? "up" : count < vector.Current ? "down" : "none");
        if (direction != "none")
            Assert.Equal(vector.Expected.GetProperty("count").GetInt32(), count);
    }
}
