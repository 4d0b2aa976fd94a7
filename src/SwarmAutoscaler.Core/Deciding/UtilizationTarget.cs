namespace SwarmAutoscaler.Deciding;

/// <summary><c>utilization: 65%</c>: average use per running task as a share of the service's own limit.</summary>
/// <param name="Ratio">The share aimed at, above 0; 0.65 is 65 %.</param>
public sealed record UtilizationTarget(double Ratio) : IScalingStrategy
{
    public string Word => "utilization";

    public double? Target => Ratio;

    public bool IsPerTask => true;

    public Verdict Recommend(double value, in StrategyContext context) => Counts.Proportional(value, Ratio, context);
}
