namespace SwarmAutoscaler.Deciding;

/// <summary><c>passthrough</c>: the metric itself is the replica count.</summary>
public sealed record Passthrough : IScalingStrategy
{
    public string Word => "passthrough";

    public double? Target => null;

    public bool IsPerTask => false;

    public Verdict Recommend(double value, in StrategyContext context) => new(Counts.Covering(value), $"the metric itself says {Figures.Text(value)}");
}
