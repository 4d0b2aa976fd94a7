using SwarmAutoscaler.Deciding;

namespace SwarmAutoscaler.Constraining;

/// <summary>
/// With <c>give_back_after</c>: replicas that have had no place for so long are given back. They do not run, so nothing that limits a scale-down holds this
/// up but the minimum; and a missing metric, as with every other way down. The count then stays where it can be placed for as long as was waited, see
/// <see cref="GivenBack"/>. Example: 10 wanted, 3 without a place for 600 s, now 4 because a node was lost a moment ago: 7.
/// </summary>
sealed class GiveBack : IReplicaConstraint
{
    public string Step => ReasonWords.Capacity;

    public Limit Apply(int proposed, DecisionContext context)
    {
        if (context.Policy.GiveBackAfter is not { } after || context.Before.Unplaced is not { } unplaced || context.Now - unplaced.Since < after)
            return Limit.None(proposed);
        int placed = Math.Max(Math.Max(1, context.Bounds.Min), context.Wanted - unplaced.Least);
        if (placed >= context.Wanted || placed >= proposed || context.Recommendations.Any(recommendation => recommendation.Kind == RecommendationKind.Missing))
            return Limit.None(proposed);
        return new Limit(placed, $"{context.Wanted - placed} of {context.Wanted} are given back after {Figures.Text(context.Now - unplaced.Since)}: "
            + Capacity.WhyUnplaced(context.Service));
    }
}
