namespace SwarmAutoscaler.Policies;

/// <summary>What several services share, for instance the connections of a database. Raises stop where together they would use more than <see cref="Room"/>.</summary>
/// <param name="Name">Unique over all documents.</param>
/// <param name="Limit">All there is, in a unit of the author's choice; above 0.</param>
/// <param name="Reserve">Kept free for others; 0 or more, below the limit.</param>
/// <param name="Uses">At least one; no service is in it twice.</param>
public sealed record SharedBudget(string Name, decimal Limit, decimal Reserve, IReadOnlyList<BudgetUse> Uses)
{
    /// <summary>What the services may use together.</summary>
    public decimal Room => Limit - Reserve;
}

/// <summary>A service that uses a budget.</summary>
/// <param name="Service">The exact name of the service; it need not have a policy.</param>
/// <param name="PerReplica">What one replica uses, above 0.</param>
public sealed record BudgetUse(string Service, decimal PerReplica);
