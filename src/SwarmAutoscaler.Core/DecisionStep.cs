namespace SwarmAutoscaler;

/// <summary>One step that changed the number, or kept it from changing.</summary>
/// <param name="Step">The stable word, one of <see cref="ReasonWords"/>.</param>
/// <param name="From">The count before the step.</param>
/// <param name="To">The count after the step; equal to <paramref name="From"/> when the step kept it.</param>
/// <param name="Because">One sentence with the figures used.</param>
/// <param name="Lift">What would lift what the step holds back; null when it holds nothing back.</param>
public sealed record DecisionStep(string Step, int From, int To, string Because, Lift? Lift = null);
