using SwarmAutoscaler.Coordinating;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Constraining;

/// <summary>Everything that a decision is made from.</summary>
/// <param name="Due">The policy.</param>
/// <param name="Observation">What was observed.</param>
/// <param name="Before">What is remembered.</param>
readonly record struct Undecided(DuePolicy Due, Observation Observation, ScalingHistory Before)
{
    public ScalingDecision Decide() => Due.IsAmbiguous
        ? Refusal.OfAmbiguous(Due.Policy, Observation, Before)
        : DecisionEngine.Decide(Due.Policy, Observation, Before);

    /// <summary>With the pause, if there is one. Where pauses are not known, the service is left alone.</summary>
    public Undecided Heeding(IPauses pauses, DateTimeOffset now) => (pauses.Of(Due.Policy.Service, now), pauses.Doubt) switch
    {
        ({ } pause, _) => this with { Observation = Observation with { PausedBecause = pause.Because, PausedUntil = pause.Until } },
        (null, { } doubt) => this with { Observation = Observation with { PausedBecause = $"whether it is paused is not known: {doubt}" } },
        _ => this,
    };
}
