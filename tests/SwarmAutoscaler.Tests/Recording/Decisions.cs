using SwarmAutoscaler.Constraining;
using SwarmAutoscaler.Deciding;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Recording;

/// <summary>Decisions and policies for tests that are about what is told of them.</summary>
static class Decisions
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static ScalingPolicy Policy(string service = "shop_api", params IReadOnlyList<MetricSpec> metrics) =>
        new() { Service = service, Replicas = new ReplicaBounds(2, 10), Metrics = metrics };

    public static MetricSpec Metric(string name, string source = "prometheus") =>
        new() { Name = name, Source = source, Query = new Anything("default"), Strategy = new ValueTarget(0.5) };

    public static ScalingDecision Decision(string service = "shop_api", int current = 3, int desired = 3, string reason = ReasonWords.WithinTolerance) => new()
    {
        Service = service,
        At = Start,
        Current = current,
        Running = current,
        Desired = desired,
        Proposed = desired,
        Reason = reason,
        Recommendations = [],
        Trail = [],
        Bounds = new ReplicaBounds(2, 10),
        History = ScalingHistory.FirstSight,
    };

    public static Recommendation Value(string metric, double value, int? replicas = null) =>
        new(metric, MetricReading.Of(value), replicas, "measured", RecommendationKind.Measured);

    public static Recommendation Lost(string metric, MissingReason reason = MissingReason.Timeout) =>
        new(metric, new Missing(reason, "no answer in 5 s"), null, $"{reason.Word()}: no answer in 5 s", RecommendationKind.Missing);

    sealed record Anything(string Connection) : MetricQuery(Connection);
}
