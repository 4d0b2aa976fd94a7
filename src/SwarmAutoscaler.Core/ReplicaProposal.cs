namespace SwarmAutoscaler;

/// <summary>The count on its way through the steps. <see cref="Move"/> is the only thing that changes it, and it leaves the trail.</summary>
sealed class ReplicaProposal(int wanted)
{
    readonly List<DecisionStep> trail = new(4);

    /// <summary>Replicas in the service's spec: where the proposal started.</summary>
    public int Wanted { get; } = wanted;

    public int Replicas { get; private set; } = wanted;

    /// <summary>The word of the step that determined <see cref="Replicas"/>.</summary>
    public string Reason { get; private set; } = ReasonWords.WithinTolerance;

    /// <summary>The service is idle, or goes idle: the one count that may lie below the minimum.</summary>
    public bool IsIdle { get; set; }

    public IReadOnlyList<DecisionStep> Trail => trail;

    /// <summary>Says what is behind a later step without determining the count itself.</summary>
    public void Note(string step, string because) => trail.Add(new DecisionStep(step, Replicas, Replicas, because));

    /// <summary>Sets the count, or keeps it on purpose, and says why.</summary>
    /// <param name="step">The step's word in the trail.</param>
    /// <param name="verdict">The count and the sentence.</param>
    /// <param name="reason">The decision's reason if this step turns out to determine the number; the step's word when null.</param>
    public void Move(string step, Verdict verdict, string? reason = null)
    {
        trail.Add(new DecisionStep(step, Replicas, verdict.Replicas, verdict.Because, verdict.Lift));
        Replicas = verdict.Replicas;
        Reason = reason ?? step;
    }
}
