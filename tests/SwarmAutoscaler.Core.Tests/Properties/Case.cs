using SwarmAutoscaler.Constraining;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Properties;

/// <summary>One random decision: everything it depends on, with ages instead of times, so that it can be made at any time.</summary>
sealed record Case(ScalingPolicy Policy, ServiceState Service, double[] Values, ReplicaCap[] Caps, Past Past)
{
    /// <summary>The bounds in force.</summary>
    public ReplicaBounds Bounds => EffectiveBounds.At(Policy.Replicas, Policy.Windows, Given.Now).Bounds;

    public ScalingDecision Decide() => DecideAt(Given.Now);

    public ScalingDecision DecideAt(DateTimeOffset now) =>
        DecisionEngine.Decide(Policy, Given.Observation(Service, Values) with { Now = now, Caps = Caps }, Past.At(now, Policy));

    public Case WithValue(int metric, double value) => this with { Values = [.. Values.Select((old, i) => i == metric ? value : old)] };

    public override string ToString()
    {
        var decision = Decide();
        return $"{Policy}\nup {Text(Policy.ScaleUp)}\ndown {Text(Policy.ScaleDown)}\n{string.Join('\n', Policy.Metrics.Select(metric => $"{metric.Strategy} activation {metric.Activation}"))}\n"
            + $"windows {string.Join(' ', Policy.Windows)}\n{Service}\nvalues {string.Join(' ', Values)}\n{Past}\n{decision.Steps()}: {decision.Reason}";
    }

    static string Text(ScalingRules rules) => $"{rules} {string.Join(' ', rules.Limits)}";
}

/// <summary>A random history; ages in seconds.</summary>
sealed record Past(
    bool IsKnown, (int Age, int Replicas)[] Proposals, (int Age, int From, int To)[] Changes, int Misses, int? LastSeen, int? LastDecided, bool ZeroIsOurs, int? LastActiveAge,
    (int Age, int Least)? Unplaced, (int Age, int To)? GivenBack)
{
    public ScalingHistory At(DateTimeOffset now, ScalingPolicy policy)
    {
        var facts = ScalingHistory.Of(
            Proposals.Select(proposal => (now - Given.Seconds(proposal.Age), proposal.Replicas)),
            Changes.Select(change => new ReplicaChange(now - Given.Seconds(change.Age), change.From, change.To)),
            policy.Metrics.Where(_ => Misses > 0).Select(metric => KeyValuePair.Create(metric.Name, Misses)));
        return (IsKnown ? facts : ScalingHistory.FirstSight) with
        {
            LastSeen = IsKnown ? LastSeen : null,
            LastDecided = LastDecided,
            ZeroIsOurs = ZeroIsOurs,
            LastActive = LastActiveAge is { } age ? now - Given.Seconds(age) : null,
            Unplaced = Unplaced is { } unplaced ? new Unplaced(now - Given.Seconds(unplaced.Age), unplaced.Least) : null,
            GivenBack = GivenBack is { } givenBack ? new GivenBack(now - Given.Seconds(givenBack.Age), givenBack.To) : null,
        };
    }

    public override string ToString() =>
        $"known {IsKnown}, proposals {string.Join(' ', Proposals)}, changes {string.Join(' ', Changes)}, misses {Misses}, last seen {LastSeen}, last decided {LastDecided}, zero is ours {ZeroIsOurs}, active {LastActiveAge}, unplaced {Unplaced}, given back {GivenBack}";
}
