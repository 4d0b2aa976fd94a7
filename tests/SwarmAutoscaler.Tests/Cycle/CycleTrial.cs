using Microsoft.Extensions.Logging.Abstractions;
using SwarmAutoscaler.Constraining;
using SwarmAutoscaler.Coordinating;
using SwarmAutoscaler.Deciding;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;
using SwarmAutoscaler.Recording;
using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.Cycle;

/// <summary>A real cycle on a Swarm and sources in memory, in which nothing is limited: a service gets the count its metric says.</summary>
sealed class CycleTrial : IDisposable
{
    readonly AutoscalerMeter meter = new($"test-{Guid.NewGuid()}");

    public CycleTrial(bool observeOnly = false, IPauses? pauses = null)
    {
        Sources = new MetricSources([Demand, Second], Time, SourceLog);
        Cycle = new ScalingCycle(
            Swarm, Lease, Sources, Histories, new ReplicaCaps(Swarm, Loaded, new BudgetLedger(Time), CapsLog), pauses ?? Pauses, new DecisionRecorder(Board, NullLogger<DecisionRecorder>.Instance), meter, new CycleOptions(observeOnly), Time, Log);
    }

    public ManualTime Time { get; } = new();

    public StorySwarm Swarm { get; } = new();

    public StoryLease Lease { get; } = new();

    public StorySource Demand { get; } = new("demand");

    public StorySource Second { get; } = new("second");

    public MetricSources Sources { get; }

    public ServiceHistories Histories { get; } = new();

    public MemoryPauses Pauses { get; } = new();

    public DecisionBoard Board { get; } = new();

    /// <summary>Where the cycle finds the shared budgets.</summary>
    public FixedPolicies Loaded { get; } = new([]);

    public CollectedLog<ReplicaCaps> CapsLog { get; } = new();

    public CollectedLog<ScalingCycle> Log { get; } = new();

    public CollectedLog<MetricSources> SourceLog { get; } = new();

    public ScalingCycle Cycle { get; }

    public static ScalingPolicy Policy(string service = "web", params IReadOnlyList<MetricSpec> metrics) => new()
    {
        Service = service,
        Replicas = new ReplicaBounds(1, 100),
        ScaleUp = new ScalingRules { Limits = [RateLimit.OfReplicas(1000, TimeSpan.FromHours(1))] }, // changes are remembered for an hour
        ScaleDown = new ScalingRules(),
        Metrics = metrics.Count > 0 ? metrics : [Metric("demand", service)],
    };

    public static MetricSpec Metric(string source, string key, IScalingStrategy? strategy = null) =>
        new() { Name = source, Source = source, Query = new Asked(key), Strategy = strategy ?? new Passthrough() };

    /// <summary>A service and what its metric says.</summary>
    public void Given(string service, int wanted, double demand)
    {
        Swarm.Set(service, wanted);
        Demand.Values[service] = demand;
    }

    public Task<bool> RunAsync(params ScalingPolicy[] policies) => RunAsync(CancellationToken.None, policies);

    public Task<bool> RunAsync(CancellationToken stopping, params ScalingPolicy[] policies) =>
        Cycle.RunAsync([.. policies.Select(policy => new DuePolicy(policy))], Time.GetUtcNow(), stopping).WaitAsync(TimeSpan.FromSeconds(20));

    public RecordedDecision Last(string service = "web")
    {
        var standing = Board.Find(service);
        Assert.NotNull(standing);
        return standing.Last;
    }

    public void Dispose() => meter.Dispose();
}
