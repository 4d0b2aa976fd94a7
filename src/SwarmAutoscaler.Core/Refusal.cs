using SwarmAutoscaler.Constraining;
using SwarmAutoscaler.Deciding;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler;

/// <summary>Decisions about what cannot be scaled at all: there is no count to compute with.</summary>
public static class Refusal
{
    /// <summary>No service of that name, or one that is not replicated.</summary>
    internal static ScalingDecision Of(ScalingPolicy policy, Observation observation, ScalingHistory history) => observation.Service is { } service
        ? Of(policy, observation, history, ReasonWords.NotReplicated, $"{service.Name} is {Text(service.Mode)}; only a replicated service has a count to change")
        : Of(policy, observation, history, ReasonWords.ServiceNotFound, $"there is no service with exactly the name {policy.Service}");

    /// <summary>Two policies name one service: both refuse.</summary>
    public static ScalingDecision OfAmbiguous(ScalingPolicy policy, Observation observation, ScalingHistory history) =>
        Of(policy, observation, history, ReasonWords.AmbiguousPolicy, $"more than one policy names {policy.Service}; all of them refuse until one is left");

    static ScalingDecision Of(ScalingPolicy policy, Observation observation, ScalingHistory history, string reason, string because)
    {
        int current = observation.Service is { Mode: ServiceMode.Replicated } service ? service.Wanted : 0;
        return new ScalingDecision
        {
            Service = policy.Service,
            At = observation.Now,
            Current = current,
            Running = observation.Service?.Running ?? 0,
            Proposed = current,
            Desired = current,
            Reason = reason,
            Recommendations = [],
            Trail = [new DecisionStep(ReasonWords.Gate, current, current, because)],
            Bounds = EffectiveBounds.At(policy.Replicas, policy.Windows, observation.Now).Bounds,
            History = history,
        };
    }

    static string Text(ServiceMode mode) => mode switch
    {
        ServiceMode.Global => "global (one task per node)",
        ServiceMode.ReplicatedJob => "a replicated job",
        ServiceMode.GlobalJob => "a global job",
        _ => "replicated",
    };
}
