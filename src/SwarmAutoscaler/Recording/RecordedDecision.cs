using SwarmAutoscaler.Applying;
using SwarmAutoscaler.Deciding;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Recording;

/// <summary>A decision, the policy it was made by and what became of it.</summary>
/// <param name="Decision">The decision with its trail.</param>
/// <param name="Policy">The policy as it was then.</param>
/// <param name="Outcome">Null when there was nothing to apply.</param>
sealed record RecordedDecision(ScalingDecision Decision, ScalingPolicy Policy, ApplyOutcome? Outcome)
{
    /// <summary>There is a count to speak of: a service that does not exist or has none is not at 0. Of an ambiguous one at 0 it is not told which it is.</summary>
    public bool HasCount => Decision is not ({ Reason: ReasonWords.ServiceNotFound or ReasonWords.NotReplicated } or { Reason: ReasonWords.AmbiguousPolicy, Current: 0 });

    /// <summary>The change was wanted and not made, or nobody knows.</summary>
    public bool HasFailed => Outcome?.Kind is not (null or ApplyOutcomeKind.Applied or ApplyOutcomeKind.NotNeeded);

    /// <summary>Names of the metrics without a value, in the policy's order. At zero replicas a number per task is not missing: there is nothing it could be about.</summary>
    public IEnumerable<string> MissingMetrics => Decision.Recommendations
        .Where(each => each is { Reading: Missing, Kind: not RecommendationKind.NotApplicable }).Select(each => each.Metric);
}

static class RecordWords
{
    /// <summary>The stable word of an outcome.</summary>
    public static string Word(this ApplyOutcomeKind kind) => kind switch
    {
        ApplyOutcomeKind.Applied => "applied",
        ApplyOutcomeKind.NotNeeded => "not_needed",
        ApplyOutcomeKind.Conflict => "conflict",
        ApplyOutcomeKind.NotFound => "not_found",
        ApplyOutcomeKind.Refused => "refused",
        ApplyOutcomeKind.Unknown => "unknown",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary><c>up</c> or <c>down</c>.</summary>
    public static string Direction(this ScalingAction action) => action == ScalingAction.ScaleUp ? "up" : "down";

    /// <summary>What is left now, in seconds, of a time that was left when the decision was made; 0 when it is over.</summary>
    public static double SecondsLeft(this ScalingDecision decision, TimeSpan atDecision, DateTimeOffset now) =>
        Math.Max(0, (atDecision - (now - decision.At)).TotalSeconds);
}
