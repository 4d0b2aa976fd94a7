namespace SwarmAutoscaler.Simulating;

/// <summary>Where the evaluations of a scenario come from. Each is asked for once the decision before it has taken effect, so that it may depend on it.</summary>
public interface IStepSource
{
    /// <summary>The next evaluation in the order of time; null when there is none any more.</summary>
    /// <param name="replicas">The count as it is now.</param>
    ScenarioStep? Next(int replicas);
}

/// <summary>Steps as somebody wrote them down, whatever the count is.</summary>
sealed class WrittenSteps(IReadOnlyList<ScenarioStep> steps) : IStepSource
{
    int next;

    public ScenarioStep? Next(int replicas) => next < steps.Count ? steps[next++] : null;
}
