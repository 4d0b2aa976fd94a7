using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Deciding;

/// <summary>The highest recommendation. If any metric is missing never below wanted; if all are missing, or none applies, wanted.</summary>
static class Combination
{
    public static void Apply(ReplicaProposal proposal, IReadOnlyList<Recommendation> recommendations)
    {
        Recommendation? highest = null, missing = null;
        foreach (var recommendation in recommendations)
        {
            if (recommendation.Replicas is not null && (highest is null || recommendation.Replicas > highest.Replicas))
                highest = recommendation;
            if (recommendation.Kind == RecommendationKind.Missing)
                missing ??= recommendation;
        }
        int wanted = proposal.Wanted;
        if (missing is not null && (highest is null || highest.Replicas < wanted))
            proposal.Move(ReasonWords.Combine, new Verdict(wanted, highest is null
                ? $"{missing.Metric} is missing ({missing.Because}), and no other metric says anything"
                : $"{highest.Metric} recommends {highest.Replicas}, but {missing.Metric} is missing ({missing.Because})", new Lift(null, $"{missing.Metric} answers again")));
        else if (highest is not null && highest.Replicas != wanted)
            proposal.Move(ReasonWords.Combine, new Verdict(highest.Replicas!.Value, $"{highest.Metric}: {highest.Because}"), ReasonWords.Recommend);
    }
}
