using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.Measuring.Prometheus;

public class ContainerSeriesProbeTests
{
    const string Labelled = "\"found\":\"labelled\"", All = "\"found\":\"all\"";

    [Theory]
    [InlineData("", "", "there are no container series (container_cpu_usage_seconds_total); is cAdvisor scraped?")]
    [InlineData("", "12", "there are 12 container series, but none carries the label container_label_com_docker_swarm_service_name; cAdvisor must export container labels "
        + "(it cannot with Docker's containerd image store), and 'service_label' must name the right one")]
    [InlineData("8", "12", "there are container series with the label container_label_com_docker_swarm_service_name, but none with enough samples in the window; "
        + "'window' must span at least two scrapes")]
    public async Task A_wholly_empty_container_preset_says_why(string labelled, string all, string sentence)
    {
        await using var server = await StartAsync(FakePrometheus.Vector([.. new[] { (Labelled, labelled), (All, all) }.Where(series => series.Item2.Length > 0)]));
        using var source = Given.Source();
        var readings = await source.ReadAsync(Given.Metric(Given.Connection(server.Url), "preset: cpu"), Given.Metric(Given.Connection(server.Url), "preset: cpu", "shop_web"));
        Assert.All(readings, reading => Assert.Equal($"empty: the query gives no series: {sentence}", reading.Text()));
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task The_reason_is_asked_for_once_in_ten_minutes_and_repeated_in_between()
    {
        await using var server = await StartAsync(FakePrometheus.Vector());
        var time = new ManualTime();
        using var source = Given.Source(time);
        var metric = Given.Metric(Given.Connection(server.Url), "preset: memory");
        for (int minute = 0; minute < 10; minute++)
        {
            Assert.EndsWith("is cAdvisor scraped?", (await source.ReadAsync(metric))[0].Text(), StringComparison.Ordinal);
            time.Advance(TimeSpan.FromMinutes(1));
        }
        Assert.Equal(10 + 1, server.Requests.Count);
        await source.ReadAsync(metric);
        Assert.Equal(11 + 2, server.Requests.Count);
    }

    [Theory]
    [InlineData("query: up", false)]
    [InlineData("preset: http_latency", false)]
    [InlineData("preset: cpu", true)]
    public async Task Nobody_asks_why_other_answers_are_empty(string yaml, bool emptyIsZero)
    {
        await using var server = await StartAsync(FakePrometheus.Vector());
        using var source = Given.Source();
        Assert.Equal(emptyIsZero ? "0" : "empty: the query gives no series",
            (await source.ReadAsync(Given.Metric(Given.Connection(server.Url), yaml, emptyIsZero: emptyIsZero)))[0].Text());
        Assert.Single(server.Requests);
    }

    static Task<FakePrometheus> StartAsync(string probe) => FakePrometheus.StartAsync((context, request) =>
        FakePrometheus.Write(context, 200, request.Query.StartsWith("label_replace(count(", StringComparison.Ordinal) ? probe : FakePrometheus.Vector()));
}
