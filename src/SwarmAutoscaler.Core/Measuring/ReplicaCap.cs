namespace SwarmAutoscaler.Measuring;

/// <summary>An upper end that lies outside the policy: max-replicas-per-node × eligible nodes, or what is left of a shared budget.</summary>
/// <param name="Replicas">At most this many; a count that is already above is left alone.</param>
/// <param name="Because">One sentence with the figures used.</param>
public sealed record ReplicaCap(int Replicas, string Because);
