namespace SwarmAutoscaler;

/// <summary>A count and the reason for it.</summary>
/// <param name="Replicas">0 or more.</param>
/// <param name="Because">One sentence with the figures used.</param>
public readonly record struct Verdict(int Replicas, string Because);
