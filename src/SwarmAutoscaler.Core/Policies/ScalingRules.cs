namespace SwarmAutoscaler.Policies;

/// <summary>How fast and how eagerly one direction moves. Defaults are those of the Kubernetes HPA.</summary>
public sealed record ScalingRules
{
    /// <summary>
    /// Up: time since the last scale-up before the next one. Down: time since the last change in either direction. 0 s or more, default 0 s.
    /// </summary>
    public TimeSpan Cooldown { get; init; }

    /// <summary>The window over which proposals are looked back on: up takes the lowest, down the highest. 0 s or more.</summary>
    public TimeSpan Stabilization { get; init; }

    /// <summary>How far value ÷ target may be from 1 on this side without a change, both ends included. Ratio 0–1, default 0.1.</summary>
    public double ToleranceRatio { get; init; } = 0.1;

    /// <summary>Rate limits; none means the direction is not limited.</summary>
    public IReadOnlyList<RateLimit> Limits { get; init; } = [];

    /// <summary>Which of several limits counts.</summary>
    public LimitSelection Select { get; init; } = LimitSelection.Max;

    /// <summary>Stabilization 0 s; the larger of 4 replicas and 100 % per 15 s.</summary>
    public static ScalingRules UpDefaults { get; } = new()
    {
        Limits = [RateLimit.OfReplicas(4, TimeSpan.FromSeconds(15)), RateLimit.OfRatio(1.0, TimeSpan.FromSeconds(15))],
    };

    /// <summary>Stabilization 300 s; 100 % per 15 s.</summary>
    public static ScalingRules DownDefaults { get; } = new()
    {
        Stabilization = TimeSpan.FromSeconds(300),
        Limits = [RateLimit.OfRatio(1.0, TimeSpan.FromSeconds(15))],
    };
}

/// <summary>At most this much change within a period: a number of replicas or a ratio of the count at the period's start.</summary>
public sealed record RateLimit
{
    RateLimit(int? replicas, double? ratio, TimeSpan period) => (Replicas, Ratio, Period) = (replicas, ratio, period);

    /// <summary>Replicas, 1 or more; null for a ratio.</summary>
    public int? Replicas { get; }

    /// <summary>Ratio of the count at the start of the period, above 0 (1 is 100 %); null for a number of replicas.</summary>
    public double? Ratio { get; }

    /// <summary>Above 0 s.</summary>
    public TimeSpan Period { get; }

    public static RateLimit OfReplicas(int replicas, TimeSpan period) => new(replicas, null, period);

    public static RateLimit OfRatio(double ratio, TimeSpan period) => new(null, ratio, period);
}

/// <summary>Which of several rate limits of a direction counts.</summary>
public enum LimitSelection
{
    /// <summary>The rule that allows the largest change.</summary>
    Max,

    /// <summary>The rule that allows the smallest change.</summary>
    Min,

    /// <summary>No change in this direction at all.</summary>
    Disabled,
}
