using System.Globalization;

namespace SwarmAutoscaler.Policies;

/// <summary>What works but is probably not meant, in budgets beside the policies in force.</summary>
static class BudgetDoubts
{
    public static IEnumerable<DocumentError> Of(IReadOnlyList<PlacedBudget> budgets, IReadOnlyDictionary<string, ScalingPolicy> policies)
    {
        foreach (var placed in budgets)
        {
            foreach (var (use, place) in placed.Budget.Uses.Zip(placed.UsePlaces))
                if (!policies.ContainsKey(use.Service))
                    yield return place.Error($"no policy is for service '{use.Service}': it counts with the replicas it has, and nothing limits them");
            if (OfMinimums(placed.Budget, policies) is { } doubt)
                yield return placed.Place.Error(doubt);
        }
    }

    /// <summary>The minimums take more than there is, those of schedules included: nothing leaves the bounds, so the budget cannot be kept.</summary>
    static string? OfMinimums(SharedBudget budget, IReadOnlyDictionary<string, ScalingPolicy> policies)
    {
        var uses = budget.Uses.Where(use => policies.ContainsKey(use.Service))
            .Select(use => (use.Service, use.PerReplica, Min: HighestMin(policies[use.Service]))).Where(use => use.Min > 0).ToList();
        decimal least = uses.Sum(use => use.Min * use.PerReplica);
        return least <= budget.Room ? null : string.Create(CultureInfo.InvariantCulture,
            $"the minimums alone take {least:0.####} ({string.Join(" + ", uses.Select(use => string.Create(CultureInfo.InvariantCulture, $"{use.Service} {use.Min} × {use.PerReplica:0.####}")))}), "
            + $"more than the {budget.Room:0.####} that limit less reserve leaves; a minimum wins over a budget");
    }

    static int HighestMin(ScalingPolicy policy) => policy.Windows.Select(window => window.Min ?? 0).Append(policy.Replicas.Min).Max();
}
