using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SwarmAutoscaler.Recording;
using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.Measuring.RabbitMq;

/// <summary>What becomes of each wrong answer of a management API, against a small server that gives it.</summary>
public sealed class ManagementAnswersTests : IAsyncLifetime, IDisposable
{
    const string Page = "<html>Welcome</html>";

    readonly WebApplication server;
    readonly AutoscalerMeter meter = new();
    readonly ManualTime time = new();
    readonly List<string> asked = [];
    readonly string name = Guid.NewGuid().ToString("N");
    readonly ReportedRequests requests;
    readonly RabbitMqSource source;
    Func<HttpContext, Task> answer = context => context.Response.WriteAsync("[]");

    public ManagementAnswersTests()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        server = builder.Build();
        server.Run(context =>
        {
            lock (asked)
                asked.Add($"{context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget}");
            return answer(context);
        });
        requests = new ReportedRequests(name);
        source = new RabbitMqSource(meter, time);
    }

    public Task InitializeAsync() => server.StartAsync();

    public async Task DisposeAsync()
    {
        await source.DisposeAsync();
        await server.DisposeAsync();
    }

    public void Dispose()
    {
        requests.Dispose();
        meter.Dispose();
    }

    RabbitMqConnection Broker(string prefix = "") => Given.Broker($"management_url: 'http://app:hush@{server.Urls.First()[7..]}{prefix}'", name);

    [Theory]
    [InlineData(200, """[{"name":"jobs","messages":30,"messages_ready":27,"messages_unacknowledged":3,"state":"running"}]""", "30", "ok")]
    [InlineData(200, """[{"name":"jobs","state":"running"}]""", "empty", "ok")]
    [InlineData(200, """[{"name":"jobs","messages":30,"state":"down"}]""", "error", "ok")]
    [InlineData(200, """[{"name":"jobs","messages":1e999}]""", "not_finite", "ok")]
    [InlineData(200, """[{"name":"other","messages":30}]""", "not_found", "ok")]
    [InlineData(200, "[]", "not_found", "ok")]
    [InlineData(200, Page, "malformed", "malformed")]
    [InlineData(200, "", "malformed", "malformed")]
    [InlineData(200, "{}", "malformed", "malformed")]
    [InlineData(200, "[1]", "malformed", "malformed")]
    [InlineData(200, """[{"messages":1}]""", "malformed", "malformed")]
    [InlineData(200, """[{"name":"jobs","messages":"many"}]""", "malformed", "malformed")]
    [InlineData(200, """[{"name":"jobs","messages":30""", "malformed", "malformed")]
    [InlineData(200, """[{"name":"jobs","messages":30}][]""", "malformed", "malformed")]
    [InlineData(404, """{"error":"Object Not Found","reason":"Not Found"}""", "not_found", "not_found")]
    [InlineData(404, Page, "error", "error")]
    [InlineData(401, """{"error":"not_authorized","reason":"Login failed"}""", "unauthorized", "unauthorized")]
    [InlineData(403, "", "unauthorized", "unauthorized")]
    [InlineData(302, "", "error", "error")]
    [InlineData(500, "oops", "error", "error")]
    [InlineData(503, """{"error":"x","reason":"vhost is down"}""", "error", "error")]
    public async Task Each_answer_has_its_reading_and_its_outcome(int status, string body, string reading, string outcome)
    {
        answer = context => Write(context, status, body);
        var missing = await ReadAsync(Broker(), "queue: jobs");
        Assert.Equal(reading, missing.Short());
        Assert.Equal([outcome], requests.Take());
        Assert.DoesNotContain("hush", missing.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invalid_text_is_malformed()
    {
        answer = context => context.Response.Body.WriteAsync((byte[])[.. "[{\"name\":\""u8, 0xFF, 0xFE, .. "\",\"messages\":1}]"u8]).AsTask();
        Assert.Equal("malformed", (await ReadAsync(Broker(), "queue: jobs")).Short());
    }

    [Fact]
    public async Task A_refused_connection_is_unreachable()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        int port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();
        Assert.Equal("unreachable", (await ReadAsync(Given.Broker($"management_url: 'http://127.0.0.1:{port}'", name), "queue: jobs")).Short());
        Assert.Equal(["unreachable"], requests.Take());
    }

    [Fact]
    public async Task A_connection_that_breaks_in_the_middle_is_unreachable()
    {
        answer = async context =>
        {
            await context.Response.WriteAsync("[");
            await context.Response.Body.FlushAsync();
            context.Abort();
        };
        Assert.Equal("unreachable", (await ReadAsync(Broker(), "queue: jobs")).Short());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_answer_by_the_deadline_is_a_time_out(bool begun)
    {
        using var deadline = new CancellationTokenSource();
        answer = async context =>
        {
            if (begun)
                await context.Response.WriteAsync("[");
            await context.Response.Body.FlushAsync();
            await deadline.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        };
        var readings = await source.ReadAsync([Given.Metric(Broker(), "queue: jobs"), Given.Metric(Broker(), "queue: jobs, measure: ready")], deadline.Token);
        Assert.Equal(["timeout", "timeout"], readings.Select(reading => reading.Short()));
        Assert.Equal(["timeout"], requests.Take());
    }

    [Fact]
    public async Task All_metrics_of_a_vhost_share_one_request_and_each_vhost_has_its_own()
    {
        answer = context => context.Response.WriteAsync("""[{"name":"a","messages":1,"messages_ready":1},{"name":"ab","messages":2,"messages_ready":0}]""");
        var broker = Broker("/prefix");
        string[] queries = ["queue: a", "queue: ab", "queue: a, measure: ready", "queue_pattern: a.*", "queue_pattern: b.*", "queue: a", "queue: a, vhost: /shop"];
        var readings = await source.ReadAsync([.. queries.Select(query => Given.Metric(broker, query))], CancellationToken.None);
        Assert.Equal(["1", "2", "1", "3", "empty", "1", "1"], readings.Select(reading => reading.Short()));
        Assert.Equal(["/prefix/api/queues/%2F", "/prefix/api/queues/%2Fshop"], asked.Select(target => target.Split('?')[0]).Order());
        Assert.All(asked, target => Assert.Contains("disable_stats=true&enable_queue_totals=true", target, StringComparison.Ordinal));
        Assert.Equal(["ok", "ok"], requests.Take());
    }

    [Theory]
    [InlineData("queue_pattern: none.*", "empty", "0")]
    [InlineData("queue_pattern: fresh.*", "empty", "empty")]
    [InlineData("queue: fresh", "empty", "empty")]
    [InlineData("queue: none", "not_found", "not_found")]
    [InlineData("queue_pattern: full.*", "7", "7")]
    public async Task Empty_is_zero_turns_only_the_absence_of_any_matching_queue_into_0(string query, string otherwise, string emptyIsZero)
    {
        answer = context => context.Response.WriteAsync("""[{"name":"fresh","state":"running"},{"name":"full","messages":7}]""");
        var metric = Given.Metric(Broker(), query);
        var readings = await source.ReadAsync([metric, metric with { EmptyIsZero = true }], CancellationToken.None);
        Assert.Equal([otherwise, emptyIsZero], readings.Select(reading => reading.Short()));
        Assert.Single(asked);
    }

    [Fact]
    public async Task Statistics_are_asked_for_only_when_a_measure_needs_them()
    {
        answer = context => context.Response.WriteAsync("""[{"name":"a","messages":8,"consumers":3,"message_stats":{"publish_details":{"rate":2},"deliver_get_details":{"rate":4.0}}}]""");
        string[] queries = ["queue: a, measure: consumers", "queue: a, measure: publish_rate", "queue: a, measure: deliver_rate", "queue: a, measure: drain_time", "queue: a"];
        var broker = Broker();
        var readings = await source.ReadAsync([.. queries.Select(query => Given.Metric(broker, query))], CancellationToken.None);
        Assert.Equal(["3", "2", "4", "1.5", "8"], readings.Select(reading => reading.Short()));
        Assert.Single(asked, target => target.Contains("disable_stats", StringComparison.Ordinal));
        Assert.Single(asked, target => target.Contains("message_stats", StringComparison.Ordinal));
        Assert.Equal(2, asked.Count);
    }

    [Theory]
    [InlineData("""{"rates_mode":"basic","disable_stats":false}""", "0", "0", "empty")]
    [InlineData("""{"rates_mode":"detailed"}""", "0", "0", "empty")]
    [InlineData("""{"rates_mode":"none","disable_stats":false}""", "unsupported", "unsupported", "unsupported")]
    [InlineData("""{"rates_mode":"basic","disable_stats":true}""", "unsupported", "unsupported", "unsupported")]
    [InlineData(Page, "malformed", "malformed", "malformed")]
    [InlineData("[]", "malformed", "malformed", "malformed")]
    public async Task A_never_used_queue_has_rates_of_0_only_if_the_broker_collects_rates(string overview, string publish, string drain, string fresh)
    {
        answer = context => context.Response.WriteAsync(context.Request.Path.StartsWithSegments("/api/overview", StringComparison.Ordinal)
            ? overview
            : """[{"name":"a","messages":0,"consumers":0},{"name":"b","messages":4,"consumers":0,"message_stats":{"deliver_get_details":{"rate":4}}},{"name":"fresh"}]""");
        string[] queries = ["queue: a, measure: publish_rate", "queue: b, measure: drain_time", "queue: fresh, measure: publish_rate", "queue: b, measure: deliver_rate"];
        var broker = Broker();
        var readings = await source.ReadAsync([.. queries.Select(query => Given.Metric(broker, query))], CancellationToken.None);
        Assert.Equal([publish, drain, fresh, "4"], readings.Select(reading => reading.Short()));
    }

    [Fact]
    public async Task That_a_broker_collects_rates_is_asked_once_in_ten_minutes()
    {
        answer = context => context.Response.WriteAsync(context.Request.Path.StartsWithSegments("/api/overview", StringComparison.Ordinal)
            ? """{"rates_mode":"basic"}""" : """[{"name":"a","messages":0,"consumers":0}]""");
        foreach (var pause in new[] { 0, 5, 5 })
        {
            time.Advance(TimeSpan.FromMinutes(pause));
            Assert.Equal("0", (await ReadAsync(Broker(), "queue: a, measure: publish_rate")).Short());
        }
        Assert.Equal(2, asked.Count(target => target.StartsWith("/api/overview", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_unreadable_password_file_is_a_missing_credential_and_nothing_is_sent()
    {
        var broker = Given.Broker($"management_url: '{server.Urls.First()}', username: app, password_file: /nowhere/password", name);
        Assert.Equal("unauthorized", (await ReadAsync(broker, "queue: jobs")).Short());
        Assert.Empty(asked);
    }

    async Task<MetricReading> ReadAsync(RabbitMqConnection broker, string query) =>
        Assert.Single(await source.ReadAsync([Given.Metric(broker, query)], CancellationToken.None));

    static Task Write(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(body);
    }
}
