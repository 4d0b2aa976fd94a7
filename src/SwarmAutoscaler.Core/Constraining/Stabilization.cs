namespace SwarmAutoscaler.Constraining;

/// <summary>
/// Two-sided: up is the lowest proposal in the up window, down the highest in the down window, the present one included; wanted is pulled into
/// [up, down]. From the Kubernetes HPA. Example: wanted 5, proposals of the last 300 s 4 and 3, now 2: down is 4, so 4.
/// </summary>
sealed class Stabilization : IReplicaConstraint
{
    public string Step => ReasonWords.Stabilization;

    public Limit Apply(int proposed, DecisionContext context)
    {
        var (up, down) = (context.Policy.ScaleUp.Stabilization, context.Policy.ScaleDown.Stabilization);
        int lowest = context.Before.Proposals.Lowest(context.Now, up, proposed);
        int highest = context.Before.Proposals.Highest(context.Now, down, proposed);
        int stabilized = context.Wanted < lowest ? lowest : context.Wanted > highest ? highest : context.Wanted;
        if (stabilized == proposed)
            return Limit.None(proposed);
        return proposed < stabilized
            ? new Limit(stabilized, $"the highest proposal of the last {Figures.Text(down)} is {highest}",
                Lift("highest", context.Before.Proposals.FallsBelow(stabilized, context.Now, down, proposed)))
            : new Limit(stabilized, $"the lowest proposal of the last {Figures.Text(up)} is {lowest}",
                Lift("lowest", context.Before.Proposals.RisesAbove(stabilized, context.Now, up, proposed)));
    }

    static Lift? Lift(string extreme, (TimeSpan In, int Last, int Next)? leaving) => leaving is var (time, last, next)
        ? new Lift(time, $"the proposal of {last} leaves the window; the {extreme} is then {next}")
        : null;
}
