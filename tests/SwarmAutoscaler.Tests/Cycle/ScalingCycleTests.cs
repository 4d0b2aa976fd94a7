using SwarmAutoscaler.Applying;
using SwarmAutoscaler.Deciding;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;
using Xunit;

namespace SwarmAutoscaler.Cycle;

public sealed class ScalingCycleTests : IDisposable
{
    readonly CycleTrial trial = new();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(40, 2)]
    [InlineData(2, 40)]
    public async Task A_change_one_interval_ago_is_outside_a_period_of_one_interval_however_the_clock_jitters(int firstLate, int secondLate)
    {
        var interval = IntervalSchedule.Default.Interval;
        var policy = CycleTrial.Policy() with { ScaleUp = new ScalingRules { Limits = [RateLimit.OfReplicas(4, interval)] } };
        trial.Given("web", 1, 100);
        var due = trial.Time.GetUtcNow();
        trial.Time.Advance(TimeSpan.FromMilliseconds(firstLate));
        await trial.Cycle.RunAsync([new DuePolicy(policy)], due, CancellationToken.None);
        Assert.Equal(5, trial.Swarm["web"].Wanted);
        trial.Time.Advance(interval - TimeSpan.FromMilliseconds(firstLate) + TimeSpan.FromMilliseconds(secondLate));
        await trial.Cycle.RunAsync([new DuePolicy(policy)], due + interval, CancellationToken.None);
        Assert.Equal(9, trial.Swarm["web"].Wanted);
    }

    [Fact]
    public async Task However_many_policies_are_due_the_engine_and_each_source_are_asked_once()
    {
        string[] names = [.. Enumerable.Range(0, 200).Select(i => $"service-{i}")];
        foreach (string name in names)
        {
            trial.Given(name, 1, 3);
            trial.Second.Values[name] = 2;
        }
        Assert.True(await trial.RunAsync([.. names.Select(name => CycleTrial.Policy(name, CycleTrial.Metric("demand", name), CycleTrial.Metric("second", name)))]));
        Assert.Equal((1, 0), (trial.Swarm.Lists, trial.Swarm.Reads));
        Assert.Equal(names.Order(), trial.Swarm.Interest!.Order());
        Assert.Equal([200], trial.Demand.Calls);
        Assert.Equal([200], trial.Second.Calls);
        Assert.All(names, name => Assert.Equal(3, trial.Swarm[name].Wanted));
        Assert.Equal(200, trial.Swarm.Writes.Count);
    }

    [Fact]
    public async Task Each_policy_gets_its_own_readings()
    {
        trial.Given("api", 1, 4);
        trial.Given("web", 1, 7);
        trial.Second.Values["web"] = 9;
        await trial.RunAsync(CycleTrial.Policy("web", CycleTrial.Metric("second", "web"), CycleTrial.Metric("demand", "web")), CycleTrial.Policy("api"));
        Assert.Equal((4, 9), (trial.Swarm["api"].Wanted, trial.Swarm["web"].Wanted));
        Assert.Equal([("second", 9.0), ("demand", 7.0)], trial.Last().Decision.Recommendations.Select(each => (each.Metric, ((Measured)each.Reading).Value)));
    }

    [Theory]
    [InlineData(LimitedResource.Cpu, 1.6, 0.8)]       // 4 tasks of half a core each
    [InlineData(null, 1.6, 1.6)]
    [InlineData(LimitedResource.Memory, 1.6, null)]   // no limit to take a share of
    public async Task A_total_of_a_limited_resource_is_measured_as_a_share(LimitedResource? share, double total, double? expected)
    {
        trial.Given("web", 4, total);
        await trial.RunAsync(CycleTrial.Policy("web", CycleTrial.Metric("demand", "web") with { Query = new Asked("web", share) }));
        Assert.Equal(expected, (trial.Last().Decision.Recommendations[0].Reading as Measured)?.Value);
    }

    [Fact]
    public async Task No_policies_ask_nobody()
    {
        Assert.True(await trial.RunAsync());
        Assert.Equal(0, trial.Swarm.Lists);
    }

    [Theory]
    [InlineData(5, 5)]
    [InlineData(3, 3)]
    public async Task A_count_that_is_right_is_not_written(int wanted, double demand)
    {
        trial.Given("web", wanted, demand);
        await trial.RunAsync(CycleTrial.Policy());
        Assert.Empty(trial.Swarm.Writes);
        Assert.Null(trial.Last().Outcome);
    }

    [Theory]
    [InlineData(true, PolicyMode.Apply)]
    [InlineData(false, PolicyMode.Observe)]
    public async Task Observing_changes_nothing_and_says_what_it_would_have_done(bool observeOnly, PolicyMode mode)
    {
        using var observer = new CycleTrial(observeOnly);
        observer.Given("web", 1, 5);
        Assert.True(await observer.RunAsync(CycleTrial.Policy() with { Mode = mode }));
        Assert.Empty(observer.Swarm.Writes);
        var decision = observer.Last().Decision;
        Assert.Equal((ReasonWords.Observe, 1, 5), (decision.Reason, decision.Desired, decision.Proposed));
    }

    [Fact]
    public async Task A_decision_that_throws_does_not_disturb_the_others()
    {
        trial.Given("api", 1, 4);
        trial.Given("bad", 1, 4);
        trial.Given("web", 1, 7);
        Assert.False(await trial.RunAsync(
            CycleTrial.Policy("api"), CycleTrial.Policy("bad", CycleTrial.Metric("demand", "bad", new Throwing())), CycleTrial.Policy("web")));
        Assert.Equal((4, 1, 7), (trial.Swarm["api"].Wanted, trial.Swarm["bad"].Wanted, trial.Swarm["web"].Wanted));
        Assert.Equal(["Error: Evaluating bad failed unexpectedly; its count stays as it is"], trial.Log.Lines);
        Assert.Null(trial.Board.Find("bad"));
    }

    [Fact]
    public async Task While_the_engine_is_silent_nothing_is_decided_and_nothing_forgotten_and_it_is_logged_once_a_cycle()
    {
        trial.Given("api", 1, 4);
        trial.Given("web", 1, 7);
        ScalingPolicy[] policies = [CycleTrial.Policy("api"), CycleTrial.Policy("web")];
        await trial.RunAsync(policies);
        var (history, decision) = (trial.Histories.Of("web"), trial.Last());

        trial.Swarm.IsSilent = true;
        trial.Demand.Values["web"] = 9;
        Assert.False(await trial.RunAsync(policies));
        Assert.Equal(["Error: The engine did not answer, so 2 policies were not evaluated: the engine is silent"], trial.Log.Lines);
        Assert.False(await trial.RunAsync(policies));
        Assert.Equal(2, trial.Log.Lines.Count);
        Assert.Same(history, trial.Histories.Of("web"));
        Assert.Same(decision, trial.Last());

        trial.Swarm.IsSilent = false;
        Assert.True(await trial.RunAsync(policies));
        Assert.Equal(9, trial.Swarm["web"].Wanted);
    }

    [Theory]
    [InlineData(null, ReasonWords.AmbiguousPolicy)]
    [InlineData(ServiceMode.Replicated, ReasonWords.AmbiguousPolicy)]
    [InlineData(ServiceMode.Global, ReasonWords.AmbiguousPolicy)]
    public async Task An_ambiguous_policy_is_refused_at_each_evaluation_and_asks_no_source(ServiceMode? mode, string reason)
    {
        if (mode is { } known)
            trial.Swarm.Set("web", 3, known);
        var due = new DuePolicy(CycleTrial.Policy() with { Replicas = new ReplicaBounds(10, 20), Metrics = [] }, IsAmbiguous: true);
        for (int i = 1; i <= 2; i++)
        {
            Assert.True(await trial.Cycle.RunAsync([due], trial.Time.GetUtcNow(), CancellationToken.None));
            Assert.Equal(i, trial.Board.Find("web")!.Decisions[("hold", reason)]);
        }
        Assert.Empty(trial.Swarm.Writes);
        Assert.Empty(trial.Demand.Calls);
        Assert.Equal(mode == ServiceMode.Replicated, trial.Last().HasCount);
    }

    [Fact]
    public async Task A_service_in_evaluation_is_not_taken_by_a_second_cycle()
    {
        trial.Given("web", 1, 5);
        trial.Given("api", 1, 5);
        var (begun, release) = (new TaskCompletionSource(), new TaskCompletionSource<ApplyOutcome>());
        trial.Swarm.Answer = (service, _, _) =>
        {
            if (service.Name == "api")
                return Task.FromResult(new ApplyOutcome(ApplyOutcomeKind.Refused, "not now"));
            begun.TrySetResult();
            return release.Task;
        };
        var first = trial.RunAsync(CycleTrial.Policy());
        await begun.Task;
        Assert.True(await trial.RunAsync(CycleTrial.Policy(), CycleTrial.Policy("api")));
        Assert.Equal(["web 1 -> 5", "api 1 -> 5"], trial.Swarm.Writes);
        release.SetResult(new ApplyOutcome(ApplyOutcomeKind.Refused, "not now"));
        await first;
        await trial.RunAsync(CycleTrial.Policy());
        Assert.Equal(3, trial.Swarm.Writes.Count);
    }

    public void Dispose() => trial.Dispose();

    sealed record Throwing : IScalingStrategy
    {
        public string Word => "throwing";

        public double? Target => null;

        public bool IsPerTask => false;

        public Verdict Recommend(double value, in StrategyContext context) => throw new InvalidOperationException("a mistake in the program");
    }
}
