using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace SwarmAutoscaler.Measuring.Prometheus;

public class PrometheusFailureTests
{
    static readonly string Answer = FakePrometheus.Vector(("", "1"));

    [Fact]
    public async Task A_refused_connection_is_unreachable()
    {
        using var source = Given.Source();
        var reading = (await source.ReadAsync(Given.Metric(Given.Connection($"http://127.0.0.1:{FreePort()}"), "query: up")))[0].Text();
        Assert.StartsWith("unreachable: Connection refused (127.0.0.1:", reading, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_host_is_unreachable()
    {
        using var source = Given.Source();
        Assert.Equal(MissingReason.Unreachable, ReasonOf((await source.ReadAsync(Given.Metric(Given.Connection("http://prometheus.invalid:9090"), "query: up")))[0]));
    }

    [Fact]
    public async Task A_broken_connection_is_unreachable()
    {
        await using var server = await FakePrometheus.StartAsync((context, _) =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        using var source = Given.Source();
        Assert.Equal(MissingReason.Unreachable, ReasonOf((await source.ReadAsync(Given.Metric(Given.Connection(server.Url), "query: up")))[0]));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"status\":\"success\"", "malformed: the answer was cut off or is damaged")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"sta\r\n", "malformed: the answer was cut off or is damaged")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello", "malformed: the answer was cut off or is damaged")]
    [InlineData("-ERR unknown command 'POST'\r\n", "malformed: the answer is not HTTP")]
    [InlineData("", "unreachable: ")]
    public async Task What_is_not_a_whole_answer_is_no_number(string bytes, string reading)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, bytes);
        using var source = Given.Source();
        Assert.StartsWith(reading, (await source.ReadAsync(Given.Metric(Given.Connection($"http://{listener.LocalEndpoint}"), "query: up")))[0].Text(), StringComparison.Ordinal);
        await serving;
    }

    [Theory]
    [InlineData(PrometheusClient.LargestAnswer, true)]
    [InlineData(PrometheusClient.LargestAnswer + 1, false)]
    public async Task An_answer_beyond_the_limit_is_not_read(int size, bool isRead)
    {
        await using var server = await FakePrometheus.StartAsync(async (context, _) =>
        {
            await context.Response.WriteAsync(Answer, context.RequestAborted);
            var blanks = Enumerable.Repeat((byte)' ', size - Answer.Length).ToArray();
            await context.Response.Body.WriteAsync(blanks, context.RequestAborted);
        });
        using var source = Given.Source();
        Assert.Equal(isRead ? "1" : "malformed: the answer is larger than 16 MiB: aggregate the query",
            (await source.ReadAsync(Given.Metric(Given.Connection(server.Url), "query: up")))[0].Text());
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var login = await FakePrometheus.StartAsync(200, Answer);
        await using var server = await FakePrometheus.StartAsync((context, _) =>
        {
            context.Response.Redirect($"{login.Url}/login?state=hidden");
            return Task.CompletedTask;
        });
        using var source = Given.Source();
        Assert.Equal("error: HTTP 302: a redirect to 127.0.0.1, which is not followed; set the final address as 'url'",
            (await source.ReadAsync(Given.Metric(Given.Connection(server.Url), "query: up")))[0].Text());
        Assert.Empty(login.Requests);
    }

    [Fact]
    public async Task At_the_deadline_what_is_answered_counts_and_the_rest_is_a_timeout()
    {
        await using var server = await FakePrometheus.StartAsync((context, request) => Slow(context, request.Query));
        await using var other = await FakePrometheus.StartAsync(200, Answer);
        using var source = Given.Source();
        var connection = Given.Connection(server.Url);
        var metrics = new[] { "quick", "hang", "drip" }.Concat(Enumerable.Range(0, 30).Select(i => $"hang {i}"))
            .Select(query => Given.Metric(connection, $"query: {query}")).Append(Given.Metric(Given.Connection(other.Url), "query: up")).ToList();
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(700));
        var watch = Stopwatch.StartNew();
        var readings = await source.ReadAsync(metrics, deadline.Token);
        Assert.InRange(watch.ElapsedMilliseconds, 600, 3000);
        Assert.Equal(("1", "1"), (readings[0].Text(), readings[^1].Text()));
        Assert.All(readings.Skip(1).SkipLast(1), reading => Assert.Equal(MissingReason.Timeout, ReasonOf(reading)));
    }

    [Fact]
    public async Task After_the_deadline_nothing_is_sent()
    {
        await using var server = await FakePrometheus.StartAsync(200, Answer);
        using var source = Given.Source();
        var readings = await source.ReadAsync([Given.Metric(Given.Connection(server.Url), "query: up")], new CancellationToken(canceled: true));
        Assert.Equal(MissingReason.Timeout, ReasonOf(Assert.Single(readings)));
        Assert.Empty(server.Requests);
    }

    static async Task Slow(HttpContext context, string query)
    {
        if (query == "drip")
            await context.Response.WriteAsync(Answer[..20], context.RequestAborted);
        if (query != "quick")
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        else
            await FakePrometheus.Write(context, 200, Answer);
    }

    static async Task ServeAsync(TcpListener listener, string bytes)
    {
        using var client = await listener.AcceptTcpClientAsync();
        await using var stream = client.GetStream();
        // The whole request is taken first: unread bytes would turn the close into a reset.
        using var request = new StreamReader(stream, Encoding.Latin1, false, 4096, leaveOpen: true);
        while (await request.ReadLineAsync() is { Length: > 0 })
        {
        }
        await request.ReadAsync(new char["query=up".Length]);
        await stream.WriteAsync(Encoding.Latin1.GetBytes(bytes));
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    static MissingReason ReasonOf(MetricReading reading) => Assert.IsType<Missing>(reading).Reason;
}
