using SwarmAutoscaler.Constraining;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler;

/// <summary>One service over time: every decision is applied before the next one, as the process does it.</summary>
sealed class Story(ScalingPolicy policy, int wanted)
{
    public ScalingPolicy Policy { get; set; } = policy;

    public ScalingHistory History { get; set; } = ScalingHistory.FirstSight;

    public DateTimeOffset Now { get; private set; } = Given.Now;

    /// <summary>The count in the service's spec; a test sets it where somebody else does.</summary>
    public int Wanted { get; set; } = wanted;

    public Func<ServiceState, ServiceState> Service { get; set; } = service => service;

    /// <summary>What becomes of a change that was decided on.</summary>
    public Fate Fate { get; set; } = Fate.Applied;

    /// <summary>Time passes, then one evaluation with these values (NaN is missing).</summary>
    public ScalingDecision After(double seconds, params double[] values)
    {
        Now += TimeSpan.FromSeconds(seconds);
        var observation = Given.Observation(Service(Given.Service(Wanted)), values) with { Now = Now };
        var decision = DecisionEngine.Decide(Policy, observation, History);
        History = decision.History;
        if (decision.Desired == Wanted)
            return decision;
        History = Fate switch
        {
            Fate.Applied => History.WithChange(Now, Wanted, decision.Desired, Policy),
            Fate.Refused => History,
            _ => History.WithAttempt(Now, decision.Desired),
        };
        if (Fate is Fate.Applied or Fate.AppliedUnknown)
            Wanted = decision.Desired;
        return decision;
    }

    /// <summary>The same values every 15 s for so long.</summary>
    public ScalingDecision For(double seconds, params double[] values)
    {
        var decision = After(15, values);
        for (double passed = 15; passed < seconds; passed += 15)
            decision = After(15, values);
        return decision;
    }
}

enum Fate
{
    Applied,

    /// <summary>The engine said no.</summary>
    Refused,

    /// <summary>No answer, but it took effect.</summary>
    AppliedUnknown,

    /// <summary>No answer, and it did not take effect yet.</summary>
    LostUnknown,
}
