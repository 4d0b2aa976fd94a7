using SwarmAutoscaler.Constraining;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Deciding;

/// <summary>One recommendation per metric, and what is to be remembered of each reading.</summary>
static class Recommendations
{
    public static (IReadOnlyList<Recommendation> All, ScalingHistory Remembered) Of(
        ScalingPolicy policy, ServiceState service, Observation observation, ScalingHistory history)
    {
        var all = new Recommendation[policy.Metrics.Count];
        for (int i = 0; i < all.Length; i++)
        {
            var spec = policy.Metrics[i];
            var reading = observation.Readings[i];
            if (service.Wanted == 0 && (spec.Strategy.IsPerTask || spec.Query.ShareOf is not null))
            {
                all[i] = new Recommendation(spec.Name, reading, null, "a number per task says nothing about a service without tasks", RecommendationKind.NotApplicable);
                continue;
            }
            var memory = history.MemoryOf(spec.Name).After(reading, spec.Strategy, observation.Now);
            history = history.WithMemory(spec.Name, memory);
            all[i] = Of(spec, reading, memory, policy, service, observation.Now);
        }
        return (all, history);
    }

    static Recommendation Of(MetricSpec spec, MetricReading reading, MetricMemory memory, ScalingPolicy policy, ServiceState service, DateTimeOffset now)
    {
        if (reading is Measured measured)
        {
            var verdict = spec.Strategy.Recommend(measured.Value, new StrategyContext
            {
                Wanted = service.Wanted,
                Running = Math.Max(1, service.Running),
                ToleranceUp = policy.ScaleUp.ToleranceRatio,
                ToleranceDown = policy.ScaleDown.ToleranceRatio,
                Now = now,
                StepsSince = memory.StepsSince,
            });
            return new Recommendation(spec.Name, reading, verdict.Replicas, verdict.Because, RecommendationKind.Measured);
        }
        var missing = (Missing)reading;
        string why = $"{missing.Reason.Word()}: {missing.Detail}";
        return policy.Fallback is { } fallback && memory.Misses > fallback.After
            ? new Recommendation(spec.Name, reading, CountOf(fallback, service.Wanted), $"missing {memory.Misses} times in a row ({why}), so the fallback counts", RecommendationKind.Fallback)
            : new Recommendation(spec.Name, reading, null, why, RecommendationKind.Missing);
    }

    static int CountOf(FallbackRules fallback, int wanted) => fallback.Behavior switch
    {
        FallbackBehavior.Static => fallback.Replicas,
        FallbackBehavior.Current => wanted,
        FallbackBehavior.CurrentIfHigher => Math.Max(wanted, fallback.Replicas),
        _ => Math.Min(wanted, fallback.Replicas),
    };
}
