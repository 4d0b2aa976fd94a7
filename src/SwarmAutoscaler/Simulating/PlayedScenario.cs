using SwarmAutoscaler.Policies;
using SwarmAutoscaler.Scheduling;

namespace SwarmAutoscaler.Simulating;

/// <summary>A scenario and what was decided in it.</summary>
/// <param name="Placed">The scenario.</param>
/// <param name="Steps">At least one.</param>
/// <param name="Summary">What the load came to; null when the steps were written down.</param>
sealed record PlayedScenario(PlacedScenario Placed, IReadOnlyList<SimulatedStep> Steps, LoadSummary? Summary = null)
{
    /// <summary>Six weeks at 15 s. All of them are in memory at once.</summary>
    const int MostEvaluations = 250_000;

    public Scenario Scenario => Placed.Scenario;

    /// <summary>The time of a step, as its author wrote it.</summary>
    public string At(int step) => Summary is null ? Placed.Steps[step].At : Durations.Write(Steps[step].Step.At);

    /// <summary>Null when an error was reported.</summary>
    /// <param name="placed">The scenario.</param>
    /// <param name="load">What a model works off; null only if there is no model.</param>
    /// <param name="errors">What is wrong.</param>
    public static PlayedScenario? Play(PlacedScenario placed, LoadCurve? load, ICollection<DocumentError> errors)
    {
        var scenario = placed.Scenario;
        if (scenario.Model is not { } model)
            return new PlayedScenario(placed, Simulator.Play(scenario));
        var times = FiringTimes.Of(scenario.Policy.Schedule, scenario.Start, scenario.Start + load!.End)
            .Take(MostEvaluations + 1).Select(time => time - scenario.Start).ToList();
        if (times.Count is 0 or > MostEvaluations)
        {
            errors.Add(placed.ModelPlace.Error(times.Count == 0
                ? $"the policy is not evaluated once ({scenario.Policy.Schedule}) in the {Durations.Write(load.End)} that the load lasts"
                : FormattableString.Invariant($"the load lasts {Durations.Write(load.End)}, which is more than {MostEvaluations} evaluations ({scenario.Policy.Schedule})")));
            return null;
        }
        var run = new LoadRun(scenario.Service, model, load, times);
        var steps = Simulator.Play(scenario, run);
        return new PlayedScenario(placed, steps, run.Summary);
    }
}
