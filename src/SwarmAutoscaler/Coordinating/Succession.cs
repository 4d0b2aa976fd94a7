using SwarmAutoscaler.Constraining;

namespace SwarmAutoscaler.Coordinating;

/// <summary>What the next holder of the lease goes on with.</summary>
static class Succession
{
    /// <summary>
    /// 1 min. So long nobody may have evaluated for the past to go on as if nothing had been: longer than a restart, an update or a takeover. After a longer
    /// gap the present count is logged as a proposal, like at first sight, and the clocks of steps and of tasks without a place start afresh: nobody knows what was so.
    /// </summary>
    public static readonly TimeSpan LongestGap = TimeSpan.FromMinutes(1);

    /// <param name="theirs">What the last holder stored.</param>
    /// <param name="own">What this instance saw itself while it did not act; null when it has not evaluated the service.</param>
    /// <param name="now">The time of taking over.</param>
    public static RememberedHistory Of(RememberedHistory theirs, RememberedHistory? own, DateTimeOffset now)
    {
        bool isSame = own is not null && own.History.ServiceId == theirs.History.ServiceId;
        var history = (isSame ? With(theirs.History, own!.History) : theirs.History) with { IsResumed = true };
        var evaluatedAt = isSame ? Later(theirs.EvaluatedAt, own!.EvaluatedAt) : theirs.EvaluatedAt;
        return theirs with
        {
            EvaluatedAt = evaluatedAt,
            History = now - evaluatedAt <= LongestGap ? history : AfterGap(history),
        };
    }

    /// <summary>The proposals of both count, so that neither window ends earlier; and the service was active when either saw it so.</summary>
    static ScalingHistory With(ScalingHistory theirs, ScalingHistory own) => theirs with
    {
        Proposals = ProposalLog.Of(theirs.Proposals.Entries.Concat(own.Proposals.Entries)),
        LastActive = Later(theirs.LastActive, own.LastActive),
    };

    static ScalingHistory AfterGap(ScalingHistory history) => history with
    {
        IsKnown = false,
        Unplaced = null,
        Metrics = history.Metrics.SetItems(history.Metrics.Select(metric => KeyValuePair.Create(metric.Key, metric.Value with { StepsSince = [] }))),
    };

    static DateTimeOffset? Later(DateTimeOffset? a, DateTimeOffset? b) => a is null || b > a ? b : a;
}
