using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Constraining;

/// <summary>
/// At most so much change within each rule's period, from the Kubernetes HPA. The count at the period's start is wanted − added + removed within it.
/// Up: start + n or ceil(start × (1 + p)). Down: start − n or truncate(start × (1 − p)). An overspent budget freezes the count, it never pushes back.
/// Example: 4 replicas per 60 s, 3 added 20 s ago, wanted 8: the start is 5, so at most 9.
/// Two places have no in-between: a share of 0 is 0, so from 0 one replica is always allowed; and below the minimum there is only the idle count,
/// so whatever budget is left takes a service from its minimum to idle.
/// </summary>
sealed class RateLimits : IReplicaConstraint
{
    public string Step => ReasonWords.RateLimit;

    public Limit Apply(int proposed, DecisionContext context)
    {
        int wanted = context.Wanted;
        if (proposed == wanted)
            return Limit.None(proposed);
        bool up = proposed > wanted;
        var rules = context.RulesTowards(proposed);
        if (rules.Select == LimitSelection.Disabled)
            return new Limit(wanted, $"scaling {(up ? "up" : "down")} is disabled", new Lift(null, $"the policy's scale_{(up ? "up" : "down")}.select is not disabled"));
        if (Choose(rules, up, context, context.Now) is not { } limit)
            return Limit.None(proposed);
        if (!up && wanted <= context.Bounds.Min && limit.Allowed < wanted)
            return Limit.None(proposed);
        int limited = up ? Math.Max(wanted, Math.Min(proposed, limit.Allowed)) : Math.Min(wanted, Math.Max(proposed, limit.Allowed));
        return limited == proposed
            ? Limit.None(proposed)
            : new Limit(limited, $"at most {Amount(limit.Rule)} {(up ? "more" : "fewer")} per {Figures.Text(limit.Rule.Period)} allows {limit.Allowed}",
                LiftOf(limited, rules, limit.Rule, up, context));
    }

    /// <summary>The rule that counts at a time, and the count it allows; null without rules.</summary>
    static (RateLimit Rule, int Allowed)? Choose(ScalingRules rules, bool up, DecisionContext context, DateTimeOffset at)
    {
        (RateLimit Rule, int Allowed)? chosen = null;
        foreach (var rule in rules.Limits)
        {
            int allowed = Allowed(rule, up, context, at);
            bool isLarger = chosen is { } best && (up ? allowed > best.Allowed : allowed < best.Allowed);
            if (chosen is null || isLarger == (rules.Select == LimitSelection.Max))
                chosen = (rule, allowed);
        }
        return chosen;
    }

    /// <summary>The first time at which changes of the past have left their periods far enough for more to be allowed than is now.</summary>
    static Lift LiftOf(int limited, ScalingRules rules, RateLimit present, bool up, DecisionContext context)
    {
        var leaving = rules.Limits.SelectMany(rule => context.Before.Changes.Changes.Select(change => Cooldown.Remaining(rule.Period, change.At, context.Now)))
            .Where(time => time > TimeSpan.Zero).Distinct().Order();
        foreach (var time in leaving)
            if (Choose(rules, up, context, context.Now + time) is { } later && (up ? later.Allowed > limited : later.Allowed < limited))
                return new Lift(time, $"earlier changes leave the period; {later.Allowed} are then allowed");
        return new Lift(present.Period, "the change made now leaves the period");
    }

    static int Allowed(RateLimit rule, bool up, DecisionContext context, DateTimeOffset at)
    {
        var (added, removed) = context.Before.Changes.Within(at, rule.Period);
        int start = context.Wanted - added + removed;
        double amount = rule.Replicas ?? (start * rule.Ratio!.Value);
        return up ? Math.Max(1, Deciding.Counts.Covering(start + amount)) : (int)Math.Clamp(Math.Truncate(start - amount + 1e-9), 0, int.MaxValue);
    }

    static string Amount(RateLimit rule) => rule.Replicas is { } replicas ? $"{replicas} replica{(replicas == 1 ? "" : "s")}" : $"{Figures.Text(rule.Ratio!.Value * 100)} %";
}
