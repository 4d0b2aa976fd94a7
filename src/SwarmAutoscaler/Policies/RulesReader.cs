namespace SwarmAutoscaler.Policies;

/// <summary><c>scale_up</c> and <c>scale_down</c>, which differ in their defaults only, and the shorthand <c>cooldown</c> for both.</summary>
static class RulesReader
{
    static readonly TimeSpan LongestCooldown = TimeSpan.FromDays(1);
    static readonly TimeSpan LongestWindow = TimeSpan.FromHours(1);
    static readonly TimeSpan ShortestPeriod = TimeSpan.FromSeconds(1);

    /// <param name="policy">The policy's mapping.</param>
    /// <param name="key"><c>scale_up</c> or <c>scale_down</c>.</param>
    /// <param name="defaults">What holds where the policy says nothing.</param>
    /// <param name="largestRatio">The most a percentage of a limit may be: a count can shrink by 100 % at most.</param>
    public static ScalingRules Read(FieldReader policy, string key, ScalingRules defaults, double largestRatio)
    {
        var shorthand = policy.Duration("cooldown", max: LongestCooldown);
        if (policy.Map(key) is not { } fields)
            return defaults with { Cooldown = shorthand ?? defaults.Cooldown };
        var cooldown = fields.Duration("cooldown", max: LongestCooldown);
        // A policy's own shorthand wins over a direction's cooldown that it only inherits.
        if (policy.IsOwn("cooldown") && !(policy.IsOwn(key) && fields.IsOwn("cooldown")))
            cooldown = shorthand;
        var rules = new ScalingRules
        {
            Cooldown = cooldown ?? shorthand ?? defaults.Cooldown,
            Stabilization = fields.Duration("stabilization", max: LongestWindow) ?? defaults.Stabilization,
            ToleranceRatio = ReadTolerance(fields) ?? defaults.ToleranceRatio,
            Limits = fields.Has("limits") ? [.. fields.Maps("limits").Select(limit => ReadLimit(limit, largestRatio)).OfType<RateLimit>()] : defaults.Limits,
            Select = fields.Choice("select", ("max", LimitSelection.Max), ("min", LimitSelection.Min), ("disabled", LimitSelection.Disabled)) ?? defaults.Select,
        };
        fields.Done();
        return rules;
    }

    static double? ReadTolerance(FieldReader fields) => fields.Parse<double>("tolerance", text =>
        Shares.Parse(text) is ( >= 1, null) ? (null, "must be below 100%") : Shares.Parse(text));

    static RateLimit? ReadLimit(FieldReader limit, double largestRatio)
    {
        var replicas = limit.Int("replicas", min: 1);
        var ratio = limit.Parse<double>("percent", text => Shares.Parse(text) switch
        {
            (0, null) => (null, "must be above 0"),
            ({ } share, null) when share > largestRatio => (null, $"must be at most {largestRatio * 100:0}%"),
            var parsed => parsed,
        });
        var per = limit.Duration("per", ShortestPeriod, LongestWindow);
        if (limit.Has("replicas") == limit.Has("percent"))
            limit.Error("a limit needs either 'replicas' or 'percent'");
        if (!limit.Has("per"))
            limit.Error("'per' is missing, write for instance per: 60s");
        limit.Done();
        return (replicas, ratio, per) switch
        {
            ({ } count, null, { } period) => RateLimit.OfReplicas(count, period),
            (null, { } share, { } period) => RateLimit.OfRatio(share, period),
            _ => null,
        };
    }
}
