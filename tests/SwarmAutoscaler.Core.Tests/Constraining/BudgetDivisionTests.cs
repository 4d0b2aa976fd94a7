using SwarmAutoscaler.Policies;
using Xunit;

namespace SwarmAutoscaler.Constraining;

/// <summary>Shared budgets by tables: what is written down by hand from the rules.</summary>
public sealed class BudgetDivisionTests
{
    /// <summary>Each service as <c>name: present of per replica -> asked</c>.</summary>
    [Theory]
    [InlineData(100, 10, "api: 3 of 10 -> 9", "api 9")]                                                        // room for it
    [InlineData(100, 10, "api: 3 of 10 -> 12", "api 9")]                                                       // 60 are left: 6 more
    [InlineData(100, 0, "api: 1 of 10 -> 9, worker: 1 of 5 -> 30", "api 7, worker 6")]                         // 85 left: five each take 75, and api is the first to take of the rest
    [InlineData(45, 0, "a: 0 of 10 -> 4, b: 0 of 5 -> 9", "a 3, b 3")]
    [InlineData(10, 0, "b: 1 of 1 -> 9, a: 1 of 1 -> 9, c: 1 of 1 -> 9", "a 4, b 3, c 3")]                     // 7 left for three: the first name gets the odd one
    [InlineData(10, 0, "a: 1 of 1 -> 2, b: 1 of 1 -> 20", "a 2, b 8")]                                         // what one does not want is another's
    [InlineData(10, 0, "a: 6 of 2 -> 8, b: 0 of 1 -> 3", "a 6, b 0")]                                          // overspent: frozen, nothing taken away
    [InlineData(10, 0, "a: 4 of 2 -> 3, b: 0 of 1 -> 5", "a 4, b 2")]                                          // who asks for less still has what is there
    [InlineData(9, 0, "big: 0 of 10 -> 1, small: 0 of 1 -> 20", "big 0, small 9")]                             // too big for what is left
    [InlineData(1, 0.1, "a: 2 of 0.3 -> 3, b: 0 of 0.1 -> 9", "a 3, b 0")]                                     // exact in decimal
    public void What_is_left_is_shared_out_evenly(double limit, double reserve, string services, string expected) =>
        Assert.Equal(expected, Divided([("shared", (decimal)limit, (decimal)reserve, services)]));

    [Fact]
    public void A_service_in_two_budgets_takes_the_tighter() => Assert.Equal(
        "a 3, b 7", Divided([("one", 10, 0, "a: 1 of 1 -> 9, b: 1 of 1 -> 9"), ("two", 6, 0, "a: 1 of 2 -> 9")]));

    [Theory]
    [InlineData(100, 10, "api: 3 of 10 -> 12", "budget shared: 60 of 100 left after the reserve of 10; at 10 a replica, 6 of the 9 wanted more are granted")]
    [InlineData(30, 0, "api: 1 of 10 -> 5, job: 0 of 5 -> 9",
        "budget shared: 20 of 30 left; at 10 a replica, 1 of the 4 wanted more are granted, as 2 services want more")]
    [InlineData(30, 5, "api: 4 of 10 -> 5", "budget shared: overspent by 15 after the reserve of 5; at 10 a replica, 0 of the 1 wanted more are granted")]
    public void Who_gets_less_is_told_the_figures(double limit, double reserve, string services, string because) =>
        Assert.Equal(because, Divide([("shared", (decimal)limit, (decimal)reserve, services)]).First(grant => grant.Service == "api").Because);

    [Fact]
    public void Who_gets_all_has_no_cap_and_who_uses_no_budget_no_grant()
    {
        var budget = new SharedBudget("shared", 10, 0, [new BudgetUse("a", 1)]);
        var grant = Assert.Single(BudgetDivision.Divide([budget], new Dictionary<string, int>(), new Dictionary<string, int> { ["a"] = 10, ["stranger"] = 50 }));
        Assert.Equal(("a", 10, null), (grant.Service, grant.Replicas, grant.Cap));
    }

    static string Divided((string Name, decimal Limit, decimal Reserve, string Services)[] budgets) =>
        string.Join(", ", Divide(budgets).Select(grant => $"{grant.Service} {grant.Replicas}"));

    static IReadOnlyList<BudgetGrant> Divide((string Name, decimal Limit, decimal Reserve, string Services)[] budgets)
    {
        var (present, asked, shared) = (new Dictionary<string, int>(), new Dictionary<string, int>(), new List<SharedBudget>());
        foreach (var (name, limit, reserve, services) in budgets)
        {
            var uses = new List<BudgetUse>();
            foreach (string[] words in services.Split(", ").Select(service => service.Split(' ')))
            {
                string service = words[0].TrimEnd(':');
                (present[service], asked[service]) = (int.Parse(words[1], Invariant), int.Parse(words[5], Invariant));
                uses.Add(new BudgetUse(service, decimal.Parse(words[3], Invariant)));
            }
            shared.Add(new SharedBudget(name, limit, reserve, uses));
        }
        return BudgetDivision.Divide(shared, present, asked);
    }

    static System.Globalization.CultureInfo Invariant => System.Globalization.CultureInfo.InvariantCulture;
}
