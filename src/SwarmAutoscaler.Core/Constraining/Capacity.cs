namespace SwarmAutoscaler.Constraining;

/// <summary>No raise while the scheduler cannot place the tasks there are. Caps only upwards.</summary>
sealed class Capacity : IReplicaConstraint
{
    public string Step => ReasonWords.Capacity;

    public Limit Apply(int proposed, DecisionContext context) => proposed > context.Wanted && context.Service.Unschedulable > 0
        ? new Limit(context.Wanted, $"{context.Service.Unschedulable} tasks cannot be placed: {context.Service.UnschedulableBecause ?? "the engine gives no reason"}")
        : Limit.None(proposed);
}
