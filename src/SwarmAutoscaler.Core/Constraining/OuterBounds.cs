namespace SwarmAutoscaler.Constraining;

/// <summary>The range that nothing leaves, first and last.</summary>
static class OuterBounds
{
    /// <summary>
    /// A count outside the bounds goes to the nearer end at once, without metrics, windows, limits or cooldown. Returns true when it did.
    /// Zero and the idle count may lie below the minimum here; a zero of our own that the policy no longer allows is lifted by <see cref="Clamp"/>.
    /// </summary>
    public static bool PullIn(ReplicaProposal proposal, DecisionContext context)
    {
        var (wanted, bounds) = (context.Wanted, context.Bounds);
        if (wanted == 0 || wanted == bounds.IdleCount || bounds.Clamp(wanted) == wanted)
            return false;
        Move(proposal, context);
        return true;
    }

    /// <summary>Clamps to min and max; the one count that may lie below the minimum is the idle one, of a service that goes idle or is held there.</summary>
    public static void Clamp(ReplicaProposal proposal, DecisionContext context)
    {
        bool mayBeIdle = proposal.IsIdle || context.Wanted == context.Bounds.IdleCount;
        if (mayBeIdle && proposal.Replicas == context.Bounds.IdleCount)
            return;
        if (context.Bounds.Clamp(proposal.Replicas) != proposal.Replicas)
            Move(proposal, context);
    }

    /// <summary>Where the end comes from a window, the window is the reason: by the policy's own bounds the count would be another one.</summary>
    static void Move(ReplicaProposal proposal, DecisionContext context)
    {
        var (replicas, bounds) = (proposal.Replicas, context.Bounds);
        var window = replicas > bounds.Max ? context.Effective.MaxFrom : context.Effective.MinFrom;
        string end = replicas > bounds.Max ? $"above the maximum of {bounds.Max}" : $"below the minimum of {bounds.Min}";
        string because = window is null ? $"{replicas} is {end}" : $"{replicas} is {end} in window {window.Name}";
        string key = replicas > bounds.Max ? "max" : "min";
        var lift = new Lift(null, window is null ? $"the policy's replicas.{key} allows it" : $"window {window.Name} ends, or its {key} allows it");
        proposal.Move(ReasonWords.Bounds, new Verdict(bounds.Clamp(replicas), because, lift), window is null ? null : ReasonWords.Schedule);
    }
}
