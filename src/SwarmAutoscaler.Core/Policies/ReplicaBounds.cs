namespace SwarmAutoscaler.Policies;

/// <summary>The range nothing leaves. <paramref name="Min"/> 0 or more, <paramref name="Max"/> at least max(1, min); the maximum has no default.</summary>
public sealed record ReplicaBounds(int Min, int Max)
{
    /// <summary>The count while nothing is active, below <see cref="Min"/>; with a minimum of 0 it is 0 without being written.</summary>
    public int? Idle { get; init; }

    /// <summary>How long all metrics must have been inactive before the count becomes idle. Default 300 s.</summary>
    public TimeSpan IdleAfter { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>The idle count in force, or null when the service never goes idle.</summary>
    public int? IdleCount => Idle ?? (Min == 0 ? 0 : null);

    public int Clamp(int replicas) => Math.Clamp(replicas, Min, Max);
}
