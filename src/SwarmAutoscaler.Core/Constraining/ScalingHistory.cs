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

    /// <summary>The service has been seen before, and without a long gap since: false with facts is a service seen again after nobody looked for a while.</summary>
    public bool IsKnown { get; init; }

    /// <summary>The engine's id of the service these facts are about; null when they were given without one. A service that was removed and made anew has another id.</summary>
    public string? ServiceId { get; init; }

    /// <summary>
    /// These facts were taken over, and nobody watched in between. A count that somebody raised meanwhile is then logged as a proposal, as at first sight:
    /// whoever scaled by hand while autoscaling was paused has it kept for one down window.
    /// </summary>
    public bool IsResumed { get; init; }

    public ProposalLog Proposals { get; init; } = ProposalLog.Empty;

    public ChangeLog Changes { get; init; } = ChangeLog.Empty;

    /// <summary>Per metric name; a metric that answers and has no clock to keep has no entry.</summary>
    public ImmutableDictionary<string, MetricMemory> Metrics { get; init; } = ImmutableDictionary<string, MetricMemory>.Empty;

    /// <summary>The count as it was after the last evaluation; another count now means that somebody else changed it.</summary>
    public int? LastSeen { get; init; }

    /// <summary>The count last decided on while the gate was open: where <c>restore</c> returns to.</summary>
    public int? LastDecided { get; init; }

    /// <summary>A change that was sent and whose outcome is not known: if the count turns out to be this soon, it was ours.</summary>
    public ReplicaAttempt? Attempt { get; init; }

    /// <summary>The present zero was set by us and is not a person's stop.</summary>
    public bool ZeroIsOurs { get; init; }

    /// <summary>When the service was last active or not known to be inactive.</summary>
    public DateTimeOffset? LastActive { get; init; }

    /// <summary>Tasks that wait for a place; null when there are none, when it is not known, and where the policy does not give back.</summary>
    public Unplaced? Unplaced { get; init; }

    /// <summary>The last time that replicas were given back because they could not be placed; null when it no longer matters.</summary>
    public GivenBack? GivenBack { get; init; }

    /// <summary>A service seen before, from facts given in any order.</summary>
    /// <param name="proposals">Proposals of the past.</param>
    /// <param name="changes">Changes of the count, by whomever.</param>
    /// <param name="misses">Consecutive misses by metric name; a metric that answers has none.</param>
    public static ScalingHistory Of(
        IEnumerable<(DateTimeOffset At, int Replicas)> proposals, IEnumerable<ReplicaChange> changes, IEnumerable<KeyValuePair<string, int>> misses) => new()
        {
            IsKnown = true,
            Proposals = ProposalLog.Of(proposals),
            Changes = ChangeLog.Of(changes),
            Metrics = misses.ToImmutableDictionary(metric => metric.Key, metric => new MetricMemory(metric.Value, []), StringComparer.Ordinal),
        };

    public MetricMemory MemoryOf(string metric) => Metrics.GetValueOrDefault(metric, MetricMemory.None);

    /// <summary>
    /// Takes note of the count as it is now. The first sight logs it as a proposal, so that a restart shrinks nothing for one down window. A count that is
    /// neither what we left nor what we tried to set was changed by somebody else; their change counts for cooldowns like ours.
    /// </summary>
    public ScalingHistory Seeing(ServiceState service, DateTimeOffset now, ScalingPolicy policy)
    {
        int wanted = service.Wanted;
        if (ServiceId is { } id && id != service.Id)
            return FirstSight.Seeing(service, now, policy);
        if (!IsKnown)
            return (this with { IsKnown = true, ServiceId = service.Id, Proposals = Proposals.Add(now, wanted, Retention.OfProposals(policy)) }).Seeing(service, now, policy);
        var attempt = Attempt is { } sent && now - sent.At < ReplicaAttempt.MayLandFor ? sent : null;
        if (IsResumed)
        {
            bool wasRaised = wanted > LastSeen && wanted != attempt?.To;
            return (this with { IsResumed = false, Proposals = wasRaised ? Proposals.Add(now, wanted, Retention.OfProposals(policy)) : Proposals }).Seeing(service, now, policy);
        }
        if (LastSeen is not { } lastSeen)
            return this with { LastSeen = wanted, Attempt = attempt };
        if (lastSeen == wanted)
            return attempt == Attempt ? this : this with { Attempt = attempt };
        var seen = this with { LastSeen = wanted, Attempt = null, Changes = Changes.Add(new ReplicaChange(now, lastSeen, wanted), Retention.OfChanges(policy)) };
        return attempt?.To == wanted
            ? seen with { ZeroIsOurs = wanted == 0, LastDecided = wanted }
            : seen with { ZeroIsOurs = false, LastDecided = policy.OnExternalChange == OnExternalChange.Adopt ? wanted : LastDecided };
    }

    /// <summary>Takes note of tasks that have no place, and forgets what was given back once it no longer matters.</summary>
    public ScalingHistory SeeingPlaces(ServiceState service, DateTimeOffset now, ScalingPolicy policy)
    {
        var unplaced = policy.GiveBackAfter is null ? null : Unplaced.After(Unplaced, service, now);
        var givenBack = GivenBack?.CapAt(now, policy) is null ? null : GivenBack;
        return unplaced == Unplaced && givenBack == GivenBack ? this : this with { Unplaced = unplaced, GivenBack = givenBack };
    }

    /// <summary>
    /// Takes note of a decision that the gate let through. A change is remembered once it was applied, a count that is kept at once. A count to restore
    /// falls with the stabilized proposal, and otherwise stays until it is reached: whether the bounds alone decided, which is the first thing to happen
    /// after a deployment reset the count to 1, or the tasks could not be placed.
    /// </summary>
    /// <param name="desired">The count decided on.</param>
    /// <param name="stabilized">The proposal after stabilization; null when the bounds alone decided.</param>
    internal ScalingHistory Deciding(int desired, int? stabilized)
    {
        var due = LastDecided is { } decided ? Math.Min(decided, stabilized ?? decided) : default(int?);
        due = desired == LastSeen ? Math.Max(desired, due ?? desired) : due;
        return due == LastDecided ? this : this with { LastDecided = due };
    }

    /// <summary>Our change was applied.</summary>
    public ScalingHistory WithChange(DateTimeOffset at, int from, int to, ScalingPolicy policy) => this with
    {
        Changes = Changes.Add(new ReplicaChange(at, from, to), Retention.OfChanges(policy)),
        LastSeen = to,
        LastDecided = to > from ? Math.Max(to, LastDecided ?? to) : to,
        Attempt = null,
        ZeroIsOurs = to == 0,
    };

    /// <summary>Our change was sent, but whether it took effect is not known until a later read.</summary>
    public ScalingHistory WithAttempt(DateTimeOffset at, int to) => this with { Attempt = new ReplicaAttempt(at, to) };

    public ScalingHistory WithMemory(string metric, MetricMemory memory) => memory == MetricMemory.None
        ? Metrics.IsEmpty ? this : this with { Metrics = Metrics.Remove(metric) }
        : this with { Metrics = Metrics.SetItem(metric, memory) };
}

/// <summary>A change of ours without a known outcome.</summary>
public sealed record ReplicaAttempt(DateTimeOffset At, int To)
{
    /// <summary>5 min. A request that was given up on while a manager was frozen is carried out later; a zero after that is a person's.</summary>
    public static readonly TimeSpan MayLandFor = TimeSpan.FromMinutes(5);
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
