namespace SwarmAutoscaler.Policies;

/// <summary><c>replicas</c>: min, max, idle, idle_after.</summary>
static class BoundsReader
{
    static readonly TimeSpan LongestIdleAfter = TimeSpan.FromDays(7);

    /// <param name="policy">The policy's mapping.</param>
    /// <param name="complete">A whole policy, in which the maximum must be; shared defaults may leave it open.</param>
    public static ReplicaBounds? Read(FieldReader policy, bool complete)
    {
        if (!policy.Has("replicas"))
        {
            if (complete)
                policy.Error("'replicas' is missing, write for instance replicas: { min: 1, max: 10 }");
            return null;
        }
        if (policy.Map("replicas") is not { } fields)
            return null;
        int? min = fields.Int("min"), max = fields.Int("max", min: 1), idle = fields.Int("idle");
        var idleAfter = fields.Duration("idle_after", max: LongestIdleAfter);
        if (complete && !fields.Has("max"))
            fields.Error("'max' is missing, it has no default");
        int least = min ?? 1;
        bool leastIsKnown = min is not null || !fields.Has("min");
        if (leastIsKnown && least > max)
            fields.Error(fields.IsOwn("min") ? "min" : "max", $"min ({least}) is above max ({max})");
        if (leastIsKnown && idle >= least && (complete || min is not null))
            fields.Error(fields.IsOwn("idle") ? "idle" : "min", $"idle ({idle}) must be below min ({least})");
        if (complete && policy.IsOwn("replicas") && fields.IsOwn("idle_after") && leastIsKnown && least > 0 && !fields.Has("idle") && !WindowsReader.MayReachZero(policy))
            fields.Error("idle_after", "'idle_after' only means something with 'idle' or min: 0");
        fields.Done();
        if (max is not { } most)
            return null;
        var bounds = new ReplicaBounds(least, most) { Idle = idle };
        return idleAfter is { } after ? bounds with { IdleAfter = after } : bounds;
    }
}
