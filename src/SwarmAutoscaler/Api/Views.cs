using System.Text.Json;
using SwarmAutoscaler.Coordinating;
using SwarmAutoscaler.Deciding;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;
using SwarmAutoscaler.Recording;

namespace SwarmAutoscaler.Api;

/// <summary>From the program's own types to the API's shapes.</summary>
static class Views
{
    public static ServiceSummaryView Summary(ScalingPolicy policy, ServiceStanding? standing, Pause? pause)
    {
        var last = standing?.Last;
        var bounds = last?.Decision.Bounds ?? policy.Replicas;
        return new ServiceSummaryView(
            policy.Service, policy.Enabled, Word(policy.Mode), bounds.Min, bounds.Max,
            Count(last, last?.Decision.Current), Count(last, last?.Decision.Running), Count(last, last?.Decision.Desired),
            last?.Decision.Action.Word(), last?.Decision.Reason, last?.Decision.At.UtcDateTime,
            pause is not null, pause?.Until?.UtcDateTime);
    }

    public static ServiceView Service(ScalingPolicy policy, ServiceStanding? standing, Pause? pause, DateTimeOffset now) =>
        new(policy.Service, Policy(policy), pause is null ? null : new PauseView(pause.Since.UtcDateTime, pause.Until?.UtcDateTime),
            standing is null ? null : State(standing.Last, now), standing is null ? null : Decision(standing.Last));

    public static DecisionView Decision(RecordedDecision recorded)
    {
        var (decision, _, outcome) = recorded;
        return new DecisionView(
            decision.At.UtcDateTime, decision.Service, decision.Current, decision.Running, decision.Desired, decision.Proposed,
            decision.Action.Word(), decision.Reason,
            [.. decision.Recommendations.Select(Metric)],
            [.. decision.Trail.Select(step => new StepView(step.Step, step.From, step.To, step.Because, step.Lift?.When, (decision.At + step.Lift?.In)?.UtcDateTime))],
            outcome is null ? null : new OutcomeView(outcome.Kind.Word(), outcome.Because));
    }

    static StateView State(RecordedDecision last, DateTimeOffset now)
    {
        var decision = last.Decision;
        return new StateView(
            Count(last, decision.Current), Count(last, decision.Running), Count(last, decision.Desired), decision.Bounds.Min, decision.Bounds.Max,
            decision.SecondsLeft(decision.CooldownUpRemaining, now), decision.SecondsLeft(decision.CooldownDownRemaining, now));
    }

    static MetricDecisionView Metric(Recommendation recommendation) => new(
        recommendation.Metric,
        (recommendation.Reading as Measured)?.Value,
        (recommendation.Reading as Missing)?.Reason.Word(),
        recommendation.Replicas,
        recommendation.Because,
        recommendation.IsFallback);

    static PolicyView Policy(ScalingPolicy policy) => new(
        policy.Enabled, Word(policy.Mode), Schedule(policy.Schedule), Bounds(policy.Replicas),
        [.. policy.Metrics.Select(metric => new MetricView(
            metric.Name, metric.Source, metric.Query.Connection, metric.Strategy.Word, metric.Strategy.Target, metric.Activation, metric.EmptyIsZero))],
        Rules(policy.ScaleUp), Rules(policy.ScaleDown),
        policy.Fallback is { } fallback ? new FallbackView(fallback.After, fallback.Replicas, Word(fallback.Behavior)) : null,
        Word(policy.DuringUpdate), Word(policy.OnExternalChange), policy.GiveBackAfter?.TotalSeconds);

    static ScheduleView Schedule(EvaluationSchedule schedule) => schedule switch
    {
        IntervalSchedule { Interval: var interval } => new ScheduleView(interval.TotalSeconds, null, null),
        CronSchedule cron => new ScheduleView(null, cron.Expression, cron.TimeZone),
        _ => throw new ArgumentOutOfRangeException(nameof(schedule), schedule, null),
    };

    static BoundsView Bounds(ReplicaBounds bounds) =>
        new(bounds.Min, bounds.Max, bounds.IdleCount, bounds.IdleCount is null ? null : bounds.IdleAfter.TotalSeconds);

    static RulesView Rules(ScalingRules rules) => new(
        rules.Cooldown.TotalSeconds, rules.Stabilization.TotalSeconds, rules.ToleranceRatio,
        [.. rules.Limits.Select(limit => new LimitView(limit.Replicas, limit.Ratio, limit.Period.TotalSeconds))],
        Word(rules.Select));

    static int? Count(RecordedDecision? recorded, int? replicas) => recorded is { HasCount: true } ? replicas : null;

    /// <summary>The word in policy files.</summary>
    static string Word<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
