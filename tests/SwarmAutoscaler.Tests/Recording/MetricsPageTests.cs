using SwarmAutoscaler.Applying;
using SwarmAutoscaler.Coordinating;
using SwarmAutoscaler.Deciding;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;
using SwarmAutoscaler.TestSupport;
using Xunit;
using static SwarmAutoscaler.Recording.Decisions;

namespace SwarmAutoscaler.Recording;

public sealed class MetricsPageTests : IDisposable
{
    readonly AutoscalerMeter meter = new($"test-{Guid.NewGuid()}");
    readonly DecisionBoard board = new();
    readonly MemoryPauses pauses = new();
    readonly ManualTime time = new();
    readonly MetricsPage page;

    public MetricsPageTests()
    {
        ServiceInstruments.Register(meter, board, pauses, time);
        page = new MetricsPage(meter);
    }

    public void Dispose()
    {
        page.Dispose();
        meter.Dispose();
    }

    [Fact]
    public void The_page_of_one_eventful_service_is_this_text()
    {
        TellEverything();
        string expected = File.ReadAllText(Path.Combine(Testbed.Repository, "tests/SwarmAutoscaler.Tests/Recording/metrics.golden.txt"));
        Assert.Equal(expected, page.Render());
    }

    [Fact]
    public async Task The_linter_of_Prometheus_finds_nothing()
    {
        TellEverything();
        RegisterProcess();
        var (exitCode, complaints) = await Promtool.CheckMetricsAsync(page.Render());
        Assert.Equal((0, ""), (exitCode, complaints));
    }

    [Fact]
    public void Every_metric_of_the_contract_is_on_the_page_and_nothing_else()
    {
        TellEverything();
        RegisterProcess();
        string[][] families = [.. page.Render().Split('\n').Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(line => line.Split(' ')[2..])];
        Assert.Equal(MetricNames.All.Order(StringComparer.Ordinal), families.Select(family => family[0]).Order(StringComparer.Ordinal));
        Assert.Equal(MetricNames.Histograms, families.Where(family => family[1] == "histogram").Select(family => family[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Ten_thousand_services_have_ten_thousand_series()
    {
        var policy = Policy(metrics: Metric("cpu"));
        for (int i = 0; i < 10_000; i++)
            board.Put(new RecordedDecision(Decision($"service-{i}") with { Recommendations = [Value("cpu", i)] }, policy, null));
        string[] lines = page.Render().Split('\n');
        foreach (string name in (string[])["replicas_current", "metric_value", "decisions_total", "metric_target"])
            Assert.Equal(10_000, lines.Count(line => line.StartsWith($"swarm_autoscaler_{name}{{", StringComparison.Ordinal)));
        Assert.Contains("swarm_autoscaler_metric_value{service=\"service-9999\",metric=\"cpu\"} 9999", lines);
    }

    [Fact]
    public void All_series_of_a_removed_policy_end_and_those_of_the_others_stay()
    {
        TellEverything();
        board.Put(new RecordedDecision(Decision("other"), Policy("other"), null));
        board.Retain(["other"]);
        string text = page.Render();
        Assert.DoesNotContain("shop_api", text, StringComparison.Ordinal);
        Assert.Contains("swarm_autoscaler_decisions_total{service=\"other\",action=\"hold\",reason=\"within_tolerance\"} 1\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_decision_that_ends_after_its_policy_was_removed_does_not_bring_the_series_back()
    {
        board.Retain(["other"]);
        board.Put(new RecordedDecision(Decision("gone"), Policy("gone"), null));
        Assert.DoesNotContain("gone", page.Render(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_misses_of_a_metric_that_left_the_policy_end()
    {
        board.Put(new RecordedDecision(Decision() with { Recommendations = [Lost("old"), Lost("kept")] }, Policy("shop_api", Metric("old"), Metric("kept")), null));
        board.Put(new RecordedDecision(Decision() with { Recommendations = [Lost("kept")] }, Policy("shop_api", Metric("kept")), null));
        string text = page.Render();
        Assert.DoesNotContain("\"old\"", text, StringComparison.Ordinal);
        Assert.Contains("swarm_autoscaler_metric_missing_total{service=\"shop_api\",metric=\"kept\",source=\"prometheus\"} 2\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ReasonWords.ServiceNotFound)]
    [InlineData(ReasonWords.NotReplicated)]
    public void A_service_without_a_count_has_no_count_of_zero(string reason)
    {
        board.Put(new RecordedDecision(Decision(current: 0, desired: 0, reason: reason), Policy(), null));
        string text = page.Render();
        Assert.DoesNotContain("swarm_autoscaler_replicas_current", text, StringComparison.Ordinal);
        Assert.DoesNotContain("swarm_autoscaler_replicas_desired", text, StringComparison.Ordinal);
        Assert.Contains("swarm_autoscaler_replicas_max{service=\"shop_api\"} 10\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_service_says_whether_it_is_paused_whatever_its_last_decision_was()
    {
        board.Put(new RecordedDecision(Decision(), Policy(), null));
        Assert.Contains("swarm_autoscaler_paused{service=\"shop_api\"} 0\n", page.Render(), StringComparison.Ordinal);
        await pauses.SetAsync("shop_api", new Pause(time.GetUtcNow(), time.GetUtcNow() + TimeSpan.FromMinutes(1)), default);
        Assert.Contains("swarm_autoscaler_paused{service=\"shop_api\"} 1\n", page.Render(), StringComparison.Ordinal);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Contains("swarm_autoscaler_paused{service=\"shop_api\"} 0\n", page.Render(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_metric_has_no_value_rather_than_its_last_one()
    {
        var policy = Policy(metrics: Metric("cpu"));
        board.Put(new RecordedDecision(Decision() with { Recommendations = [Value("cpu", 0.7, 4)] }, policy, null));
        Assert.Contains("swarm_autoscaler_metric_value{", page.Render(), StringComparison.Ordinal);
        board.Put(new RecordedDecision(Decision() with { Recommendations = [Lost("cpu")] }, policy, null));
        Assert.DoesNotContain("swarm_autoscaler_metric_value", page.Render(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_metric_per_task_is_not_missing_while_there_is_no_task()
    {
        var policy = Policy("shop_api", Metric("cpu"), Metric("jobs", "redis"));
        var idle = Lost("cpu", MissingReason.Empty) with { Kind = RecommendationKind.NotApplicable };
        board.Put(new RecordedDecision(Decision(current: 0, desired: 0) with { Recommendations = [idle, Lost("jobs")] }, policy, null));
        Assert.Equal(["swarm_autoscaler_metric_missing_total{service=\"shop_api\",metric=\"jobs\",source=\"redis\"} 1"], SamplesOf("swarm_autoscaler_metric_missing_total"));
    }

    [Fact]
    public void Changes_are_counted_from_zero_in_both_directions()
    {
        board.Put(new RecordedDecision(Decision(), Policy(), null));
        Assert.Equal(["swarm_autoscaler_changes_total{service=\"shop_api\",direction=\"down\",outcome=\"applied\"} 0",
            "swarm_autoscaler_changes_total{service=\"shop_api\",direction=\"up\",outcome=\"applied\"} 0"], SamplesOf("swarm_autoscaler_changes_total"));
    }

    [Theory]
    [InlineData(0, 30)]
    [InlineData(12, 18)]
    [InlineData(30, 0)]
    [InlineData(300, 0)]
    public void A_cooldown_runs_down_between_evaluations(int secondsLater, int secondsLeft)
    {
        board.Put(new RecordedDecision(Decision() with { CooldownUpRemaining = TimeSpan.FromSeconds(30) }, Policy(), null));
        time.Advance(TimeSpan.FromSeconds(secondsLater));
        Assert.Contains($"swarm_autoscaler_cooldown_remaining_seconds{{service=\"shop_api\",direction=\"up\"}} {secondsLeft}\n", page.Render(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_instrument_the_page_cannot_show_is_not_left_out_silently()
    {
        meter.Meter.CreateUpDownCounter<long>("swarm_autoscaler_odd").Add(1);
        Assert.Throws<InvalidOperationException>(page.Render);
    }

    string[] SamplesOf(string family) => [.. page.Render().Split('\n').Where(line => line.StartsWith(family + '{', StringComparison.Ordinal))];

    void RegisterProcess() => ProcessInstruments.Register(meter, new FixedPolicies([Policy()]), () => true, Start);

    /// <summary>A change that was applied, a lost metric and a metric on its fallback; requests of every kind; awkward label values.</summary>
    void TellEverything()
    {
        var policy = Policy("shop_api", Metric("cpu"), Metric("jobs", "redis"), Metric("we\"ird\\name\nhere", "rabbitmq"));
        var fallback = new Recommendation("jobs", new Missing(MissingReason.Timeout, ""), 6, "fallback", RecommendationKind.Fallback);
        var decision = Decision(current: 3, desired: 5, reason: ReasonWords.RateLimit) with
        {
            Running = 2,
            Recommendations = [Value("cpu", 0.83, 6), fallback, Lost("we\"ird\\name\nhere")],
            CooldownDownRemaining = TimeSpan.FromSeconds(12.5),
        };
        board.Put(new RecordedDecision(decision, policy, new ApplyOutcome(ApplyOutcomeKind.Applied, "")));
        board.Put(new RecordedDecision(decision, policy, new ApplyOutcome(ApplyOutcomeKind.Conflict, "")));
        meter.SourceRequested("redis", "default", "timeout", TimeSpan.FromSeconds(5));
        meter.SourceRequested("redis", "default", "ok", TimeSpan.FromMilliseconds(5));
        meter.SourceRequested("redis", "default", "ok", TimeSpan.FromSeconds(20));
        meter.EngineRequested("list_services", "ok");
        meter.Evaluated(TimeSpan.FromMilliseconds(40), TimeSpan.Zero);
    }
}
