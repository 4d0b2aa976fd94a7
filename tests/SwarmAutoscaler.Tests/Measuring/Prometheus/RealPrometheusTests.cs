using System.Globalization;
using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.Measuring.Prometheus;

/// <summary>A real Prometheus that scrapes a made-up target every second.</summary>
public sealed class RealPrometheus : IAsyncLifetime
{
    public const string Name = "prometheus-source";

    MadeUpTarget? target;

    public string Url { get; private set; } = "";

    internal MadeUpTarget Target => target!;

    public async Task InitializeAsync()
    {
        target = await MadeUpTarget.StartAsync();
        var started = await Testbed.RunAsync("up", "prometheus", Name, "--target", $"app={target.Address}", "--interval", "1s", "--lookback-delta", "5m");
        Url = started["URL"];
    }

    public async Task DisposeAsync()
    {
        await Testbed.RunAsync("down", Name);
        await target!.DisposeAsync();
    }
}

public sealed class RealPrometheusTests(RealPrometheus prometheus) : IClassFixture<RealPrometheus>
{
    [Theory]
    [InlineData("cpu", "shop_api", 1.0)]
    [InlineData("cpu", "shop_web", 0.25)]
    [InlineData("memory", "shop_web", 25e6)]
    [InlineData("http_request_rate", "shop_api", 40)]
    [InlineData("http_latency", "shop_api", 0.75)] // 0.5 s + (0.95 - 0.9) / (1 - 0.9) × 0.5 s
    [InlineData("traefik_request_rate", "shop_api", 25)]
    [InlineData("traefik_request_rate", "named", 3)]
    [InlineData("traefik_latency", "shop_api", 0.75)]
    public async Task A_preset_gives_the_right_number(string preset, string service, double expected)
    {
        using var source = Given.Source();
        var metric = Given.Metric(Given.Connection(prometheus.Url), $"{{ preset: {preset}, window: 5s }}", service);
        await EventuallyAsync(source, metric, reading => reading is Measured { Value: var value } && Math.Abs(value - expected) <= 0.1 * expected);
    }

    public static TheoryData<string> Presets => new(PrometheusPresets.All.Select(preset => preset.Name));

    [Theory]
    [MemberData(nameof(Presets))]
    public async Task A_preset_without_settings_is_a_query_that_Prometheus_accepts(string preset)
    {
        using var source = Given.Source();
        var reading = (await source.ReadAsync(Given.Metric(Given.Connection(prometheus.Url), $"preset: {preset}")))[0];
        Assert.True(reading is Measured or Missing { Reason: MissingReason.Empty }, reading.Text());
    }

    [Fact]
    public async Task A_vanished_container_counts_no_longer_than_the_window()
    {
        using var source = Given.Source();
        var metric = Given.Metric(Given.Connection(prometheus.Url), "{ preset: memory, window: 5s }");
        prometheus.Target.HasThirdContainer = true;
        await EventuallyAsync(source, metric, reading => reading is Measured { Value: 1150e6 });
        prometheus.Target.HasThirdContainer = false;
        await EventuallyAsync(source, metric, reading => reading is Measured { Value: 150e6 });
        // The plain sum still counts it.
        Assert.Equal("1150000000", (await source.ReadAsync(Given.Metric(Given.Connection(prometheus.Url),
            "query: sum(container_memory_working_set_bytes{container_label_com_docker_swarm_service_name=\"shop_api\"})")))[0].Text());
    }

    [Fact]
    public async Task A_service_without_requests_has_no_latency()
    {
        using var source = Given.Source();
        var metrics = new[] { "shop_api", "shop_idle" }
            .Select(service => Given.Metric(Given.Connection(prometheus.Url), "{ preset: http_latency, window: 5s }", service)).ToArray();
        await EventuallyAsync(source, metrics[0], reading => reading is Measured);
        Assert.Equal("empty: none of the 1 series has service=\"shop_idle\"", (await source.ReadAsync(metrics))[1].Text());
    }

    [Fact]
    public async Task Containers_without_the_label_are_pointed_out()
    {
        using var source = Given.Source();
        var metric = Given.Metric(Given.Connection(prometheus.Url, "service_label: container_label_of_nobody"), "preset: cpu");
        await EventuallyAsync(source, Given.Metric(Given.Connection(prometheus.Url), "query: count(container_cpu_usage_seconds_total)"), reading => reading is Measured);
        Assert.StartsWith("empty: the query gives no series: there are 5 container series, but none carries the label container_label_of_nobody;",
            (await source.ReadAsync(metric))[0].Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_short_a_window_is_pointed_out()
    {
        using var source = Given.Source();
        var connection = Given.Connection(prometheus.Url);
        await EventuallyAsync(source, Given.Metric(connection, "query: count(container_cpu_usage_seconds_total)"), reading => reading is Measured);
        // Wide enough for one scrape, or by chance two, which is why it is asked for until it is empty.
        await EventuallyAsync(null, Given.Metric(connection, "{ preset: cpu, window: 1s }"), reading =>
            reading is Missing missing && missing.Detail.EndsWith("'window' must span at least two scrapes", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("1 + 1", "2")]
    [InlineData("vector(3)", "3")]
    [InlineData("0 / 0", "not_finite: the answer is NaN")]
    [InlineData("vector(1) / 0", "not_finite: the answer is Infinity")]
    [InlineData("no_such_series", "empty: the query gives no series")]
    [InlineData("'text'", "malformed: the query gives a string: an instant vector or a scalar is needed")]
    [InlineData("up[1m]", "malformed: the query gives a range of values (matrix): an instant vector or a scalar is needed")]
    [InlineData("sum(", "error: HTTP 400: bad_data: invalid parameter \"query\": 1:5: parse error: unclosed left parenthesis")]
    public async Task Every_kind_of_result_is_read(string query, string reading)
    {
        using var source = Given.Source();
        var yaml = $"query: \"{query}\"";
        Assert.Equal(reading, (await source.ReadAsync(Given.Metric(Given.Connection(prometheus.Url), yaml)))[0].Text());
    }

    [Fact]
    public async Task Many_different_queries_are_answered_in_one_call()
    {
        using var source = Given.Source();
        var connection = Given.Connection(prometheus.Url);
        var readings = await source.ReadAsync([.. Enumerable.Range(0, 200).Select(i => Given.Metric(connection, $"query: vector({i})"))]);
        Assert.Equal(Enumerable.Range(0, 200).Select(i => i.ToString(CultureInfo.InvariantCulture)), readings.Select(reading => reading.Text()));
    }

    [Fact]
    public async Task A_server_that_was_frozen_or_killed_is_read_again_when_it_is_back()
    {
        using var source = Given.Source();
        var metric = Given.Metric(Given.Connection(prometheus.Url), "query: vector(1)");
        Assert.Equal("1", (await source.ReadAsync(metric))[0].Text());

        await Testbed.RunAsync("freeze", RealPrometheus.Name);
        try
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
            Assert.Equal("timeout: no answer before the deadline", (await source.ReadAsync([metric], deadline.Token))[0].Text());
        }
        finally
        {
            await Testbed.RunAsync("thaw", RealPrometheus.Name);
        }
        Assert.Equal("1", (await source.ReadAsync(metric))[0].Text());

        await Testbed.RunAsync("kill", RealPrometheus.Name);
        try
        {
            Assert.StartsWith("unreachable: ", (await source.ReadAsync(metric))[0].Text(), StringComparison.Ordinal);
        }
        finally
        {
            await Testbed.RunAsync("restart", "prometheus", RealPrometheus.Name);
        }
        await EventuallyAsync(source, metric, reading => reading is Measured { Value: 1 });
    }

    /// <summary>Reads twice a second until the reading is as wanted. Without a source each read has a new one, with nothing remembered.</summary>
    static async Task EventuallyAsync(PrometheusSource? source, SwarmAutoscaler.Policies.MetricSpec metric, Predicate<MetricReading> wanted)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            using var own = source is null ? Given.Source() : null;
            var reading = (await (source ?? own!).ReadAsync(metric))[0];
            if (wanted(reading))
                return;
            Assert.False(limit.IsCancellationRequested, reading.Text());
            await Task.Delay(TimeSpan.FromMilliseconds(500), CancellationToken.None);
        }
    }
}
