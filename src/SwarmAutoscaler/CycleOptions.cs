namespace SwarmAutoscaler;

/// <summary>What holds for all cycles.</summary>
/// <param name="ObserveOnly">Decide and record, change nothing.</param>
sealed record CycleOptions(bool ObserveOnly);
