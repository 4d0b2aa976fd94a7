using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using SwarmAutoscaler.Constraining;
using SwarmAutoscaler.Deciding;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Benchmarks.Deciding;

/// <summary>What one decision costs: time on one core and bytes allocated.</summary>
[MemoryDiagnoser(displayGenColumns: false)]
public class DecisionBenchmarks
{
    static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    readonly ScalingPolicy one = Policy(1);
    readonly ScalingPolicy five = Policy(5);
    readonly Observation steady = Observe(1, 0.66);
    readonly Observation busy = Observe(1, 0.9);
    readonly Observation steadyFive = Observe(5, 0.66);
    readonly ScalingHistory settled = ScalingHistory.Of([(Now - TimeSpan.FromSeconds(15), 10)], [], []);

    /// <summary>The longest staircase that fits: every proposal below the one before, all inside the window of 300 s.</summary>
    readonly ScalingHistory proposals = ScalingHistory.Of(Enumerable.Range(1, 1000).Select(i => (Now - TimeSpan.FromSeconds(0.29 * i), 1000 + i)), [], []);

    readonly ScalingHistory changes = ScalingHistory.Of(
        [], Enumerable.Range(1, 1000).Select(i => new ReplicaChange(Now - TimeSpan.FromSeconds(0.29 * i), 10 - i % 2, 9 + i % 2)), []);

    [Benchmark(Description = "one metric, nothing to do")]
    public ScalingDecision OneMetric() => DecisionEngine.Decide(one, steady, settled);

    [Benchmark(Description = "one metric, scales up")]
    public ScalingDecision OneMetricScalesUp() => DecisionEngine.Decide(one, busy, settled);

    [Benchmark(Description = "five metrics, nothing to do")]
    public ScalingDecision FiveMetrics() => DecisionEngine.Decide(five, steadyFive, settled);

    [Benchmark(Description = "one metric, 1,000 proposals remembered")]
    public ScalingDecision ThousandProposals() => DecisionEngine.Decide(one, steady, proposals);

    [Benchmark(Description = "one metric, 1,000 changes remembered")]
    public ScalingDecision ThousandChanges() => DecisionEngine.Decide(one, steady, changes);

    internal static void Run(string[] filters)
    {
        var config = DefaultConfig.Instance
            .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(5).WithIterationCount(15).WithMinIterationTime(Perfolizer.Horology.TimeInterval.FromMilliseconds(200)))
            .AddColumn(StatisticColumn.OperationsPerSecond)
            .WithArtifactsPath(Directory.CreateTempSubdirectory("decide-").FullName);
        BenchmarkSwitcher.FromTypes([typeof(DecisionBenchmarks)]).Run(filters.Length == 0 ? ["--filter", "*"] : ["--filter", .. filters], config);
    }

    static ScalingPolicy Policy(int metrics) => new()
    {
        Service = "web",
        Replicas = new ReplicaBounds(1, 50),
        Metrics = [.. Enumerable.Range(0, metrics).Select(i => new MetricSpec
        {
            Name = $"metric{i}",
            Source = "benchmark",
            Query = new Asked(),
            Strategy = new UtilizationTarget(0.65),
        })],
    };

    static Observation Observe(int metrics, double value) => new()
    {
        Now = Now,
        Service = new ServiceState { Id = "id", Name = "web", Wanted = 10, Running = 10 },
        Readings = [.. Enumerable.Repeat(MetricReading.Of(value), metrics)],
    };

    sealed record Asked() : MetricQuery("default");
}
