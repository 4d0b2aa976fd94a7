namespace SwarmAutoscaler.Constraining;

/// <summary>What limits a proposal. Pure.</summary>
public interface IReplicaConstraint
{
    /// <summary>The stable word.</summary>
    string Step { get; }

    /// <summary>The count this constraint lets through and, if it is another one than proposed, why; the proposed count and null otherwise.</summary>
    /// <param name="proposed">The count so far.</param>
    /// <param name="context">Everything else.</param>
    Limit Apply(int proposed, DecisionContext context);
}

/// <summary>What a constraint let through.</summary>
/// <param name="Replicas">The count.</param>
/// <param name="Because">Why it is not the proposed one; null when it is.</param>
/// <param name="Lift">What would let more through; null when that is not known, or nothing is held back.</param>
public readonly record struct Limit(int Replicas, string? Because, Lift? Lift = null)
{
    public static Limit None(int proposed) => new(proposed, null);
}
