using SwarmAutoscaler.Measuring;

namespace SwarmAutoscaler.Simulating;

/// <summary>Plays a scenario through the decision engine that the process uses. Nothing is decided here.</summary>
public static class Simulator
{
    static readonly Missing NoValueYet = new(MissingReason.Empty, "the scenario has not given a value yet");

    /// <summary>Plays the steps that are written in the scenario.</summary>
    public static IReadOnlyList<SimulatedStep> Play(Scenario scenario) => Play(scenario, new WrittenSteps(scenario.Steps));

    /// <summary>Plays the steps of a source instead of those of the scenario.</summary>
    public static IReadOnlyList<SimulatedStep> Play(Scenario scenario, IStepSource steps)
    {
        var played = new List<SimulatedStep>();
        var policy = scenario.Policy;
        var service = scenario.Service;
        var history = scenario.History;
        var readings = new MetricReading[policy.Metrics.Count];
        Array.Fill(readings, NoValueYet);
        int running = service.Running;
        while (steps.Next(service.Wanted) is { } step)
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
                Service = step.ClosedBy == OutsideGate.ServiceNotFound ? null : service with
                {
                    Running = step.Running ?? running,
                    Rollout = step.Rollout ?? service.Rollout,
                    Unschedulable = step.Unschedulable,
                    UnschedulableBecause = "the scenario says so",
                },
                Readings = readings,
                PausedBecause = step.ClosedBy == OutsideGate.Paused ? "paused: the scenario says so" : null,
                IsLeader = step.ClosedBy != OutsideGate.NotLeader,
                Caps = step.Capacity is { } most ? [new ReplicaCap(most, $"the scenario says that at most {most} can be placed or afforded")] : [],
            };
            var decision = step.ClosedBy == OutsideGate.AmbiguousPolicy ? Refusal.OfAmbiguous(policy, observation, history) : DecisionEngine.Decide(policy, observation, history);
            history = decision.History;
            if (scenario.Apply && decision.Action != ScalingAction.Hold)
            {
                history = history.WithChange(observation.Now, decision.Current, decision.Desired, policy);
                service = service with { Wanted = decision.Desired };
            }
            running = service.Wanted;
            played.Add(new SimulatedStep(step, decision, After: service.Wanted));
        }
        return played;
    }
}

/// <summary>A step and what was decided in it.</summary>
/// <param name="Step">The evaluation.</param>
/// <param name="Decision">What the engine decided.</param>
/// <param name="After">The count after it: the decided one, or the one before when the scenario applies nothing.</param>
public sealed record SimulatedStep(ScenarioStep Step, ScalingDecision Decision, int After)
{
    /// <summary>How the decision differs from what the step expects, one sentence; null when it does not, or nothing is expected.</summary>
    public string? Unexpected => Step.Expect?.DifferenceTo(Decision);
}
