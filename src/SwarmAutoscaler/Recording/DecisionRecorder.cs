using System.Globalization;
using Microsoft.Extensions.Logging;
using SwarmAutoscaler.Applying;
using SwarmAutoscaler.Deciding;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Recording;

/// <summary>The last stage: every decision goes to the board, and those that matter into the log, one line each.</summary>
sealed class DecisionRecorder(DecisionBoard board, ILogger<DecisionRecorder> logger)
{
    /// <param name="decision">What was decided.</param>
    /// <param name="policy">By which policy.</param>
    /// <param name="outcome">What became of the change; null when there was nothing to apply.</param>
    public void Record(ScalingDecision decision, ScalingPolicy policy, ApplyOutcome? outcome)
    {
        if (board.Put(new RecordedDecision(decision, policy, outcome)) is not { Level: var level } || !logger.IsEnabled(level))
            return;
        string action = decision.Action.Word();
        string what = outcome is null ? "held" : Sentence(outcome);
        string trail = string.Join("; ", decision.Trail.Select(Sentence));
        string metrics = string.Join("; ", decision.Recommendations.Select(Sentence));
        Log.Decided(logger, level, decision.Service, action, decision.Current, decision.Desired, decision.Reason, what, trail, metrics);
    }

    static string Sentence(ApplyOutcome outcome) => outcome.Because.Length == 0 ? outcome.Kind.Word() : $"{outcome.Kind.Word()}: {outcome.Because}";

    static string Sentence(DecisionStep step) => string.Create(CultureInfo.InvariantCulture, $"{step.Step} {step.From} -> {step.To}: {step.Because}");

    static string Sentence(Recommendation recommendation)
    {
        // The sentence behind a measured value stands in the trail if it decided anything; the API shows all of them.
        string value = recommendation.Reading is Measured { Value: var number } ? number.ToString("0.######", CultureInfo.InvariantCulture) : $"missing ({recommendation.Because})";
        return recommendation.Replicas is { } replicas ? string.Create(CultureInfo.InvariantCulture, $"{recommendation.Metric} {value} wants {replicas}") : $"{recommendation.Metric} {value}";
    }
}
