namespace SwarmAutoscaler.Constraining;

/// <summary>
/// Up: no scale-up until the cooldown has passed since the last scale-up. Down: no scale-down until it has passed since the last change in
/// either direction. Changes by others count too.
/// </summary>
sealed class Cooldown : IReplicaConstraint
{
    public string Step => ReasonWords.Cooldown;

    public Limit Apply(int proposed, DecisionContext context)
    {
        if (proposed == context.Wanted)
            return Limit.None(proposed);
        var cooldown = context.RulesTowards(proposed).Cooldown;
        var since = proposed > context.Wanted ? context.Before.Changes.LastUp : context.Before.Changes.Last;
        var remaining = Remaining(cooldown, since, context.Now);
        return remaining == TimeSpan.Zero
            ? Limit.None(proposed)
            : new Limit(context.Wanted, $"{Figures.Text(remaining)} of the cooldown of {Figures.Text(cooldown)} are left after the last {(proposed > context.Wanted ? "scale-up" : "change")}",
                new Lift(remaining, "the cooldown is over"));
    }

    /// <summary>
    /// What is left of a cooldown that began at <paramref name="since"/>; 0 s when it is over or never began. Never more than the cooldown itself: when
    /// the clock was set back, the beginning lies ahead.
    /// </summary>
    public static TimeSpan Remaining(TimeSpan cooldown, DateTimeOffset? since, DateTimeOffset now) =>
        since is { } start && now - start < cooldown ? cooldown - (now > start ? now - start : TimeSpan.Zero) : TimeSpan.Zero;
}
