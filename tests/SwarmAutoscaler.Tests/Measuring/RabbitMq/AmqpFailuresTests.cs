using System.Net;
using System.Net.Sockets;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using SwarmAutoscaler.Recording;
using Xunit;

namespace SwarmAutoscaler.Measuring.RabbitMq;

public class AmqpFailuresTests
{
    static readonly RabbitMqConnection Broker = Given.Broker("url: 'amqp://app:hush@mq.example.com'");

    [Theory]
    [InlineData(530, "NOT_ALLOWED - vhost shop not found", "not_found", "vhost shop does not exist")]
    [InlineData(530, "NOT_ALLOWED - access to vhost 'shop' refused for user 'app'", "unauthorized", "user app has no access to vhost shop")]
    [InlineData(530, "NOT_ALLOWED - access to vhost 'shop' refused for user 'app': connection limit (1) is reached", "error", "limit (1) is reached")]
    [InlineData(530, "NOT_ALLOWED - vhost 'shop' is down", "error", "is down")]
    [InlineData(403, "ACCESS_REFUSED - login refused", "unauthorized", "refused user app")]
    [InlineData(320, "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'", "unreachable", "CONNECTION_FORCED")]
    [InlineData(541, "INTERNAL_ERROR", "unreachable", "INTERNAL_ERROR")]
    public void A_closed_connection_says_why(int code, string text, string reason, string detail)
    {
        var closed = new ShutdownEventArgs(ShutdownInitiator.Peer, (ushort)code, text);
        foreach (var missing in new[] { Explain(new IOException("x"), closed), Explain(new AlreadyClosedException(closed), null) })
        {
            Assert.Equal(reason, missing.Short());
            Assert.Contains(detail, missing.Detail, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(404, "NOT_FOUND - no queue 'jobs' in vhost '/'", "not_found")]
    [InlineData(404, "NOT_FOUND - home node 'rabbit@two' of durable queue 'jobs' in vhost '/' is down or inaccessible", "error")]
    [InlineData(403, "ACCESS_REFUSED - access to queue 'jobs' in vhost '/' refused for user 'app'", "unauthorized")]
    [InlineData(405, "RESOURCE_LOCKED - cannot obtain exclusive access to locked queue 'jobs' in vhost '/'", "error")]
    public void A_closed_channel_is_about_its_queue_only(int code, string text, string reason) =>
        Assert.Equal(reason, AmqpFailures.Refused((RabbitMqQuery)Given.Metric(Broker, "queue: jobs, measure: ready").Query, new ShutdownEventArgs(ShutdownInitiator.Peer, (ushort)code, text)).Short());

    [Fact]
    public void The_root_of_a_failure_decides()
    {
        Assert.Equal("unreachable", Explain(new BrokerUnreachableException(new AggregateException(new IOException("x", new SocketException(111))))).Short());
        Assert.Equal("timeout", Explain(new BrokerUnreachableException(new TimeoutException())).Short());
        Assert.Equal("unauthorized", Explain(new BrokerUnreachableException(new AuthenticationFailureException("x"))).Short());
        Assert.Equal("malformed", Explain(new BrokerUnreachableException(new MalformedFrameException("x"))).Short());
        Assert.Equal("unreachable", Explain(new IOException("x")).Short());
        Assert.Equal("timeout", new AmqpFailures(Broker, "shop").Explain(new OperationCanceledException(), null, late: true).Short());
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n")]
    [InlineData("")]
    public async Task Something_else_at_the_address_is_missing_soon_and_is_not_asked_twice(string greeting)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var connections = 0;
        var serving = Task.Run(async () =>
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                connections++;
                await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(greeting));
                var buffer = new byte[8];
                await client.GetStream().ReadExactlyAsync(buffer);
            }
        });
        using var meter = new AutoscalerMeter();
        await using var source = new RabbitMqSource(meter, TimeProvider.System);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        var broker = Given.Broker($"url: 'amqp://app:hush@127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}'");
        var readings = await source.ReadAsync([Given.Metric(broker, "queue: a, measure: ready"), Given.Metric(broker, "queue: b, measure: ready")], deadline.Token);
        Assert.False(deadline.IsCancellationRequested);
        Assert.Equal(1, connections);
        Assert.All(readings, reading => Assert.Contains("does not begin to speak AMQP", Assert.IsType<Missing>(reading).Detail, StringComparison.Ordinal));
        Assert.Equal(["unreachable", "unreachable"], readings.Select(reading => reading.Short()));
        listener.Stop();
        await Assert.ThrowsAnyAsync<SocketException>(() => serving);
    }

    static Missing Explain(Exception failure, ShutdownEventArgs? closed = null) => new AmqpFailures(Broker, "shop").Explain(failure, closed, late: false);
}
