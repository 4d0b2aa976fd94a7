using YamlDotNet.RepresentationModel;

namespace SwarmAutoscaler.Policies;

/// <summary><c>budgets</c> of a shared document.</summary>
static class BudgetReader
{
    /// <summary>More than anything that is counted here, and little enough that sums of it stay exact.</summary>
    const double Largest = 1e12;

    /// <param name="document">The document.</param>
    /// <param name="names">Takes the names, which may be defined once over all documents.</param>
    public static IReadOnlyList<PlacedBudget> Read(FieldReader document, ICollection<(string, PlacedNode)> names)
    {
        var budgets = new List<PlacedBudget>();
        foreach (var fields in document.Maps("budgets"))
        {
            var name = fields.RequiredText("name");
            if (name is not null)
                names.Add(($"budget '{name}'", fields.Place("name")));
            var (limit, reserve) = (Amount(fields, "limit", isRequired: true), Amount(fields, "reserve", isRequired: false) ?? 0);
            if (limit == 0)
                fields.Error("limit", "'limit' must be above 0");
            else if (reserve >= limit)
                fields.Error("reserve", $"reserve ({fields.Peek("reserve")}) must be below limit ({fields.Peek("limit")})");
            var uses = ReadUses(fields);
            fields.Done();
            budgets.Add(new PlacedBudget(new SharedBudget(name ?? "", limit ?? 0, reserve, [.. uses.Select(use => use.Use)]), fields.Place("name"), [.. uses.Select(use => use.Place)]));
        }
        return budgets;
    }

    static List<(BudgetUse Use, PlacedNode Place)> ReadUses(FieldReader budget)
    {
        var uses = new List<(BudgetUse Use, PlacedNode Place)>();
        var items = budget.Maps("uses");
        if (!budget.Has("uses"))
            budget.Error("'uses' is missing, write for instance uses: [ { service: api, per_replica: 10 } ]");
        else if (budget.Place("uses").Node is YamlSequenceNode { Children.Count: 0 })
            budget.Error("uses", "'uses' is empty");
        foreach (var fields in items)
        {
            var service = fields.RequiredText("service");
            if (service is not null && !ScalingPolicyReader.ServiceName().IsMatch(service))
                fields.Error("service", $"'{service}' cannot be the name of a Swarm service");
            if (service is not null && uses.Exists(other => other.Use.Service == service))
                fields.Error("service", $"service '{service}' is already in this budget");
            var perReplica = Amount(fields, "per_replica", isRequired: true);
            if (perReplica == 0)
                fields.Error("per_replica", "'per_replica' must be above 0");
            fields.Done();
            uses.Add((new BudgetUse(service ?? "", perReplica ?? 0), fields.Place("service")));
        }
        return uses;
    }

    /// <summary>A number from 0 on, exact in decimal: three times 0.1 is 0.3.</summary>
    static decimal? Amount(FieldReader fields, string key, bool isRequired)
    {
        if (isRequired && !fields.Has(key))
            fields.Error($"'{key}' is missing");
        return fields.Parse<decimal>(key, text => !Numbers.TryParse(text, out double value) ? (null, "is not a number")
            : value is < 0 or > Largest ? (null, "must be from 0 to 1e12")
            : ((decimal)value, null));
    }
}

/// <summary>A budget and where it stands.</summary>
/// <param name="Budget">What it says.</param>
/// <param name="Place">Its name.</param>
/// <param name="UsePlaces">The service of each use.</param>
sealed record PlacedBudget(SharedBudget Budget, PlacedNode Place, IReadOnlyList<PlacedNode> UsePlaces);
