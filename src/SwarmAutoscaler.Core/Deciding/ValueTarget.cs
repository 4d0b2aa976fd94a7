namespace SwarmAutoscaler.Deciding;

/// <summary>
/// <c>value: 500ms</c>: one number that falls as replicas grow, such as a latency. It is a number of the service and not of each task, so it can
/// wake a service without tasks; where it needs tasks to exist it is missing then, not zero.
/// </summary>
/// <param name="Value">The value aimed at in base units (seconds for durations), above 0.</param>
public sealed record ValueTarget(double Value) : IScalingStrategy
{
    public string Word => "value";

    public double? Target => Value;

    public bool IsPerTask => false;

    public Verdict Recommend(double value, in StrategyContext context) => Counts.Proportional(value, Value, context);
}
