using System.Diagnostics.Metrics;
using SwarmAutoscaler.Recording;
using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.Measuring.Prometheus;

public class PrometheusRequestTests
{
    [Fact]
    public async Task A_query_of_any_length_is_posted_below_the_path_prefix()
    {
        await using var server = await FakePrometheus.StartAsync(200, FakePrometheus.Vector(("", "1")));
        using var source = Given.Source();
        var query = $"sum(x{{a=~\"{string.Join('|', Enumerable.Range(0, 20_000))}+ &=%\"}})";
        var reading = await source.ReadAsync(Given.Metric(Given.Connection($"{server.Url}/monitoring/"), $"query: '{query}'"));
        Assert.Equal("1", reading[0].Text());
        var request = Assert.Single(server.Requests);
        Assert.Equal(("POST", "/monitoring/api/v1/query", query), (request.Method, request.Path, request.Query));
        Assert.Equal(["query"], request.Fields);
    }

    [Fact]
    public async Task Two_texts_or_two_connections_are_two_requests_and_readings_keep_their_order()
    {
        await using var server = await FakePrometheus.StartAsync((context, request) =>
            FakePrometheus.Write(context, 200, FakePrometheus.Vector(("\"job\":\"a\"", request.Query + "1"), ("\"job\":\"b\",\"zone\":\"z\"", request.Query + "2"))));
        using var source = Given.Source();
        var (one, two) = (Given.Connection(server.Url), Given.Connection(server.Url, name: "two"));
        var readings = await source.ReadAsync(
            Given.Metric(one, "{ query: '3', label: job }", "b"), Given.Metric(one, "{ query: '4', label: job }", "a"),
            Given.Metric(one, "{ query: '3', label: job }", "a"), Given.Metric(two, "{ query: '3', label: job }", "a"),
            Given.Metric(one, "{ query: '3', label: zone, key: z }"), Given.Metric(one, "query: '3'"));
        Assert.Equal(["32", "41", "31", "31", "32", "several_series: the query gives 2 series, one is expected: aggregate them or set 'label'"],
            readings.Select(reading => reading.Text()));
        Assert.Equal(["3", "3", "4"], server.Requests.Select(request => request.Query).Order());
    }

    [Fact]
    public async Task No_metrics_are_no_requests()
    {
        using var source = Given.Source();
        Assert.Empty(await source.ReadAsync());
    }

    [Fact]
    public async Task Queries_run_side_by_side_but_not_all_at_once()
    {
        int running = 0, most = 0;
        var full = new TaskCompletionSource();
        await using var server = await FakePrometheus.StartAsync(async (context, _) =>
        {
            int now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            if (now == PrometheusClient.Concurrency)
                full.TrySetResult();
            await full.Task.WaitAsync(TimeSpan.FromSeconds(10));
            Interlocked.Decrement(ref running);
            await FakePrometheus.Write(context, 200, FakePrometheus.Vector(("", "1")));
        });
        using var source = Given.Source();
        var connection = Given.Connection(server.Url);
        var readings = await source.ReadAsync([.. Enumerable.Range(0, 40).Select(i => Given.Metric(connection, $"query: '{i}'"))]);
        Assert.All(readings, reading => Assert.Equal("1", reading.Text()));
        Assert.Equal((40, PrometheusClient.Concurrency), (server.Requests.Count, most));
        Assert.True(server.Requests.Select(request => request.ConnectionId).Distinct().Count() <= PrometheusClient.Concurrency);
    }

    [Fact]
    public async Task A_connection_is_kept_between_cycles_and_its_client_dropped_when_unused()
    {
        await using var server = await FakePrometheus.StartAsync(200, FakePrometheus.Vector(("", "1")));
        var time = new ManualTime();
        using var source = Given.Source(time);
        var metric = Given.Metric(Given.Connection(server.Url), "query: up");
        await source.ReadAsync(metric);
        time.Advance(TimeSpan.FromMinutes(9));
        await source.ReadAsync(metric);
        Assert.Single(server.Requests.Select(request => request.ConnectionId).Distinct());
        time.Advance(TimeSpan.FromMinutes(9));
        await source.ReadAsync();
        Assert.Equal(1, source.ClientCount);
        time.Advance(TimeSpan.FromMinutes(2));
        await source.ReadAsync();
        Assert.Equal(0, source.ClientCount);
        Assert.Equal("1", (await source.ReadAsync(metric))[0].Text());
    }

    [Fact]
    public async Task Every_request_is_counted_with_its_outcome()
    {
        await using var server = await FakePrometheus.StartAsync((context, request) => request.Query == "1"
            ? FakePrometheus.Write(context, 200, FakePrometheus.Vector())
            : FakePrometheus.Write(context, 503, ""));
        var name = Guid.NewGuid().ToString();
        var counted = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument is { Meter.Name: AutoscalerMeter.Name, Name: "swarm_autoscaler_source_requests" })
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            var values = tags.ToArray().ToDictionary(tag => tag.Key, tag => $"{tag.Value}");
            lock (counted)
                if (values["connection"] == name)
                    counted.Add($"{values["source"]} {values["outcome"]}");
        });
        listener.Start();
        using var source = Given.Source();
        var connection = Given.Connection(server.Url, name: name);
        await source.ReadAsync(Given.Metric(connection, "query: '1'"), Given.Metric(connection, "query: '2'"), Given.Metric(connection, "query: '1'"));
        Assert.Equal(["prometheus error", "prometheus ok"], counted.Order());
    }

    [Fact]
    public async Task A_partial_answer_is_used_and_its_warning_told_once()
    {
        await using var server = await FakePrometheus.StartAsync(200, """{"status":"success","warnings":["store\na is down"],"data":{"resultType":"vector","result":[{"metric":{},"value":[1,"2"]}]}}""");
        var log = new ListLog();
        using var source = Given.Source(log: log);
        var metric = Given.Metric(Given.Connection(server.Url), "query: up");
        await source.ReadAsync(metric);
        Assert.Equal("2", (await source.ReadAsync(metric))[0].Text());
        Assert.Equal(["Warning: Prometheus default warns: store a is down (its answer to up is used)"], log.Lines);
    }

    static void InterlockedMax(ref int most, int value)
    {
        for (int seen = Volatile.Read(ref most); value > seen; seen = Volatile.Read(ref most))
            Interlocked.CompareExchange(ref most, value, seen);
    }
}
