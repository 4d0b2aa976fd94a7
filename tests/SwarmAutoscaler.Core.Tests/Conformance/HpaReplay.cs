using System.Text.Json;
using SwarmAutoscaler.Constraining;
using SwarmAutoscaler.Deciding;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;
using Xunit;

namespace SwarmAutoscaler.Conformance;

/// <summary>The Kubernetes HPA's vectors.</summary>
static class HpaReplay
{
    static readonly ReplicaBounds Unbounded = new(0, int.MaxValue) { IdleAfter = TimeSpan.Zero };

    public static void Rate(Vector vector)
    {
        var policy = Given.Policy with
        {
            Replicas = Bounds(vector),
            ScaleUp = Vector.Rules(vector.Object("scale_up"), Given.Unlimited) with { Stabilization = TimeSpan.Zero },
            ScaleDown = Vector.Rules(vector.Object("scale_down"), Given.Unlimited) with { Stabilization = TimeSpan.Zero },
        };
        var history = Given.Seen with { Changes = vector.Changes(), ZeroIsOurs = true };
        var decision = policy.Decide(history, vector.Current, vector.Int("desired")!.Value);
        Assert.Equal(vector.Expected.GetProperty("replicas").GetInt32(), decision.Desired);
        AssertLimitedReason(vector, decision);
    }

    public static void Stabilize(Vector vector)
    {
        var policy = Given.Policy with
        {
            Replicas = Unbounded,
            ScaleUp = Given.Unlimited with { Stabilization = Given.Seconds(vector.Int("scale_up_window_s")!.Value) },
            ScaleDown = Given.Unlimited with { Stabilization = Given.Seconds(vector.Int("scale_down_window_s")!.Value) },
        };
        var decision = policy.Decide(Recommended(vector), vector.Current, vector.Int("desired")!.Value);
        Assert.Equal(vector.Expected.GetProperty("replicas").GetInt32(), decision.Desired);
    }

    /// <summary>The lists are pruned to their windows and told apart; only the one of the direction that is asked for can matter.</summary>
    public static void Behavior(Vector vector)
    {
        int desired = vector.Int("desired")!.Value;
        var listed = Vector.Ints(vector.Row, desired > vector.Current ? "scale_up_recommendations_in_window" : "scale_down_recommendations_in_window");
        var policy = Given.Policy with
        {
            Replicas = Bounds(vector),
            ScaleUp = Vector.Rules(vector.Object("scale_up"), Given.Unlimited),
            ScaleDown = Vector.Rules(vector.Object("scale_down"), Given.Unlimited),
        };
        var history = Given.Seen with
        {
            Proposals = ProposalLog.Of(listed.Select(replicas => (Given.Now - Given.Seconds(1), replicas))),
            Changes = vector.Changes(),
            ZeroIsOurs = true,
        };
        Assert.Equal(vector.Expected.GetProperty("replicas").GetInt32(), policy.Decide(history, vector.Current, desired).Desired);
    }

    public static void Calc(Vector vector)
    {
        var decision = Decide(vector, [vector.Row.GetProperty("metric")], Given.Policy with { Replicas = Unbounded }, Given.Seen with { ZeroIsOurs = true });
        if (vector.Expected.TryGetProperty("error", out _))
            Assert.Equal(RecommendationKind.Missing, decision.Recommendations[0].Kind);
        else
            Assert.Equal(vector.Expected.GetProperty("replicas").GetInt32(), decision.Recommendations[0].Replicas);
    }

    public static void Reconcile(Vector vector)
    {
        bool isOurs = vector.Object("scaled_to_zero_by_autoscaler") is { } mark ? mark.GetBoolean() : vector.Int("min") == 0;
        var history = (vector.Object("recommendations") is null ? ScalingHistory.FirstSight : Recommended(vector)) with { ZeroIsOurs = isOurs };
        var policy = WithBehavior(vector) with { Replicas = Bounds(vector) };
        var decision = Decide(vector, [.. vector.Row.GetProperty("metrics").EnumerateArray()], policy, history);

        var expected = vector.Expected;
        Assert.Equal(expected.GetProperty("replicas").GetInt32(), decision.Desired);
        Assert.Equal(expected.GetProperty("action").GetString(), decision.Action == ScalingAction.Hold ? "None" : decision.Action.ToString());
        if (expected.TryGetProperty("error", out _))
            Assert.Contains(decision.Recommendations, recommendation => recommendation.Kind == RecommendationKind.Missing);
        if (Vector.Object(expected, "scaling_active_reason")?.GetString() == "ScalingDisabled")
            Assert.Equal(ReasonWords.StoppedByHand, decision.Reason);
        if (Vector.Object(expected, "able_reason")?.GetString() == "ScaleDownStabilized")
            Assert.Contains(decision.Trail, step => step.Step == ReasonWords.Stabilization);
        AssertLimitedReason(vector, decision);
        if (Vector.Object(expected, "scaled_to_zero_mark_after") is { } after)
            Assert.Equal(after.GetBoolean(), decision.History.WithChange(decision.At, decision.Current, decision.Desired, policy).ZeroIsOurs);
    }

    static ScalingDecision Decide(Vector vector, JsonElement[] metrics, ScalingPolicy policy, ScalingHistory history)
    {
        var tolerance = vector.Row.GetProperty("tolerance");
        policy = policy with
        {
            Metrics = [.. metrics.Select((metric, i) => Given.Metric(Strategy(metric), $"m{i}", shareOf: HasNoLimit(metric) ? LimitedResource.Cpu : null))],
            ScaleUp = policy.ScaleUp with { ToleranceRatio = tolerance.GetProperty("up").GetDouble() },
            ScaleDown = policy.ScaleDown with { ToleranceRatio = tolerance.GetProperty("down").GetDouble() },
        };
        int running = vector.Int("status_replicas") ?? (Vector.Ints(metrics[0], "requests_m") is { Length: > 0 } requests ? requests.Length : vector.Current);
        var service = Given.Service(vector.Current, running);
        var totals = Given.Observation(service, [.. metrics.Select(metric => Value(metric, vector))]);
        return DecisionEngine.Decide(policy, totals with { Readings = ResourceUse.InShares(policy.Metrics, totals.Readings, service) }, history);
    }

    static IScalingStrategy Strategy(JsonElement metric) => metric.GetProperty("type").GetString() switch
    {
        "utilization" => new UtilizationTarget(metric.GetProperty("target_percent").GetInt32() / 100.0),
        "average_value" => new PerReplicaTarget(metric.GetProperty("target_m").GetInt32()),
        "unsupported" => new Passthrough(),
        _ => new ValueTarget(metric.GetProperty("target_m").GetInt32()),
    };

    /// <summary>NaN where the source would not know. A utilization is in whole percent there.</summary>
    static double Value(JsonElement metric, Vector vector)
    {
        string type = metric.GetProperty("type").GetString()!;
        if (type == "unsupported" || Vector.Object(metric, "fetch_error") is { ValueKind: JsonValueKind.True })
            return double.NaN;
        if (Vector.Int(metric, "value_m") is { } value)
            return value;
        int[] levels = Vector.Ints(metric, "levels_m"), requests = Vector.Ints(metric, "requests_m");
        if (type != "utilization")
            return levels.Length == 0 ? double.NaN : levels.Sum() / levels.Length;
        if (requests.Length == 0)
            return levels.Sum();
        return (Vector.Int(vector.Expected, "metric") ?? (levels.Sum() * 100 / requests.Sum())) / 100.0;
    }

    static bool HasNoLimit(JsonElement metric) =>
        metric.GetProperty("type").GetString() == "utilization" && Vector.Object(metric, "requests_m") is { } requests && requests.GetArrayLength() == 0;

    /// <summary>Without a behavior: the older path, a down window and a ceiling upwards.</summary>
    static ScalingPolicy WithBehavior(Vector vector)
    {
        var window = Given.Seconds(vector.Int("downscale_stabilization_s") ?? 300);
        if (vector.Object("behavior") is { } behavior)
            return Given.Policy with
            {
                ScaleUp = Vector.Rules(Vector.Object(behavior, "scale_up"), ScalingRules.UpDefaults),
                ScaleDown = Vector.Rules(Vector.Object(behavior, "scale_down"), ScalingRules.DownDefaults with { Stabilization = window }),
            };
        var ceiling = vector.Row.GetProperty("legacy_scale_up_limit");
        double factor = ceiling.GetProperty("factor").GetDouble();
        int upToMinimum = Math.Max(1, ceiling.GetProperty("minimum").GetInt32() - vector.Current);
        return Given.Policy with
        {
            ScaleUp = Given.Unlimited with { Limits = [RateLimit.OfRatio(factor - 1, Given.Seconds(1)), RateLimit.OfReplicas(upToMinimum, Given.Seconds(1))] },
            ScaleDown = Given.Unlimited with { Stabilization = window },
        };
    }

    static ScalingHistory Recommended(Vector vector) => ScalingHistory.Of(
        vector.Row.GetProperty("recommendations").EnumerateArray()
            .Select(past => (Given.Now - Given.Seconds(past.GetProperty("age_s").GetInt32()), past.GetProperty("value").GetInt32())),
        [], []);

    static ReplicaBounds Bounds(Vector vector) => new(vector.Int("min")!.Value, vector.Int("max")!.Value) { IdleAfter = TimeSpan.Zero };

    static void AssertLimitedReason(Vector vector, ScalingDecision decision)
    {
        string? limit = decision.Reason is ReasonWords.RateLimit or ReasonWords.Bounds ? decision.Reason : null;
        string? expected = Vector.Object(vector.Expected, "limited_reason")?.GetString();
        if (expected is not null)
            Assert.Equal(expected switch
            {
                "ScaleUpLimit" or "ScaleDownLimit" => ReasonWords.RateLimit,
                "TooManyReplicas" or "TooFewReplicas" => ReasonWords.Bounds,
                _ => null,
            }, limit);
    }
}
