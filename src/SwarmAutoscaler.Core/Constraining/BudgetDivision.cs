using System.Globalization;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Constraining;

/// <summary>
/// Divides what is left of shared budgets among the services that want more. Replicas are handed out one at a time to whoever has got the fewest so far,
/// among equals in the order of names; who cannot be given one more, because a budget of theirs has too little left, is out. So nobody waits for a replica
/// while somebody else got two more than they did and could spare one for them. Nothing that is there is taken away. Pure; no order of the input matters.
/// Example: 45 are left, <c>a</c> wants 4 more at 10 each, <c>b</c> 9 more at 5 each: a 10, b 5, a 10, b 5, a 10, b 5; that is 3 and 3, and nothing is left.
/// </summary>
public static class BudgetDivision
{
    /// <param name="budgets">The budgets in force; a service in several of them takes the tightest.</param>
    /// <param name="present">Replicas that count already, by service; none for a service that is not in it.</param>
    /// <param name="asked">The counts that are asked for, by service. Who asks for no more than is present is given that.</param>
    /// <returns>One grant for each service that asks and uses a budget, in the order of names.</returns>
    public static IReadOnlyList<BudgetGrant> Divide(
        IReadOnlyList<SharedBudget> budgets, IReadOnlyDictionary<string, int> present, IReadOnlyDictionary<string, int> asked)
    {
        var left = budgets.Select(budget => budget.Room - budget.Uses.Sum(use => present.GetValueOrDefault(use.Service) * use.PerReplica)).ToArray();
        var free = (IReadOnlyList<decimal>)[.. left];
        var claims = asked.OrderBy(ask => ask.Key, StringComparer.Ordinal)
            .Select(ask => new Claim(ask.Key, present.GetValueOrDefault(ask.Key), ask.Value, UsesOf(ask.Key, budgets)))
            .Where(claim => claim.Uses.Count > 0).ToList();

        // Whoever is still open has got equally many. As many rounds as fit for all are handed out at once, the next one is the last for somebody.
        var open = claims.Where(claim => claim.Wants > 0).ToList();
        while (open.Count > 0)
        {
            int rounds = RoundsThatFit(open, left);
            foreach (var claim in open)
                claim.Take(rounds, left);
            open.RemoveAll(claim => claim.Wants == 0);
            open.RemoveAll(claim => !claim.Fits(1, left) || claim.Take(1, left) == 0);
            open.RemoveAll(claim => claim.Wants == 0);
        }
        return [.. claims.Select(claim => new BudgetGrant(claim.Service, claim.Present + claim.Got, Because(claim, claims, budgets, free, left)))];
    }

    static List<(int Budget, decimal PerReplica)> UsesOf(string service, IReadOnlyList<SharedBudget> budgets) =>
        [.. budgets.SelectMany((budget, i) => budget.Uses.Where(use => use.Service == service).Select(use => (i, use.PerReplica)))];

    /// <summary>The most replicas that each can be given, or as many as it wants if those are fewer.</summary>
    static int RoundsThatFit(List<Claim> open, decimal[] left)
    {
        int fits = 0, tooMany = open.Max(claim => claim.Wants) + 1;
        while (tooMany - fits > 1)
        {
            int middle = fits + ((tooMany - fits) / 2);
            if (AllFit(open, middle, left))
                fits = middle;
            else
                tooMany = middle;
        }
        return fits;
    }

    static bool AllFit(List<Claim> open, int rounds, decimal[] left)
    {
        var rest = (decimal[])left.Clone();
        foreach (var claim in open)
            foreach (var (budget, perReplica) in claim.Uses)
                if ((rest[budget] -= Math.Min(rounds, claim.Wants) * perReplica) < 0)
                    return false;
        return true;
    }

    static string? Because(Claim claim, List<Claim> claims, IReadOnlyList<SharedBudget> budgets, IReadOnlyList<decimal> free, decimal[] left)
    {
        if (claim.Wants <= 0)
            return null;
        var (index, perReplica) = claim.Uses.First(use => left[use.Budget] < use.PerReplica);
        var budget = budgets[index];
        int sharing = claims.Count(other => other.Got + Math.Max(0, other.Wants) > 0 && other.Uses.Exists(use => use.Budget == index));
        string room = free[index] < 0 ? $"overspent by {Text(-free[index])}" : $"{Text(free[index])} of {Text(budget.Limit)} left";
        string reserve = budget.Reserve > 0 ? $" after the reserve of {Text(budget.Reserve)}" : "";
        string others = sharing > 1 ? $", as {sharing} services want more" : "";
        return $"budget {budget.Name}: {room}{reserve}; at {Text(perReplica)} a replica, {claim.Got} of the {claim.Got + claim.Wants} wanted more are granted{others}";
    }

    static string Text(decimal value) => value.ToString("0.####", CultureInfo.InvariantCulture);

    sealed class Claim(string service, int present, int asked, List<(int Budget, decimal PerReplica)> uses)
    {
        public string Service => service;

        public int Present => present;

        public List<(int Budget, decimal PerReplica)> Uses => uses;

        /// <summary>Replicas granted so far, beyond those present.</summary>
        public int Got { get; private set; }

        /// <summary>Replicas still wanted.</summary>
        public int Wants => asked - present - Got;

        public bool Fits(int replicas, decimal[] left) => uses.TrueForAll(use => replicas * use.PerReplica <= left[use.Budget]);

        /// <summary>Takes so many, or as many as it wants; returns how many.</summary>
        public int Take(int replicas, decimal[] left)
        {
            int taken = Math.Min(replicas, Wants);
            foreach (var (budget, perReplica) in uses)
                left[budget] -= taken * perReplica;
            Got += taken;
            return taken;
        }
    }
}
