namespace SwarmAutoscaler.Policies;

/// <summary>When a policy is evaluated. Equal schedules are one trigger and one cycle.</summary>
public abstract record EvaluationSchedule
{
    /// <summary>The longest a backend may take to answer: the smaller of 10 s and half the interval.</summary>
    public abstract TimeSpan SourceTimeout { get; }

    /// <summary>As people read it, for instance <c>every 15 s</c>; equal schedules have equal texts.</summary>
    public abstract override string ToString();

    private protected static readonly TimeSpan LongestTimeout = TimeSpan.FromSeconds(10);
}

/// <summary>Every <paramref name="Interval"/>, at least 1 s.</summary>
public sealed record IntervalSchedule(TimeSpan Interval) : EvaluationSchedule
{
    /// <summary>15 s.</summary>
    public static IntervalSchedule Default { get; } = new(TimeSpan.FromSeconds(15));

    public override TimeSpan SourceTimeout => Interval / 2 < LongestTimeout ? Interval / 2 : LongestTimeout;

    public override string ToString() => $"every {Figures.Text(Interval)}";
}

/// <summary>A Quartz cron expression (six or seven fields, seconds first) in an IANA time zone.</summary>
public sealed record CronSchedule(string Expression, string TimeZone) : EvaluationSchedule
{
    public override TimeSpan SourceTimeout => LongestTimeout;

    public override string ToString() => $"cron {Expression} {TimeZone}";
}
