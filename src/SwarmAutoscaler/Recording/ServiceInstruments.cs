using System.Diagnostics.Metrics;
using SwarmAutoscaler.Coordinating;
using SwarmAutoscaler.Measuring;

namespace SwarmAutoscaler.Recording;

/// <summary>
/// The instruments with a service label. All are observed from the board at the moment of a scrape: when a policy is removed, its series end,
/// counters too, and no number of services is too many.
/// </summary>
sealed class ServiceInstruments
{
    readonly Meter meter;
    readonly DecisionBoard board;
    readonly IPauses pauses;
    readonly TimeProvider time;

    ServiceInstruments(AutoscalerMeter meter, DecisionBoard board, IPauses pauses, TimeProvider time) =>
        (this.meter, this.board, this.pauses, this.time) = (meter.Meter, board, pauses, time);

    public static void Register(AutoscalerMeter meter, DecisionBoard board, IPauses pauses, TimeProvider time)
    {
        var instruments = new ServiceInstruments(meter, board, pauses, time);
        instruments.RegisterReplicas();
        instruments.RegisterMetrics();
        instruments.RegisterCounters();
    }

    void RegisterReplicas()
    {
        Gauge("replicas_current", "Replicas in the service's spec at the last evaluation.", standing => Count(standing, standing.Last.Decision.Current));
        Gauge("replicas_running", "Running tasks at the last evaluation.", standing => Count(standing, standing.Last.Decision.Running));
        Gauge("replicas_desired", "Replicas decided on by the last evaluation.", standing => Count(standing, standing.Last.Decision.Desired));
        Gauge("replicas_min", "The lower bound in force.", standing => [Value(standing, standing.Last.Decision.Bounds.Min)]);
        Gauge("replicas_max", "The upper bound in force.", standing => [Value(standing, standing.Last.Decision.Bounds.Max)]);
        Gauge("cooldown_remaining", "Time until a cooldown allows the next change in a direction.", standing =>
        [
            Value(standing, SecondsLeft(standing, each => each.CooldownUpRemaining), ("direction", "up")),
            Value(standing, SecondsLeft(standing, each => each.CooldownDownRemaining), ("direction", "down")),
        ], "s");
        Gauge("paused", "1 while the service is paused.", standing =>
            [Value(standing, pauses.Of(standing.Last.Decision.Service, time.GetUtcNow()) is null ? 0 : 1)]);
    }

    void RegisterMetrics()
    {
        Gauge("metric_value", "A metric's last value in base units; absent while it is missing.", standing =>
            from each in standing.Last.Decision.Recommendations
            where each.Reading is Measured
            select Value(standing, ((Measured)each.Reading).Value, ("metric", each.Metric)));
        Gauge("metric_target", "A metric's target in base units.", standing =>
            from metric in standing.Last.Policy.Metrics
            where metric.Strategy.Target is not null
            select Value(standing, metric.Strategy.Target!.Value, ("metric", metric.Name)));
        Gauge("metric_recommendation", "Replicas that a metric asks for; absent while it asks for nothing.", standing =>
            from each in standing.Last.Decision.Recommendations
            where each.Replicas is not null
            select Value(standing, each.Replicas!.Value, ("metric", each.Metric)));
        Gauge("fallback_active", "1 while the fallback stands in for a missing metric.", standing =>
            from each in standing.Last.Decision.Recommendations
            select Value(standing, each.IsFallback ? 1 : 0, ("metric", each.Metric)));
    }

    void RegisterCounters()
    {
        Counter("metric_missing", "Evaluations in which a metric had no value.", standing =>
            from each in standing.Misses
            orderby each.Key.Metric, each.Key.Source
            select Total(standing, each.Value, ("metric", each.Key.Metric), ("source", each.Key.Source)));
        Counter("decisions", "Decisions by action and by the reason that determined the count.", standing =>
            from each in standing.Decisions
            orderby each.Key.Action, each.Key.Reason
            select Total(standing, each.Value, ("action", each.Key.Action), ("reason", each.Key.Reason)));
        Counter("changes", "Changes that were tried, by direction and outcome.", standing =>
            from each in standing.Changes
            orderby each.Key.Direction, each.Key.Outcome
            select Total(standing, each.Value, ("direction", each.Key.Direction), ("outcome", each.Key.Outcome)));
    }

    void Gauge(string name, string help, Func<ServiceStanding, IEnumerable<Measurement<double>>> read, string? unit = null) =>
        meter.CreateObservableGauge($"swarm_autoscaler_{name}", () => board.All().SelectMany(read), unit, help);

    void Counter(string name, string help, Func<ServiceStanding, IEnumerable<Measurement<long>>> read) =>
        meter.CreateObservableCounter($"swarm_autoscaler_{name}", () => board.All().SelectMany(read), null, help);

    static IEnumerable<Measurement<double>> Count(ServiceStanding standing, int replicas) => standing.Last.HasCount ? [Value(standing, replicas)] : [];

    double SecondsLeft(ServiceStanding standing, Func<ScalingDecision, TimeSpan> cooldown) =>
        standing.Last.Decision.SecondsLeft(cooldown(standing.Last.Decision), time.GetUtcNow());

    static Measurement<double> Value(ServiceStanding standing, double value, params ReadOnlySpan<(string Label, string Text)> labels) =>
        new(value, Tags(standing, labels));

    static Measurement<long> Total(ServiceStanding standing, long total, params ReadOnlySpan<(string Label, string Text)> labels) =>
        new(total, Tags(standing, labels));

    static KeyValuePair<string, object?>[] Tags(ServiceStanding standing, ReadOnlySpan<(string Label, string Text)> labels)
    {
        var tags = new KeyValuePair<string, object?>[labels.Length + 1];
        tags[0] = new("service", standing.Last.Decision.Service);
        for (int i = 0; i < labels.Length; i++)
            tags[i + 1] = new(labels[i].Label, labels[i].Text);
        return tags;
    }
}
