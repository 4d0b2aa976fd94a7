using System.Collections.Immutable;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Constraining;

/// <summary>
/// What is remembered of one service: facts only (proposals, changes, misses). Cooldowns, windows and budgets are derived from them. Immutable.
/// </summary>
public sealed record ScalingHistory
{
    /// <summary>Nothing is known yet: the next decision is the first sight of the service.</summary>
    public static ScalingHistory FirstSight { get; } = new();

    /// <summary>The service has been seen before.</summary>
    public bool IsKnown { get; init; }

    public ProposalLog Proposals { get; init; } = ProposalLog.Empty;

    public ChangeLog Changes { get; init; } = ChangeLog.Empty;

    /// <summary>Per metric name; a metric that answers and has no clock to keep has no entry.</summary>
    public ImmutableDictionary<string, MetricMemory> Metrics { get; init; } = ImmutableDictionary<string, MetricMemory>.Empty;

    /// <summary>The count as it was after the last evaluation; another count now means that somebody else changed it.</summary>
    public int? LastSeen { get; init; }

    /// <summary>The count last decided on while the gate was open: where <c>restore</c> returns to.</summary>
    public int? LastDecided { get; init; }

    /// <summary>A change that was sent and whose outcome is not known: if the count turns out to be this, it was ours.</summary>
    public int? Attempted { get; init; }

    /// <summary>The present zero was set by us and is not a person's stop.</summary>
    public bool ZeroIsOurs { get; init; }

    /// <summary>When the service was last active or not known to be inactive.</summary>
    public DateTimeOffset? LastActive { get; init; }

    public MetricMemory MemoryOf(string metric) => Metrics.GetValueOrDefault(metric, MetricMemory.None);

    /// <summary>
    /// Takes note of the count as it is now. The first sight logs it as a proposal, so that a restart shrinks nothing for one down window. A count that is
    /// neither what we left nor what we tried to set was changed by somebody else; their change counts for cooldowns like ours.
    /// </summary>
    public ScalingHistory Seeing(ServiceState service, DateTimeOffset now, ScalingPolicy policy)
    {
        if (!IsKnown)
            return this with
            {
                IsKnown = true,
                Proposals = Proposals.Add(now, service.Wanted, Retention.OfProposals(policy)),
                LastSeen = service.Wanted,
                LastActive = LastActive ?? now,
            };
        if (LastSeen is not { } lastSeen || lastSeen == service.Wanted)
            return Attempted is null && LastSeen is not null ? this : this with { LastSeen = service.Wanted, Attempted = null };
        var seen = this with { LastSeen = service.Wanted, Attempted = null, Changes = Changes.Add(new ReplicaChange(now, lastSeen, service.Wanted), Retention.OfChanges(policy)) };
        return Attempted == service.Wanted
            ? seen with { ZeroIsOurs = service.Wanted == 0, LastDecided = service.Wanted }
            : seen with { ZeroIsOurs = false, LastDecided = policy.OnExternalChange == OnExternalChange.Adopt ? service.Wanted : LastDecided };
    }

    /// <summary>
    /// The decision was not to change the count, or to change it to <paramref name="desired"/>, which is remembered once it was applied. What
    /// <c>restore</c> could not yet put right, for instance because tasks cannot be placed, stays to be restored.
    /// </summary>
    internal ScalingHistory Deciding(int desired, int stabilized) =>
        desired != LastSeen ? this : this with { LastDecided = Math.Max(desired, Math.Min(LastDecided ?? desired, stabilized)) };

    /// <summary>Our change was applied.</summary>
    public ScalingHistory WithChange(DateTimeOffset at, int from, int to, ScalingPolicy policy) => this with
    {
        Changes = Changes.Add(new ReplicaChange(at, from, to), Retention.OfChanges(policy)),
        LastSeen = to,
        LastDecided = to,
        Attempted = null,
        ZeroIsOurs = to == 0,
    };

    /// <summary>Our change was sent, but whether it took effect is not known until the next read.</summary>
    public ScalingHistory WithAttempt(int to) => this with { Attempted = to };

    public ScalingHistory WithMemory(string metric, MetricMemory memory) => memory == MetricMemory.None
        ? Metrics.IsEmpty ? this : this with { Metrics = Metrics.Remove(metric) }
        : this with { Metrics = Metrics.SetItem(metric, memory) };
}

/// <summary>How long facts of a policy can still matter.</summary>
static class Retention
{
    public static TimeSpan OfProposals(ScalingPolicy policy) => Longer(policy.ScaleUp.Stabilization, policy.ScaleDown.Stabilization);

    public static TimeSpan OfChanges(ScalingPolicy policy)
    {
        var longest = Longer(policy.ScaleUp.Cooldown, policy.ScaleDown.Cooldown);
        foreach (var rules in (ReadOnlySpan<ScalingRules>)[policy.ScaleUp, policy.ScaleDown])
            foreach (var limit in rules.Limits)
                longest = Longer(longest, limit.Period);
        return longest;
    }

    static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
