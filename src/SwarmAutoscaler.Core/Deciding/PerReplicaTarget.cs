namespace SwarmAutoscaler.Deciding;

/// <summary><c>per_replica: 100</c>: a total to share out, such as a queue or a request rate.</summary>
/// <param name="Value">What one replica is to have of the total, above 0.</param>
public sealed record PerReplicaTarget(double Value) : IScalingStrategy
{
    public string Word => "per_replica";

    public double? Target => Value;

    public bool IsPerTask => false;

    /// <summary>ceil(total ÷ target) outside the tolerance. Example: 1,200 jobs at 100 a replica are 12.</summary>
    public Verdict Recommend(double value, in StrategyContext context)
    {
        double ratio = value / (Value * context.Running);
        if (Counts.IsWithinTolerance(ratio, context))
            return new Verdict(context.Wanted, $"{Figures.Text(value)} over {context.Running} running is {Figures.Text(ratio)} of the target {Figures.Text(Value)} each, within the tolerance");
        int covering = Counts.Covering(value / Value);
        int guarded = Counts.Guard(ratio, covering, context.Wanted);
        return new Verdict(guarded, $"{Figures.Text(value)} at {Figures.Text(Value)} a replica is {Figures.Text(value / Value)}" + Counts.GuardNote(covering, guarded, ratio));
    }
}
