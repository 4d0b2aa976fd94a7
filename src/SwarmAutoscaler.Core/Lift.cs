namespace SwarmAutoscaler;

/// <summary>What would lift what a step holds back, all else staying as it is.</summary>
/// <param name="In">Time alone does it, so long after the decision; null when something has to happen.</param>
/// <param name="When">A clause that follows "when": <c>the cooldown is over</c>.</param>
public sealed record Lift(TimeSpan? In, string When);
