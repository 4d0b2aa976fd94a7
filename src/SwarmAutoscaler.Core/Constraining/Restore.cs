using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Constraining;

/// <summary>
/// After somebody else lowered the count below what we last decided, typically <c>docker stack deploy</c>, cooldown and rate limits do not hold back
/// the way up to min(our last decided count, the stabilized proposal).
/// </summary>
sealed class Restore : IReplicaConstraint
{
    public string Step => ReasonWords.Restore;

    public Limit Apply(int proposed, DecisionContext context)
    {
        if (context.Policy.OnExternalChange != OnExternalChange.Restore
            || context.Before.LastDecided is not { } decided || context.Wanted >= decided || context.Stabilized is not { } stabilized)
            return Limit.None(proposed);
        int restored = Math.Min(decided, stabilized);
        return restored > proposed
            ? new Limit(restored, $"somebody lowered the count below the {decided} that we had decided; this is put right without waiting")
            : Limit.None(proposed);
    }
}
