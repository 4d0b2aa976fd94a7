using SwarmAutoscaler.Constraining;
using SwarmAutoscaler.Deciding;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler;

/// <summary>A policy in which nothing is limited, and what a decision needs besides. A test changes only what it is about.</summary>
static class Given
{
    public static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>No window, no cooldown, no rate limit; tolerance 10 %.</summary>
    public static readonly ScalingRules Unlimited = new();

    /// <summary>1 to 1,000 replicas, one metric that says the count itself.</summary>
    public static readonly ScalingPolicy Policy = new()
    {
        Service = "web",
        Replicas = new ReplicaBounds(1, 1000),
        Metrics = [Metric(new Passthrough())],
        ScaleUp = Unlimited,
        ScaleDown = Unlimited,
    };

    /// <summary>Seen before, nothing else is known: no proposal, no change, no miss.</summary>
    public static readonly ScalingHistory Seen = ScalingHistory.Of([], [], []);

    public static MetricSpec Metric(IScalingStrategy strategy, string name = "wish", double activation = 0, LimitedResource? shareOf = null) =>
        new() { Name = name, Source = "test", Query = new Asked(shareOf), Strategy = strategy, Activation = activation };

    public static ScalingPolicy PolicyOf(params IScalingStrategy[] strategies) =>
        Policy with { Metrics = [.. strategies.Select((strategy, i) => Metric(strategy, $"m{i}"))] };

    public static ServiceState Service(int wanted, int? running = null) =>
        new() { Id = "id", Name = "web", Wanted = wanted, Running = running ?? wanted };

    /// <summary>NaN is a missing value.</summary>
    public static Observation Observation(ServiceState? service, params double[] values) =>
        new() { Now = Now, Service = service, Readings = [.. values.Select(MetricReading.Of)] };

    public static ScalingDecision Decide(this ScalingPolicy policy, int wanted, params double[] values) =>
        DecisionEngine.Decide(policy, Observation(Service(wanted), values), Seen);

    public static ScalingDecision Decide(this ScalingPolicy policy, ServiceState service, params double[] values) =>
        DecisionEngine.Decide(policy, Observation(service, values), Seen);

    public static ScalingDecision Decide(this ScalingPolicy policy, ScalingHistory history, int wanted, params double[] values) =>
        DecisionEngine.Decide(policy, Observation(Service(wanted), values), history);

    public static ScalingHistory WithProposals(params (int Age, int Replicas)[] proposals) =>
        ScalingHistory.Of(proposals.Select(proposal => (Now - Seconds(proposal.Age), proposal.Replicas)), [], []);

    public static ScalingHistory WithChanges(params (int Age, int From, int To)[] changes) =>
        ScalingHistory.Of([], changes.Select(change => new ReplicaChange(Now - Seconds(change.Age), change.From, change.To)), []);

    public static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    public static string Steps(this ScalingDecision decision) =>
        string.Join(", ", decision.Trail.Select(step => $"{step.Step} {step.From}→{step.To}"));

    sealed record Asked(LimitedResource? Resource) : MetricQuery("default")
    {
        public override LimitedResource? ShareOf => Resource;
    }
}
