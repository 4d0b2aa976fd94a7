using SwarmAutoscaler.Measuring;

namespace SwarmAutoscaler.Simulating;

/// <summary>Plays a scenario through the decision engine that the process uses. Nothing is decided here.</summary>
public static class Simulator
{
    static readonly Missing NoValueYet = new(MissingReason.Empty, "the scenario has not given a value yet");

    public static IEnumerable<SimulatedStep> Play(Scenario scenario)
    {
        var policy = scenario.Policy;
        var service = scenario.Service;
        var history = scenario.History;
        var readings = new MetricReading[policy.Metrics.Count];
        Array.Fill(readings, NoValueYet);
        int running = service.Running;
        foreach (var step in scenario.Steps)
        {
            readings = [.. step.Readings.Zip(readings, (now, last) => now ?? last)];
            if (step.Replicas is { } outside && outside != service.Wanted)
            {
                service = service with { Wanted = outside };
                running = outside;
            }
            var observation = new Observation
            {
                Now = scenario.Start + step.At,
                Service = service with
                {
                    Running = step.Running ?? running,
                    Rollout = step.Rollout ?? service.Rollout,
                    Unschedulable = step.Unschedulable,
                    UnschedulableBecause = "the scenario says so",
                },
                Readings = readings,
            };
            var decision = DecisionEngine.Decide(policy, observation, history);
            yield return new SimulatedStep(step, decision);

            history = decision.History;
            if (scenario.Apply && decision.Action != ScalingAction.Hold)
            {
                history = history.WithChange(observation.Now, decision.Current, decision.Desired, policy);
                service = service with { Wanted = decision.Desired };
            }
            running = service.Wanted;
        }
    }
}

/// <summary>A step and what was decided in it.</summary>
public sealed record SimulatedStep(ScenarioStep Step, ScalingDecision Decision)
{
    /// <summary>How the decision differs from what the step expects, one sentence; null when it does not, or nothing is expected.</summary>
    public string? Unexpected => Step.Expect?.DifferenceTo(Decision);
}
