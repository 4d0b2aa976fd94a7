using SwarmAutoscaler.Measuring;

namespace SwarmAutoscaler.Constraining;

/// <summary>What a service that wants more gets of the budgets it uses.</summary>
/// <param name="Service">The service's name.</param>
/// <param name="Replicas">The count it may have: what it asked for, or less; never less than it has.</param>
/// <param name="Because">Why it is less than it asked for, one sentence; null when it is not.</param>
public sealed record BudgetGrant(string Service, int Replicas, string? Because)
{
    /// <summary>The upper end that a decision has to keep; null when there is none.</summary>
    public ReplicaCap? Cap => Because is null ? null : new ReplicaCap(Replicas, Because);
}
