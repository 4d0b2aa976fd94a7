using SwarmAutoscaler.Constraining;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;
using SwarmAutoscaler.Measuring.Prometheus;
using Xunit;

namespace SwarmAutoscaler.Documentation;

/// <summary>The policy reference says what the reader reads: no key less, none more.</summary>
public sealed class PolicyReferenceTests
{
    const string Policy = "service: p\nreplicas: { max: 9 }\n";
    const string Target = "target: { per_replica: 1 }";

    /// <summary>The tables of a place, by the heading of their first column, and the documents in which its keys are tried.</summary>
    public static TheoryData<string[], string[]> Places => new()
    {
        { ["Key of a policy"], [Policy + "…"] },
        { ["Key of `replicas`"], ["service: p\nreplicas: { max: 9, … }"] },
        { ["Key of a schedule"], [Policy + "schedules: [ { name: n, start: '0 8 * * *', … } ]"] },
        { ["Key of `scale_up` and `scale_down`"], [Policy + "scale_up: { … }"] },
        { ["Key of `scale_up` and `scale_down`"], [Policy + "scale_down: { … }"] },
        { ["Key of a limit"], [Policy + "scale_up: { limits: [ { per: 60s, … } ] }"] },
        { ["Key of `fallback`"], [Policy + "fallback: { … }"] },
        { ["Key of a metric", "Key of a `prometheus` metric"], [Metric("prometheus, preset: cpu"), Metric("prometheus, query: up, label: a")] },
        { ["Key of a metric", "Key of a `redis` metric"], [Metric("redis, key: k")] },
        { ["Key of a metric", "Key of a `rabbitmq` metric"], [Metric("rabbitmq, queue: q"), Metric("rabbitmq, queue_pattern: q")] },
        { ["Key of `target`"], [Policy + "metrics: [ { source: redis, key: k, target: { … } } ]"] },
        { ["Key of a step"], [Policy + "metrics: [ { source: redis, key: k, steps: [ { … } ] } ]"] },
        { ["Key of a `prometheus` connection"], ["connections: { prometheus: { c: { url: 'http://example.com', … } } }"] },
        {
            ["Key of a `redis` connection"],
            ["connections: { redis: { c: { url: 'redis://example.com', … } } }", "connections: { redis: { c: { sentinels: [ example.com ], master: m, … } } }"]
        },
        { ["Key of a `rabbitmq` connection"], ["connections: { rabbitmq: { c: { url: 'amqp://example.com', … } } }"] },
        { ["Key of a budget"], ["budgets: [ { name: b, limit: 9, uses: [ { service: a, per_replica: 1 } ], … } ]"] },
        { ["Key of a use"], ["budgets: [ { name: b, limit: 9, uses: [ { service: a, per_replica: 1, … } ] } ]"] },
        { ["Key of a preset"], ["presets: { own: { query: up, … } }"] },
    };

    [Theory]
    [MemberData(nameof(Places))]
    public void Every_known_key_is_documented_and_every_documented_one_known(string[] headings, string[] documents) =>
        Assert.Equal(KnownKeys.In(documents).Keys, Documented(headings).Keys);

    [Theory]
    [MemberData(nameof(Places))]
    public void A_value_chosen_from_words_is_documented_with_all_of_them(string[] headings, string[] documents)
    {
        var documented = Documented(headings);
        foreach (var (key, choices) in KnownKeys.In(documents))
            Assert.Empty(choices.Except(MarkdownText.InlineCode(documented[key])).Select(word => $"{key}: {word}"));
    }

    /// <summary>With <c>service</c> it would be a policy.</summary>
    [Fact]
    public void So_are_the_keys_of_shared_settings() =>
        Assert.Equal(KnownKeys.In("presets: {}\n…").Keys.Except(["service"]), Documented(["Key of shared settings"]).Keys);

    [Fact]
    public void Defaults_may_hold_what_a_policy_may_hold_but_not_its_service() =>
        Assert.Equal(Documented(["Key of a policy"]).Keys.Except(["service"]), KnownKeys.In("defaults:\n  …").Keys);

    public static TheoryData<string> Presets => new(PrometheusPresets.All.Select(preset => preset.Name));

    [Theory]
    [MemberData(nameof(Presets))]
    public void A_preset_is_shown_with_the_text_that_is_sent_and_its_key(string name)
    {
        var preset = PrometheusPresets.Find(name)!;
        var row = MarkdownText.Reference.Rows("Preset").Single(row => row[0] == $"`{name}`");
        Assert.Contains($"`{name}`:\n\n```promql\n{preset.Query.Trim()}\n```\n", MarkdownText.Reference.Text, StringComparison.Ordinal);
        Assert.StartsWith(preset.Label is null ? "the connection's `service_label`" : $"`{preset.Label}`", row[2], StringComparison.Ordinal);
        Assert.StartsWith(preset.KeyOf("shop_api") == "shop_api" ? "the service's name" : "", row[3], StringComparison.Ordinal);
    }

    [Fact]
    public void No_other_preset_is_shown() =>
        Assert.Equal(PrometheusPresets.All.Select(preset => $"`{preset.Name}`"), MarkdownText.Reference.Rows("Preset").Select(row => row[0]));

    [Fact]
    public void Every_word_for_a_missing_metric_is_explained_and_no_other() => Assert.Equal(
        Enum.GetValues<MissingReason>().Select(reason => $"`{reason.Word()}`"), MarkdownText.Reference.Rows("Missing because").Select(row => row[0]));

    [Theory]
    [InlineData("interval", "15 s")]
    [InlineData("window", "1 m")]
    public void Defaults_that_are_shown_are_those_of_the_code(string key, string shown)
    {
        var actual = key == "interval" ? ((Policies.IntervalSchedule)RealReader.Read("p.yml", Policy).Policies[0].Schedule).Interval : PrometheusPresets.DefaultWindow;
        Assert.Equal(Policies.Durations.Write(actual), shown.Replace(" ", "", StringComparison.Ordinal));
        Assert.Contains($"`{Policies.Durations.Write(actual)}`", Documented(["Key of a policy", "Key of a `prometheus` metric"])[key], StringComparison.Ordinal);
    }

    /// <summary>The example is computed by the engine, from the policy that is shown, and compared with the lines that are shown.</summary>
    [Fact]
    public void The_example_with_numbers_is_what_the_engine_decides()
    {
        var section = MarkdownText.Reference.Text[MarkdownText.Reference.Text.IndexOf("An example with numbers", StringComparison.Ordinal)..];
        var shown = MarkdownText.Reference.Blocks.Where(block => section.Contains(block.Text, StringComparison.Ordinal)).Select(block => block.Text).ToList();
        var policy = Assert.Single(RealReader.Read("p.yml", shown[0]).Policies);
        var noon = new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

        // It has been at 3 for long: what was recommended before is out of the window.
        var before = ScalingHistory.Of([], [], []);
        var up = DecisionEngine.Decide(policy, Seen(policy, noon, running: 3, cores: 1.2, jobs: 1250), before);
        var after = up.History.WithChange(noon, up.Current, up.Desired, policy);
        var hold = DecisionEngine.Decide(policy, Seen(policy, noon.AddMinutes(2), running: 7, cores: 1.05, jobs: 0), after);
        var down = DecisionEngine.Decide(policy, Seen(policy, noon.AddMinutes(5), running: 7, cores: 1.05, jobs: 0), hold.History);

        Assert.Equal([shown[1], shown[2]], [Lines(up), Lines(hold)]);
        Assert.Equal((7, 7, 4), (up.Desired, hold.Desired, down.Desired));
    }

    static Observation Seen(ScalingPolicy policy, DateTimeOffset now, int running, double cores, double jobs)
    {
        var service = new ServiceState { Id = "id", Name = "shop_worker", Wanted = running, Running = running, CpuCores = 0.5 };
        return new Observation { Now = now, Service = service, Readings = ResourceUse.InShares(policy.Metrics, [MetricReading.Of(cores), MetricReading.Of(jobs)], service) };
    }

    static string Lines(ScalingDecision decision) => string.Concat(
        decision.Recommendations.Select(each => $"{each.Metric} wants {each.Replicas}: {each.Because}\n")
            .Concat(decision.Trail.Select(step => $"{step.Step} {step.From} -> {step.To}: {step.Because}\n")));

    static string Metric(string words) => $"{Policy}metrics: [ {{ source: {words}, {Target}, … }} ]";

    /// <summary>The keys of some tables, each with its whole row.</summary>
    static SortedDictionary<string, string> Documented(string[] headings) => new(
        headings.SelectMany(heading => MarkdownText.Reference.Rows(heading))
            .SelectMany(row => MarkdownText.InlineCode(row[0]).Select(key => (key, row)))
            .ToDictionary(pair => pair.key, pair => string.Join(" | ", pair.row)), StringComparer.Ordinal);
}
