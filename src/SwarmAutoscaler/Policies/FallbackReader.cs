namespace SwarmAutoscaler.Policies;

/// <summary><c>fallback</c>: what a metric recommends after it has been missing for too long.</summary>
static class FallbackReader
{
    const int DefaultAfter = 3;

    /// <param name="policy">The policy's mapping.</param>
    /// <param name="complete">A whole policy; shared defaults may leave keys open.</param>
    public static FallbackRules? Read(FieldReader policy, bool complete)
    {
        if (policy.Map("fallback") is not { } fields)
            return null;
        int? after = fields.Int("after"), replicas = fields.Int("replicas");
        var behavior = fields.Choice("behavior", ("static", FallbackBehavior.Static), ("current", FallbackBehavior.Current),
            ("current_if_higher", FallbackBehavior.CurrentIfHigher), ("current_if_lower", FallbackBehavior.CurrentIfLower)) ?? FallbackBehavior.Static;
        if (complete && behavior != FallbackBehavior.Current && !fields.Has("replicas"))
            fields.Error("'replicas' is missing");
        fields.Done();
        return new FallbackRules(after ?? DefaultAfter, replicas ?? 0, behavior);
    }
}
