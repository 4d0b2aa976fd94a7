using System.Collections.Immutable;
using SwarmAutoscaler.Applying;

namespace SwarmAutoscaler.Recording;

/// <summary>What is on the board for one service: its last decision and the counts since its policy was loaded. Immutable.</summary>
sealed record ServiceStanding
{
    /// <summary>A quarter of an hour at the default interval.</summary>
    public const int MostCounts = 60;

    /// <summary>Both directions from the start: Prometheus sees no increase in a counter whose first sample is already 1.</summary>
    static readonly ImmutableDictionary<(string, string), long> NoChanges = new[] { ScalingAction.ScaleUp, ScalingAction.ScaleDown }
        .ToImmutableDictionary(action => (action.Direction(), ApplyOutcomeKind.Applied.Word()), _ => 0L);

    public required RecordedDecision Last { get; init; }

    /// <summary>Decisions by action and reason.</summary>
    public ImmutableDictionary<(string Action, string Reason), long> Decisions { get; init; } = ImmutableDictionary<(string, string), long>.Empty;

    /// <summary>Attempted changes by direction and outcome.</summary>
    public ImmutableDictionary<(string Direction, string Outcome), long> Changes { get; init; } = NoChanges;

    /// <summary>Readings without a value, for the metrics the policy has now.</summary>
    public ImmutableDictionary<(string Metric, string Source), long> Misses { get; init; } = ImmutableDictionary<(string, string), long>.Empty;

    /// <summary>The counts last decided on, the newest last, at most <see cref="MostCounts"/>; of decisions that spoke of a count.</summary>
    public ImmutableArray<int> Counts { get; init; } = [];

    /// <summary>The last log line about this service.</summary>
    public DecisionLine? Line { get; init; }

    /// <summary>The standing after one more decision.</summary>
    public static ServiceStanding After(ServiceStanding? before, RecordedDecision recorded, DecisionLine? line)
    {
        var (decision, policy, outcome) = recorded;
        var standing = before is null ? new ServiceStanding { Last = recorded } : before with { Last = recorded };
        standing = standing with { Decisions = Plus(standing.Decisions, (decision.Action.Word(), decision.Reason)), Line = line ?? before?.Line };
        if (recorded.HasCount)
            standing = standing with { Counts = [.. standing.Counts.TakeLast(MostCounts - 1), decision.Desired] };
        if (outcome is not null)
            standing = standing with { Changes = Plus(standing.Changes, (decision.Action.Direction(), outcome.Kind.Word())) };
        var metrics = policy.Metrics.ToDictionary(metric => metric.Name, metric => metric.Source, StringComparer.Ordinal);
        var misses = before is null || ReferenceEquals(before.Last.Policy, policy)
            ? standing.Misses
            : standing.Misses.RemoveRange(standing.Misses.Keys.Where(key => metrics.GetValueOrDefault(key.Metric) != key.Source));
        foreach (string name in recorded.MissingMetrics)
            misses = Plus(misses, (name, metrics.GetValueOrDefault(name, "")));
        return standing with { Misses = misses };
    }

    static ImmutableDictionary<(string, string), long> Plus(ImmutableDictionary<(string, string), long> counts, (string, string) key) =>
        counts.SetItem(key, counts.GetValueOrDefault(key) + 1);
}
