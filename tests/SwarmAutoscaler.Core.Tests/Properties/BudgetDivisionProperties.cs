using FsCheck;
using FsCheck.Fluent;
using SwarmAutoscaler.Constraining;
using SwarmAutoscaler.Policies;
using Xunit;

namespace SwarmAutoscaler.Properties;

/// <summary>What must hold for every division of shared budgets. Each says with which mistake in the code it was seen to fail.</summary>
public sealed class BudgetDivisionProperties
{
    /// <summary>Up to four services in up to three budgets; small numbers, so that what is left is often just enough or one too few.</summary>
    sealed record Need(SharedBudget[] Budgets, Dictionary<string, int> Present, Dictionary<string, int> Asked)
    {
        public Dictionary<string, int> Divide() => BudgetDivision.Divide(Budgets, Present, Asked).ToDictionary(grant => grant.Service, grant => grant.Replicas);

        /// <summary>The counts when the division has been carried out.</summary>
        public Dictionary<string, int> After(Dictionary<string, int> grants) => Names.ToDictionary(name => name, name => grants.GetValueOrDefault(name, Present[name]));

        public override string ToString() => string.Join('\n', Budgets.Select(budget => $"{budget} {string.Join(' ', budget.Uses)}"))
            + $"\npresent {string.Join(' ', Present)}\nasked {string.Join(' ', Asked)}\ngranted {string.Join(' ', Divide())}";
    }

    static decimal LeftOf(SharedBudget budget, Dictionary<string, int> counts) => budget.Room - budget.Uses.Sum(use => use.PerReplica * counts.GetValueOrDefault(use.Service));

    static readonly string[] Names = ["a", "b", "c", "d"];

    static readonly Gen<int?[]> Uses = Gen.Elements<int?>(null, 1, 1, 2, 3, 5, 10).ArrayOf(Names.Length);

    static readonly Gen<SharedBudget> Budget =
        from limit in Gen.Choose(1, 80)
        from reserve in Gen.Choose(0, Math.Min(5, limit - 1))
        from uses in Uses
        select new SharedBudget("shared", limit, reserve, [.. Names.Zip(uses).Where(use => use.Second is not null).Select(use => new BudgetUse(use.First, use.Second!.Value))]);

    static readonly Gen<Need> Needs =
        from count in Gen.Choose(1, 3)
        from budgets in Budget.ArrayOf(count)
        from present in Gen.Choose(0, 6).ArrayOf(Names.Length)
        from asked in Gen.Frequency((4, Gen.Choose(0, 30).Select(ask => (int?)ask)), (1, Gen.Constant(default(int?)))).ArrayOf(Names.Length)
        select new Need(
            [.. budgets.Select((budget, i) => budget with { Name = $"shared{i}" })],
            Names.Zip(present).ToDictionary(pair => pair.First, pair => pair.Second),
            Names.Zip(asked).Where(pair => pair.Second is not null).ToDictionary(pair => pair.First, pair => pair.Second!.Value));

    /// <summary>Fails when the last round does not look at what is left.</summary>
    [Fact]
    public void No_budget_is_spent_beyond_its_room_unless_it_was_before() => Holds(need =>
    {
        var after = need.After(need.Divide());
        return need.Budgets.All(budget => LeftOf(budget, after) >= Math.Min(0, LeftOf(budget, need.Present)));
    });

    /// <summary>Fails when what is there already is not taken off what is asked for.</summary>
    [Fact]
    public void Nobody_gets_less_than_there_is_or_more_than_they_asked_for() => Holds(need =>
        need.Divide().All(grant => grant.Value >= need.Present[grant.Key] && grant.Value <= Math.Max(need.Present[grant.Key], need.Asked[grant.Key])));

    /// <summary>Fails when everybody is out after the first round that does not fit for all.</summary>
    [Fact]
    public void Room_that_somebody_wants_and_fits_into_is_used() => Holds(need =>
    {
        var (grants, after) = (need.Divide(), need.After(need.Divide()));
        return grants.All(grant => grant.Value >= need.Asked[grant.Key] || need.Budgets.Any(budget =>
            budget.Uses.Any(use => use.Service == grant.Key && use.PerReplica > LeftOf(budget, after))));
    });

    /// <summary>
    /// Whoever got less than asked for could not have one more even if all who got at least two more than they did gave that back. Fails when services are
    /// served one after the other.
    /// </summary>
    [Fact]
    public void Nobody_is_short_while_others_could_spare_enough() => Holds(need =>
    {
        var grants = need.Divide();
        int Got(string service) => grants.TryGetValue(service, out int count) ? count - need.Present[service] : 0;
        var after = need.After(grants);
        return grants.Where(grant => grant.Value < need.Asked[grant.Key]).All(grant => need.Budgets.Any(budget =>
            budget.Uses.FirstOrDefault(use => use.Service == grant.Key) is { } own
            && LeftOf(budget, after) + budget.Uses.Sum(use => use.PerReplica * Math.Max(0, Got(use.Service) - Got(grant.Key) - 1)) < own.PerReplica));
    });

    /// <summary>Fails when claims are not put in the order of names.</summary>
    [Fact]
    public void No_order_matters() => Holds(
        from need in Needs
        from budgets in Gen.Shuffle(need.Budgets)
        from asked in Gen.Shuffle(need.Asked.ToArray())
        select (need, Other: need with { Budgets = [.. budgets.Select(budget => budget with { Uses = [.. budget.Uses.Reverse()] })], Asked = asked.ToDictionary() }),
        pair => Same(pair.need.Divide(), pair.Other.Divide()));

    /// <summary>Fails when rounds are handed out that do not fit for all.</summary>
    [Fact]
    public void It_is_what_handing_out_one_at_a_time_gives() => Holds(need => Same(need.Divide(), OneAtATime(need)));

    /// <summary>Of equal replicas nobody gets less because there is more. Fails when everybody is out after the rounds that fit for all.</summary>
    [Fact]
    public void More_room_gives_nobody_less() => Holds(
        from need in Needs
        from more in Gen.Choose(1, 10)
        let equal = need with { Budgets = [need.Budgets[0] with { Uses = [.. need.Budgets[0].Uses.Select(use => use with { PerReplica = 2 })] }] }
        select (equal, Richer: equal with { Budgets = [equal.Budgets[0] with { Limit = equal.Budgets[0].Limit + more }] }),
        pair =>
        {
            var richer = pair.Richer.Divide();
            return pair.equal.Divide().All(grant => richer[grant.Key] >= grant.Value);
        });

    static Dictionary<string, int> OneAtATime(Need need)
    {
        var counts = new Dictionary<string, int>(need.Present);
        var users = need.Asked.Keys.Where(name => need.Budgets.Any(budget => budget.Uses.Any(use => use.Service == name))).Order(StringComparer.Ordinal).ToList();
        bool Fits(string name) => need.Budgets.All(budget => budget.Uses.All(use => use.Service != name || use.PerReplica <= LeftOf(budget, counts)));
        while (users.Where(name => counts[name] < need.Asked[name] && Fits(name)).OrderBy(name => counts[name] - need.Present[name]).FirstOrDefault() is { } next)
            counts[next]++;
        return users.ToDictionary(name => name, name => counts[name]);
    }

    static bool Same(Dictionary<string, int> first, Dictionary<string, int> second) =>
        first.Count == second.Count && first.All(grant => second.TryGetValue(grant.Key, out int count) && count == grant.Value);

    static void Holds(Func<Need, bool> property) => Holds(Needs, property);

    static void Holds<T>(Gen<T> cases, Func<T, bool> property) => Check.One(Config.QuickThrowOnFailure.WithMaxTest(700), Prop.ForAll(cases.ToArbitrary(), property));
}
