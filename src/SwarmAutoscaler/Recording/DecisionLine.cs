using Microsoft.Extensions.Logging;
using SwarmAutoscaler.Applying;

namespace SwarmAutoscaler.Recording;

/// <summary>
/// What a log line about a decision says, apart from the sentences: two decisions with equal lines tell the same story. Lines are for what
/// somebody would want to read: a change, a change that was held or limited, a metric that is lost or back.
/// </summary>
sealed record DecisionLine(ScalingAction Action, string Reason, int Current, int Desired, int Proposed, ApplyOutcomeKind? Outcome, string Missing)
{
    /// <summary>An unchanged story is told again after this time, so that a log of the last hours shows what is still going on.</summary>
    static readonly TimeSpan Reminder = TimeSpan.FromHours(1);

    public DateTimeOffset At { get; private init; }

    public LogLevel Level { get; private init; }

    /// <summary>The line this decision deserves, or null.</summary>
    public static DecisionLine? For(RecordedDecision recorded, ServiceStanding? before)
    {
        var decision = recorded.Decision;
        var line = new DecisionLine(
            decision.Action, decision.Reason, decision.Current, decision.Desired, decision.Proposed, recorded.Outcome?.Kind, string.Join(',', recorded.MissingMetrics))
        {
            At = decision.At,
            Level = recorded.HasFailed || HasLost(recorded, before?.Last) ? LogLevel.Warning : LogLevel.Information,
        };
        bool isQuiet = decision.Action == ScalingAction.Hold && decision.Reason == ReasonWords.WithinTolerance
            && line.Missing == (before?.Line?.Missing ?? "");
        bool isChange = recorded.Outcome?.Kind == ApplyOutcomeKind.Applied;
        bool isTold = before?.Line is { } told && line.TellsTheSameAs(told) && decision.At - told.At < Reminder;
        return isQuiet || (isTold && !isChange) ? null : line;
    }

    bool TellsTheSameAs(DecisionLine other) => this with { At = other.At, Level = other.Level } == other;

    static bool HasLost(RecordedDecision recorded, RecordedDecision? last) =>
        recorded.MissingMetrics.Except(last?.MissingMetrics ?? [], StringComparer.Ordinal).Any();
}
