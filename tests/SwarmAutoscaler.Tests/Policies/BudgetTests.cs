using SwarmAutoscaler.Policies;
using Xunit;

namespace SwarmAutoscaler.Tests.Policies;

/// <summary><c>budgets</c> in shared documents.</summary>
public sealed class BudgetTests
{
    const string Good = "budgets: [ { name: db, limit: 100, reserve: 10, uses: [ { service: web, per_replica: 10 }, { service: job, per_replica: 0.1 } ] } ]";

    [Fact]
    public void A_budget_is_what_is_written_exact_in_decimal()
    {
        var budget = Assert.Single(Given.Read(("s.yml", Good)).Budgets);
        Assert.Equal(("db", 100m, 10m, 90m), (budget.Name, budget.Limit, budget.Reserve, budget.Room));
        Assert.Equal([("web", 10m), ("job", 0.1m)], budget.Uses.Select(use => (use.Service, use.PerReplica)));
    }

    [Fact]
    public void The_reserve_is_none_unless_it_is_written() =>
        Assert.Equal(7m, Assert.Single(Given.Read(("s.yml", "budgets: [ { name: db, limit: 7, uses: [ { service: web, per_replica: 1 } ] } ]")).Budgets).Room);

    [Theory]
    [InlineData("limit: 1, uses: [ { service: a, per_replica: 1 } ]", "12: 'name' is missing")]
    [InlineData("name: '', limit: 1, uses: [ { service: a, per_replica: 1 } ]", "20: 'name' must not be empty")]
    [InlineData("name: b, uses: [ { service: a, per_replica: 1 } ]", "12: 'limit' is missing")]
    [InlineData("name: b, limit: 0, uses: [ { service: a, per_replica: 1 } ]", "30: 'limit' must be above 0")]
    [InlineData("name: b, limit: -1, uses: [ { service: a, per_replica: 1 } ]", "30: 'limit': '-1' must be from 0 to 1e12")]
    [InlineData("name: b, limit: many, uses: [ { service: a, per_replica: 1 } ]", "30: 'limit': 'many' is not a number")]
    [InlineData("name: b, limit: .inf, uses: [ { service: a, per_replica: 1 } ]", "30: 'limit': '.inf' is not a number")]
    [InlineData("name: b, limit: 1e13, uses: [ { service: a, per_replica: 1 } ]", "30: 'limit': '1e13' must be from 0 to 1e12")]
    [InlineData("name: b, limit: 9, reserve: 9, uses: [ { service: a, per_replica: 1 } ]", "42: reserve (9) must be below limit (9)")]
    [InlineData("name: b, limit: 9, reserve: -1, uses: [ { service: a, per_replica: 1 } ]", "42: 'reserve': '-1' must be from 0 to 1e12")]
    [InlineData("name: b, limit: 9", "12: 'uses' is missing, write for instance uses: [ { service: api, per_replica: 10 } ]")]
    [InlineData("name: b, limit: 9, uses: []", "39: 'uses' is empty")]
    [InlineData("name: b, limit: 9, uses: a", "39: 'uses' must be a list")]
    [InlineData("name: b, limit: 9, uses: [ a ]", "41: 'uses' must be a list of mappings")]
    [InlineData("name: b, limit: 9, uses: [ { per_replica: 1 } ]", "41: 'service' is missing")]
    [InlineData("name: b, limit: 9, uses: [ { service: 'a b', per_replica: 1 } ]", "52: 'a b' cannot be the name of a Swarm service")]
    [InlineData("name: b, limit: 9, uses: [ { service: a } ]", "41: 'per_replica' is missing")]
    [InlineData("name: b, limit: 9, uses: [ { service: a, per_replica: 0 } ]", "68: 'per_replica' must be above 0")]
    [InlineData("name: b, limit: 9, uses: [ { service: a, per_replica: 1 }, { service: a, per_replica: 2 } ]", "84: service 'a' is already in this budget")]
    [InlineData("name: b, limit: 9, uses: [ { service: a, per_replica: 1, weight: 2 } ]", "71: unknown key 'weight'")]
    [InlineData("name: b, limit: 9, limits: 8, uses: [ { service: a, per_replica: 1 } ]", "33: unknown key 'limits', did you mean 'limit'?")]
    public void A_mistake_is_reported_at_its_place(string budget, string expected) =>
        Assert.Equal([$"s.yml:1:{expected}"], Given.Read(("s.yml", $"budgets: [ {{ {budget} }} ]")).Errors.Select(error => error.ToString()));

    [Fact]
    public void A_name_is_defined_once_over_all_documents_and_within_one()
    {
        const string one = "{ name: db, limit: 9, uses: [ { service: web, per_replica: 1 } ] }";
        Assert.Equal(
            ["a.yml:1:20: budget 'db' is defined twice: see b.yml:1", "b.yml:1:20: budget 'db' is defined twice: see a.yml:1"],
            Given.Read(("a.yml", $"budgets: [ {one} ]"), ("b.yml", $"budgets: [ {one} ]")).Errors.Select(error => error.ToString()));
        Assert.Equal(
            ["a.yml:2:11: budget 'db' is defined twice: see a.yml:3", "a.yml:3:11: budget 'db' is defined twice: see a.yml:2"],
            Given.Read(("a.yml", $"budgets:\n- {one}\n- {one}")).Errors.Select(error => error.ToString()));
    }

    [Fact]
    public void A_use_without_a_policy_and_minimums_beyond_the_budget_are_warnings()
    {
        var set = Given.Read(("shared.yml", Given.Connections), ("p.yml", Given.Policy), ("s.yml",
            "budgets:\n- { name: tight, limit: 20, reserve: 1, uses: [ { service: web, per_replica: 10 } ] }\n- { name: wide, limit: 99, uses: [ { service: web, per_replica: 1 }, { service: other, per_replica: 1 } ] }"));
        Assert.Empty(set.Errors);
        Assert.Equal(
            [
                "s.yml:2:11: the minimums alone take 20 (web 2 × 10), more than the 19 that limit less reserve leaves; a minimum wins over a budget",
                "s.yml:3:81: no policy is for service 'other': it counts with the replicas it has, and nothing limits them",
            ],
            set.Warnings.Select(warning => warning.ToString()));
    }

    [Fact]
    public void The_highest_minimum_of_a_schedule_counts_among_the_minimums()
    {
        const string policy = $"{Given.Policy}\nschedules: [ {{ name: day, start: '0 8 * * *', duration: 8h, min: 9 }} ]";
        var set = Given.Read(("shared.yml", Given.Connections), ("p.yml", policy), ("s.yml", "budgets: [ { name: db, limit: 80, uses: [ { service: web, per_replica: 10 } ] } ]"));
        Assert.Contains("the minimums alone take 90 (web 9 × 10)", Assert.Single(set.Warnings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_budget_follows_its_file_and_a_wrong_one_keeps_its_last_good_version()
    {
        var first = Given.Read(("s.yml", Good), ("p.yml", "service: web\nreplicas: { max: 5 }\nmetrics: []"));
        var changed = Given.Read(first, ("s.yml", Good.Replace("100", "50", StringComparison.Ordinal)));
        var broken = Given.Read(changed, ("s.yml", Good.Replace("100", "5", StringComparison.Ordinal)));
        var gone = Given.Read(broken, ("s.yml", "presets: {}"));
        Assert.Equal((100m, 50m, 50m), (first.Budgets[0].Limit, changed.Budgets[0].Limit, broken.Budgets[0].Limit));
        Assert.Equal("s.yml:1:43: reserve (10) must be below limit (5)", Assert.Single(broken.Errors).ToString());
        Assert.Empty(broken.Warnings);
        Assert.Empty(gone.Budgets);
    }
}
