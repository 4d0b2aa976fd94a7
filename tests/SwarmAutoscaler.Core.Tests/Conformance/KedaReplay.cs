using System.Text.Json;
using SwarmAutoscaler.Constraining;
using SwarmAutoscaler.Deciding;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;
using Xunit;

namespace SwarmAutoscaler.Conformance;

/// <summary>KEDA's vectors.</summary>
static class KedaReplay
{
    /// <summary>There a failing metric is replaced by fallback replicas × target, here by the fallback replicas themselves.</summary>
    public static void Fallback(Vector vector)
    {
        double target = vector.Row.GetProperty("target_average").GetDouble();
        var policy = Given.Policy with { Metrics = [Given.Metric(new PerReplicaTarget(target), "queue")], Fallback = Rules(vector.Object("fallback")) };
        var history = ScalingHistory.Of([], [], [new("queue", vector.Int("prior_failures") ?? 0)]);
        var recommendation = policy.Decide(history, vector.Current, vector.Object("source_value")?.GetDouble() ?? double.NaN).Recommendations[0];
        if (Vector.Object(vector.Expected, "metric") is not { } metric)
            Assert.Equal(RecommendationKind.Missing, recommendation.Kind);
        else if (recommendation.Reading is Measured measured)
            Assert.Equal(metric.GetDouble(), measured.Value);
        else
            Assert.Equal(metric.GetDouble(), recommendation.Replicas * target);
    }

    /// <summary>The metric is on its target, so only activation moves the count. Inactive for an hour, with idle_after 0 s.</summary>
    public static void Activation(Vector vector)
    {
        string? pause = vector.Object("pause")?.GetString();
        var policy = Given.Policy with
        {
            Enabled = pause != "all",
            Replicas = new ReplicaBounds(vector.Int("min") ?? 0, 100) { Idle = vector.Int("idle"), IdleAfter = TimeSpan.Zero },
            Metrics = [Given.Metric(new ValueTarget(1), activation: 0.95)],
            ScaleUp = Given.Unlimited with { Select = pause == "out" ? LimitSelection.Disabled : LimitSelection.Max },
            ScaleDown = Given.Unlimited with { Select = pause == "in" ? LimitSelection.Disabled : LimitSelection.Max },
        };
        var history = Given.Seen with { ZeroIsOurs = true, LastActive = Given.Now - TimeSpan.FromHours(1) };
        var decision = policy.Decide(history, vector.Current, vector.Is("triggers_active") ? 1.0 : 0.93);
        Assert.Equal(vector.Expected.GetProperty("replicas").GetInt32(), decision.Desired);
        Assert.Equal(vector.Expected.GetProperty("update").GetBoolean(), decision.Action != ScalingAction.Hold);
        if (Vector.Object(vector.Expected, "active") is { } active)
            Assert.Equal(active.GetBoolean(), decision.History.LastActive == Given.Now);
    }

    static FallbackRules? Rules(JsonElement? fallback) => fallback is not { } rules ? null : new FallbackRules(
        rules.GetProperty("failure_threshold").GetInt32(),
        rules.GetProperty("replicas").GetInt32(),
        Vector.Object(rules, "behavior")?.GetString() switch
        {
            "currentReplicas" => FallbackBehavior.Current,
            "currentReplicasIfHigher" => FallbackBehavior.CurrentIfHigher,
            "currentReplicasIfLower" => FallbackBehavior.CurrentIfLower,
            _ => FallbackBehavior.Static,
        });
}
