namespace SwarmAutoscaler;

/// <summary>A count and the reason for it.</summary>
/// <param name="Replicas">0 or more.</param>
/// <param name="Because">One sentence with the figures used.</param>
/// <param name="Lift">What would lift it, if it holds something back.</param>
public readonly record struct Verdict(int Replicas, string Because, Lift? Lift = null);
