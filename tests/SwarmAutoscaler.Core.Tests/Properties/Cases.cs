using FsCheck;
using FsCheck.Fluent;
using SwarmAutoscaler.Deciding;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Properties;

/// <summary>Random policies with every key the engine knows, random histories and random readings. Times are multiples of 15 s, so that ties and exact ends are common.</summary>
static class Cases
{
    static readonly Gen<TimeSpan> Duration = Gen.Elements(0, 0, 0, 15, 30, 60).Select(seconds => Given.Seconds(seconds));

    static readonly Gen<bool> Coin = Gen.Elements(true, false);

    static readonly Gen<ReplicaBounds> Bounds =
        from min in Gen.Elements(0, 0, 1, 1, 2, 5)
        from room in Gen.Choose(0, 20)
        from idle in Gen.Choose(-2, min - 1)
        from after in Duration
        select new ReplicaBounds(min, Math.Max(1, min) + room) { Idle = idle < 0 ? null : idle, IdleAfter = after };

    /// <summary>Two windows at most, active or not, neither of which contradicts the policy's bounds or leaves less than the idle count; together they may.</summary>
    static Gen<ScheduleWindow[]> WindowsOf(ReplicaBounds bounds) =>
        from count in Gen.Frequency((2, Gen.Constant(0)), (1, Gen.Choose(1, 2)))
        from windows in WindowOf(bounds).ArrayOf(count)
        select windows;

    static Gen<ScheduleWindow> WindowOf(ReplicaBounds bounds) =>
        from min in Gen.Choose(bounds.Idle is { } idle ? idle + 1 : 0, bounds.Max)
        from max in Gen.Choose(Math.Max(1, bounds.Min), bounds.Max + 5)
        from ends in Gen.Choose(1, 3)
        from isActive in Coin
        select new ScheduleWindow("w", (ends & 1) == 0 ? null : ends == 3 ? Math.Min(min, max) : min, (ends & 2) == 0 ? null : max, new Hours(isActive));

    sealed record Hours(bool IsOn) : IActiveHours
    {
        public bool IsActive(DateTimeOffset at) => IsOn;
    }

    static readonly Gen<RateLimit> Limit =
        from isCount in Coin
        from count in Gen.Choose(1, 5)
        from ratio in Gen.Elements(0.1, 0.5, 1.0, 3.0)
        from period in Gen.Elements(15, 30, 60)
        select isCount ? RateLimit.OfReplicas(count, Given.Seconds(period)) : RateLimit.OfRatio(ratio, Given.Seconds(period));

    static readonly Gen<ScalingRules> Rules =
        from cooldown in Duration
        from window in Duration
        from tolerance in Gen.Elements(0, 0.05, 0.1, 0.3)
        from count in Gen.Choose(0, 2)
        from limits in Limit.ArrayOf(count)
        from selection in Gen.Frequency((8, Gen.Constant(LimitSelection.Max)), (8, Gen.Constant(LimitSelection.Min)), (1, Gen.Constant(LimitSelection.Disabled)))
        select new ScalingRules { Cooldown = cooldown, Stabilization = window, ToleranceRatio = tolerance, Limits = limits, Select = selection };

    /// <summary>The higher the value, the more replicas: what a person would write. Values of all metrics are about 0 to 30.</summary>
    static readonly Gen<IScalingStrategy> Steps =
        from below in Gen.Choose(1, 10)
        from above in Gen.Choose(10, 25)
        from add in Gen.Choose(1, 3)
        from remove in Gen.Choose(1, 3)
        from wait in Duration
        from isShare in Coin
        select (IScalingStrategy)new StepScaling(
        [
            new ScalingStep { Above = above, Change = isShare ? StepChange.AddRatio(0.2 * add) : StepChange.Add(add) },
            new ScalingStep { Above = above + 5, Change = isShare ? StepChange.AddRatio(0.5 * add) : StepChange.Add(add + 2), For = wait },
            new ScalingStep { Below = below, Change = isShare ? StepChange.RemoveRatio(0.1 * remove) : StepChange.Remove(remove) },
            new ScalingStep { Below = below / 2.0, Change = isShare ? StepChange.RemoveRatio(0.3 * remove) : StepChange.Remove(remove + 2), For = wait },
        ]);

    public static readonly Gen<IScalingStrategy> Target =
        from kind in Gen.Choose(0, 2)
        from target in Gen.Choose(1, 40)
        select kind switch
        {
            0 => new UtilizationTarget(target / 2.0),
            1 => new ValueTarget(target / 2.0),
            _ => (IScalingStrategy)new PerReplicaTarget(target / 4.0),
        };

    static readonly Gen<MetricSpec> Metric =
        from strategy in Gen.OneOf(Target, Steps, Gen.Constant<IScalingStrategy>(new Passthrough()))
        from activation in Gen.Elements(0, 0, 3, 10)
        select Given.Metric(strategy, activation: activation);

    static readonly Gen<FallbackRules?> Fallback =
        from isSet in Coin
        from after in Gen.Choose(0, 3)
        from replicas in Gen.Choose(0, 15)
        from behavior in Gen.Elements(Enum.GetValues<FallbackBehavior>())
        select isSet ? new FallbackRules(after, replicas, behavior) : null;

    public static readonly Gen<ScalingPolicy> Policy =
        from bounds in Bounds
        from windows in WindowsOf(bounds)
        from count in Gen.Choose(1, 3)
        from metrics in Metric.ArrayOf(count)
        from up in Rules
        from down in Rules
        from fallback in Fallback
        from during in Gen.Elements(Enum.GetValues<DuringUpdate>())
        from outside in Gen.Elements(Enum.GetValues<OnExternalChange>())
        from giveBack in Gen.Elements<int?>(null, null, 15, 30, 60)
        from isEnabled in Gen.Frequency((30, Gen.Constant(true)), (1, Gen.Constant(false)))
        from mode in Gen.Frequency((30, Gen.Constant(PolicyMode.Apply)), (1, Gen.Constant(PolicyMode.Observe)))
        select Given.Policy with
        {
            Replicas = bounds,
            Windows = windows,
            Metrics = [.. metrics.Select((metric, i) => metric with { Name = $"m{i}" })],
            ScaleUp = up,
            ScaleDown = down,
            Fallback = fallback,
            DuringUpdate = during,
            OnExternalChange = outside,
            GiveBackAfter = giveBack is { } seconds ? Given.Seconds(seconds) : null,
            Enabled = isEnabled,
            Mode = mode,
        };

    /// <summary>Never missing.</summary>
    public static readonly Gen<double> Known = Gen.Frequency(
        (2, Gen.Constant(0.0)), (4, Gen.Choose(0, 20).Select(tenths => tenths / 10.0)), (5, Gen.Choose(0, 60).Select(halves => halves / 2.0)), (1, Gen.Constant(1e6)));

    public static readonly Gen<double> Value = Gen.Frequency((4, Known), (1, Gen.Constant(double.NaN)));

    /// <summary>Mostly within the bounds, at its ends as often as between them.</summary>
    static Gen<ServiceState> ServiceOf(ReplicaBounds bounds) =>
        from wanted in Gen.Frequency(
            (8, Gen.Choose(bounds.Min, bounds.Max)),
            (1, Gen.Elements(bounds.Min, bounds.Max)),
            (1, Gen.Elements(0, bounds.IdleCount ?? 0)),
            (1, Gen.Choose(0, 30)))
        from difference in Gen.Elements(0, 0, 0, -2, 2)
        from rollout in Gen.Frequency((30, Gen.Constant(RolloutState.None)), (3, Gen.Constant(RolloutState.Updating)), (1, Gen.Elements(Enum.GetValues<RolloutState>())))
        from rollsBack in Coin
        from unschedulable in Gen.Frequency((8, Gen.Constant(0)), (1, Gen.Choose(1, 3)))
        select Given.Service(wanted, Math.Max(0, wanted + difference)) with { Rollout = rollout, RollsBackOnFailure = rollsBack, Unschedulable = unschedulable };

    static readonly Gen<int> Age = Gen.Choose(0, 8).Select(cycles => cycles * 15);

    static readonly Gen<(int, int)> Proposal = from age in Age from replicas in Gen.Choose(0, 25) select (age, replicas);

    static readonly Gen<(int, int, int)> Change = from age in Age from before in Gen.Choose(0, 25) from after in Gen.Choose(0, 25) select (age, before, after);

    static Gen<Past> PastOf(int wanted) =>
        from isKnown in Gen.Frequency((6, Gen.Constant(true)), (1, Gen.Constant(false)))
        from proposals in Proposal.ArrayOf()
        from changes in Change.ArrayOf()
        from misses in Gen.Choose(0, 4)
        from seen in Gen.Frequency((3, Gen.Constant((int?)wanted)), (1, Gen.Choose(0, 25).Select(count => (int?)count)), (1, Gen.Constant((int?)null)))
        from decided in Gen.Frequency((2, Gen.Choose(0, 30).Select(count => (int?)count)), (1, Gen.Constant((int?)null)))
        from isOurs in Coin
        from active in Gen.Frequency((4, Age.Select(age => (int?)age)), (1, Gen.Constant((int?)null)))
        from unplaced in Gen.Frequency((2, Count(1, 4)), (1, Gen.Constant(default((int, int)?))))
        from givenBack in Gen.Frequency((1, Count(1, 25)), (2, Gen.Constant(default((int, int)?))))
        select new Past(isKnown, proposals, changes, misses, seen, decided, isOurs, active, unplaced, givenBack);

    static Gen<(int, int)?> Count(int least, int most) => from age in Age from count in Gen.Choose(least, most) select ((int, int)?)(age, count);

    public static readonly Gen<Case> All =
        from policy in Policy
        from service in ServiceOf(policy.Replicas)
        from values in Value.ArrayOf(policy.Metrics.Count)
        from cap in Gen.Choose(0, 60)
        from past in PastOf(service.Wanted)
        select new Case(policy, service, values, cap < 25 ? [new ReplicaCap(cap, "so many fit")] : [], past);
}
