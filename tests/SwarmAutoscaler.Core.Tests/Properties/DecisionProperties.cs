using FsCheck;
using FsCheck.Fluent;
using SwarmAutoscaler.Constraining;
using SwarmAutoscaler.Deciding;
using SwarmAutoscaler.Policies;
using Xunit;

namespace SwarmAutoscaler.Properties;

/// <summary>What must hold for every policy, history and reading. Each says with which mistake in the code it was seen to fail.</summary>
public sealed class DecisionProperties
{
    /// <summary>Fails when the last bounds are left out.</summary>
    [Fact]
    public void A_change_ends_within_the_bounds_or_at_idle() => Holds(Cases.All, given =>
    {
        var (decision, bounds) = (given.Decide(), given.Bounds);
        bool IsInside(int count) => count == decision.Current || count == bounds.IdleCount || bounds.Clamp(count) == count;
        return IsInside(decision.Desired) && IsInside(decision.Proposed);
    });

    /// <summary>Fails when the combination ignores what is missing, or when a missing metric counts as inactive.</summary>
    [Fact]
    public void While_a_metric_is_missing_the_count_never_shrinks_except_into_the_bounds() => Holds(Cases.All, given =>
    {
        var decision = given.Decide();
        bool isMissing = decision.Recommendations.Any(recommendation => recommendation.Kind == RecommendationKind.Missing);
        return !isMissing || Math.Min(decision.Desired, decision.Proposed) >= Math.Min(decision.Current, given.Bounds.Max);
    });

    /// <summary>Fails when an end of the tolerance is outside, or when the tolerances are swapped.</summary>
    [Fact]
    public void Inside_the_tolerance_nothing_changes() => Holds(
        from given in Cases.All
        from strategies in Cases.Target.ArrayOf(given.Values.Length)
        from shares in Gen.OneOf(Gen.Choose(-10, 10), Gen.Elements(-10, 10)).ArrayOf(given.Values.Length)
        from wanted in Gen.Choose(Math.Max(1, given.Bounds.Min), given.Bounds.Max)
        select Within(given, strategies, shares, wanted),
        given => given.Decide() is { Proposed: var proposed } && proposed == given.Service.Wanted);

    /// <summary>Fails when a spent budget pushes back.</summary>
    [Fact]
    public void The_count_is_monotone_in_each_metrics_value() => Holds(
        from given in Cases.All
        from metric in Gen.Choose(0, given.Values.Length - 1)
        from first in Cases.Known
        from second in Cases.Known
        select (Lower: given.WithValue(metric, Math.Min(first, second)), Higher: given.WithValue(metric, Math.Max(first, second))),
        pair => pair.Lower.Decide().Desired <= pair.Higher.Decide().Desired && pair.Lower.Decide().Proposed <= pair.Higher.Decide().Proposed);

    /// <summary>Fails without the guard: 1.2 × 2 running is 3 and less than the 4 wanted, which a value on the target keeps.</summary>
    [Fact]
    public void Around_its_target_too() => Holds(
        from given in Cases.All
        from strategy in Cases.Target
        from first in Gen.Choose(3, 20)
        from second in Gen.Choose(3, 20)
        select (Lower: Around(given, strategy, Math.Min(first, second) / 10.0), Higher: Around(given, strategy, Math.Max(first, second) / 10.0)),
        pair => pair.Lower.Decide().Proposed <= pair.Higher.Decide().Proposed);

    /// <summary>Fails when a rate limit may leave a count between idle and the minimum.</summary>
    [Fact]
    public void Constant_input_converges_and_then_stays() => Holds(Cases.All, given =>
    {
        var story = new Story(given.Policy, given.Service.Wanted) { History = given.Past.At(Given.Now, given.Policy) };
        story.Service = service => service with { Rollout = given.Service.Rollout, RollsBackOnFailure = given.Service.RollsBackOnFailure };
        story.For(120 * 15, given.Values);
        int reached = story.Wanted;
        return Enumerable.Range(0, 30).All(_ => story.After(15, given.Values).Desired == reached);
    }, 120);

    /// <summary>Fails when a log shows only one of its staircases.</summary>
    [Fact]
    public void A_restart_with_the_remembered_facts_decides_what_no_restart_would_have_decided() => Holds(
        from given in Cases.All
        from rows in Cases.Value.ArrayOf(given.Values.Length).ArrayOf(12)
        select (given, rows),
        story =>
        {
            var (running, restarted) = (Start(story.given), Start(story.given));
            return story.rows.All(values =>
            {
                restarted.History = Reborn(restarted.History);
                return Same(running.After(15, values), restarted.After(15, values));
            });
        }, 120);

    /// <summary>Fails when a step is left out of the trail, for instance when the gate holds the count without <c>Move</c>.</summary>
    [Fact]
    public void The_trail_is_unbroken() => Holds(Cases.All, given =>
    {
        var decision = given.Decide();
        int at = decision.Current;
        foreach (var step in decision.Trail)
        {
            if (step.From != at || step.Because.Length == 0)
                return false;
            at = step.To;
        }
        return at == decision.Desired && decision.Trail.Any(step => step.Step != ReasonWords.Schedule) == (decision.Reason != ReasonWords.WithinTolerance);
    });

    /// <summary>Fails when a window or a cooldown is compared with a fixed time.</summary>
    [Fact]
    public void Shifting_all_times_by_a_constant_changes_nothing() => Holds(
        from given in Cases.All
        from seconds in Gen.Choose(-1_000_000_000, 1_000_000_000)
        select (given, seconds),
        shifted => Same(shifted.given.Decide(), shifted.given.DecideAt(Given.Now + Given.Seconds(shifted.seconds))));

    /// <summary>Fails when a log is built without sorting.</summary>
    [Fact]
    public void The_order_of_log_entries_changes_nothing() => Holds(
        from given in Cases.All
        from proposals in Gen.Shuffle(given.Past.Proposals)
        from changes in Gen.Shuffle(given.Past.Changes)
        select (given, Other: given with { Past = given.Past with { Proposals = [.. proposals], Changes = [.. changes] } }),
        pair => Same(pair.given.Decide(), pair.Other.Decide()));

    /// <summary>Fails when the proposal is taken down only after the gate.</summary>
    [Fact]
    public void Observing_proposes_what_applying_would_have_done() => Holds(Cases.All, given =>
    {
        var applied = (given with { Policy = given.Policy with { Mode = PolicyMode.Apply } }).Decide();
        var observed = (given with { Policy = given.Policy with { Mode = PolicyMode.Observe } }).Decide();
        return observed.Action == ScalingAction.Hold && observed.Proposed == applied.Proposed;
    });

    /// <summary>Fails when capacity is left out of the constraints.</summary>
    [Fact]
    public void Unplaceable_tasks_and_caps_stop_growth_except_into_the_bounds() => Holds(Cases.All, given =>
    {
        var decision = given.Decide();
        int most = given.Service.Unschedulable > 0 ? 0 : given.Caps.Select(cap => cap.Replicas).DefaultIfEmpty(int.MaxValue).Min();
        return decision.Proposed <= Math.Max(Math.Max(decision.Current, given.Bounds.Min), most);
    });

    /// <summary>Fails when all tasks without a place are given back instead of those that have waited.</summary>
    [Fact]
    public void Only_what_has_no_place_is_given_back_and_never_below_the_minimum() => Holds(Cases.All, given =>
    {
        var decision = (given with { Policy = given.Policy with { Mode = PolicyMode.Apply, Enabled = true } }).Decide();
        bool givesBack = decision.Desired < decision.Current && decision.Reason == ReasonWords.Capacity;
        int waited = Math.Min(given.Service.Unschedulable, given.Past.Unplaced?.Least ?? given.Service.Unschedulable);
        return !givesBack || (given.Policy.GiveBackAfter is not null && decision.Desired >= Math.Max(Math.Max(1, given.Bounds.Min), decision.Current - waited));
    });

    static void Holds<T>(Gen<T> cases, Func<T, bool> property, int count = 700) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(count), Prop.ForAll(cases.ToArbitrary(), property));

    static bool Same(ScalingDecision first, ScalingDecision second) =>
        (first.Desired, first.Proposed, first.Reason) == (second.Desired, second.Proposed, second.Reason) && first.Trail.SequenceEqual(second.Trail);

    static Story Start(Case given) => new(given.Policy, given.Service.Wanted) { History = given.Past.At(Given.Now, given.Policy) };

    /// <summary>A history taken apart into the facts it shows and put together again.</summary>
    static ScalingHistory Reborn(ScalingHistory history) => new()
    {
        IsKnown = history.IsKnown,
        Proposals = ProposalLog.Of(history.Proposals.Entries),
        Changes = ChangeLog.Of(history.Changes.Changes),
        Metrics = history.Metrics,
        LastSeen = history.LastSeen,
        LastDecided = history.LastDecided,
        Attempt = history.Attempt,
        ZeroIsOurs = history.ZeroIsOurs,
        LastActive = history.LastActive,
        Unplaced = history.Unplaced,
        GivenBack = history.GivenBack,
    };

    /// <summary>One metric, so far from its target; what is running is up to two more or fewer than wanted.</summary>
    static Case Around(Case given, IScalingStrategy strategy, double ratio) => given with
    {
        Policy = given.Policy with { Metrics = [Given.Metric(strategy)] },
        Values = [ratio * strategy.Target!.Value * (strategy is PerReplicaTarget ? Math.Max(1, given.Service.Running) : 1)],
    };

    /// <summary>Every metric is a share of its tolerance away from its target, the ends included, and active.</summary>
    static Case Within(Case given, IScalingStrategy[] strategies, int[] shares, int wanted)
    {
        var policy = given.Policy with { Metrics = [.. strategies.Select((strategy, i) => Given.Metric(strategy, $"m{i}", activation: -1))], GiveBackAfter = null };
        double ValueOf(int i)
        {
            double ratio = 1 + (shares[i] / 10.0 * (shares[i] > 0 ? policy.ScaleUp : policy.ScaleDown).ToleranceRatio);
            return ratio * strategies[i].Target!.Value * (strategies[i] is PerReplicaTarget ? wanted : 1);
        }
        return given with { Policy = policy, Service = given.Service with { Wanted = wanted, Running = wanted }, Values = [.. strategies.Select((_, i) => ValueOf(i))] };
    }
}
