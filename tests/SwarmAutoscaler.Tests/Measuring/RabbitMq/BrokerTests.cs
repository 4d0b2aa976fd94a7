using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using SwarmAutoscaler.Recording;
using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.Measuring.RabbitMq;

/// <summary>Readings of a real broker, over both ways.</summary>
[Collection("RabbitMQ broker")]
public sealed class BrokerTests : IAsyncLifetime, IDisposable
{
    readonly RunningBroker broker;
    readonly AutoscalerMeter meter = new();
    readonly ManualTime time = new();
    readonly string name = Guid.NewGuid().ToString("N");
    readonly ReportedRequests requests;
    readonly RabbitMqSource source;
    readonly RabbitMqConnection amqp;
    readonly RabbitMqConnection management;

    public BrokerTests(RunningBroker broker)
    {
        this.broker = broker;
        requests = new ReportedRequests(name);
        source = new RabbitMqSource(meter, time);
        amqp = Given.Broker($"url: '{broker.Amqp}'", name);
        management = Given.Broker($"management_url: 'http://guest:guest@{broker.ManagementPlace}'", name);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await source.DisposeAsync();

    public void Dispose()
    {
        requests.Dispose();
        meter.Dispose();
    }

    [Fact]
    public async Task Messages_and_consumers_are_read_over_both_ways()
    {
        await using var other = await broker.ConnectAsync();
        await using var channel = await other.CreateChannelAsync();
        await broker.DeclareAsync("held");
        await broker.DeclareAsync("unused");
        await RunningBroker.PublishAsync(other, "held", 30);
        await HoldAsync(channel, "held", 3);

        Assert.Equal(["27", "1", "0"], await ReadAsync(amqp, "queue: held, measure: ready", "queue: held, measure: consumers", "queue: unused, measure: ready"));
        await RunningBroker.EventuallyAsync(async () => (await ReadAsync(management, "queue: held, measure: ready"))[0] == "27");
        Assert.Equal(["27", "3", "30", "30"], await ReadAsync(management, "queue: held, measure: ready", "queue: held, measure: unacked", "queue: held", "queue_pattern: 'he.d'"));
        await RunningBroker.EventuallyAsync(async () => (await ReadAsync(management, "queue: held, measure: consumers"))[0] == "1");
    }

    [Fact]
    public async Task Rates_are_read_and_a_queue_that_was_never_used_has_none()
    {
        await using var other = await broker.ConnectAsync();
        await broker.DeclareAsync("busy");
        await broker.DeclareAsync("idle");
        await RunningBroker.EventuallyAsync(async () =>
        {
            await RunningBroker.PublishAsync(other, "busy", 5);
            return (await Read(management, "queue: busy, measure: publish_rate"))[0] is Measured { Value: > 0 };
        });
        Assert.Equal(["0", "not_finite"], await ReadAsync(management, "queue: busy, measure: deliver_rate", "queue: busy, measure: drain_time"));
        await RunningBroker.EventuallyAsync(async () => (await ReadAsync(management, "queue: idle, measure: publish_rate"))[0] != "empty");
        Assert.Equal(["0", "0", "0"], await ReadAsync(management, "queue: idle, measure: publish_rate", "queue: idle, measure: deliver_rate", "queue: idle, measure: drain_time"));
    }

    [Fact]
    public async Task A_thousand_queues_are_one_request_over_both_ways()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 1000), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) => await broker.DeclareAsync($"many{i}"));
        foreach (var connection in new[] { amqp, management })
        {
            var readings = await ReadAsync(connection, [.. Enumerable.Range(0, 1000).Select(i => $"queue: many{i}, measure: ready")]);
            Assert.Equal(1000, readings.Count(reading => reading == "0"));
            Assert.Equal(["ok"], requests.Take());
        }
    }

    [Theory]
    [InlineData("queue: nowhere, measure: ready", "not_found")]
    [InlineData("queue: nowhere, vhost: shop/eu, measure: ready", "not_found")]
    [InlineData("queue: nowhere, vhost: nope, measure: ready", "not_found")]
    public async Task A_missing_queue_or_vhost_is_named_over_both_ways(string query, string expected)
    {
        foreach (var connection in new[] { amqp, management })
        {
            var missing = Assert.IsType<Missing>(Assert.Single(await Read(connection, query)));
            Assert.Equal(expected, missing.Short());
            Assert.Contains(query.Contains("nope", StringComparison.Ordinal) ? "vhost nope" : "queue nowhere", missing.Detail, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("url: 'amqp://guest:wr0ng@AMQP'")]
    [InlineData("url: 'amqp://stranger:strange@AMQP'")]
    [InlineData("management_url: 'http://guest:wr0ng@MANAGEMENT'")]
    [InlineData("management_url: 'http://stranger:strange@MANAGEMENT'")]
    public async Task A_wrong_password_and_a_user_without_access_are_unauthorized(string yaml)
    {
        var missing = Assert.IsType<Missing>(Assert.Single(await Read(Broker(yaml), "queue: jobs, measure: ready")));
        Assert.Equal("unauthorized", missing.Short());
        Assert.DoesNotContain("wr0ng", missing.Detail, StringComparison.Ordinal);
        Assert.Equal(["unauthorized"], requests.Take());
    }

    [Theory]
    [InlineData("url: 'amqp://onlooker:look%3A%40%2F%25@AMQP'")]
    [InlineData("management_url: 'http://onlooker:look%3A%40%2F%25@MANAGEMENT'")]
    public async Task A_user_who_may_touch_no_queue_can_still_be_used_to_read_depths(string yaml)
    {
        await broker.DeclareAsync("looked-at");
        Assert.Equal(["0"], await ReadAsync(Broker(yaml), "queue: looked-at, measure: ready"));
    }

    [Fact]
    public async Task Another_connections_exclusive_queue_is_an_error_over_AMQP_and_the_others_are_read()
    {
        await using var other = await broker.ConnectAsync();
        await using var channel = await other.CreateChannelAsync();
        await channel.QueueDeclareAsync("private", exclusive: true);
        await broker.DeclareAsync("public");
        Assert.Equal(["error", "not_found", "0"], await ReadAsync(amqp, "queue: private, measure: ready", "queue: nowhere, measure: ready", "queue: public, measure: ready"));
    }

    [Fact]
    public async Task Missing_queues_are_not_asked_for_again_within_half_a_minute()
    {
        string[] queries = [.. Enumerable.Range(0, 1000).Select(i => $"queue: later{i}, measure: ready")];
        Assert.Equal(1000, (await ReadAsync(amqp, queries)).Count(reading => reading == "not_found"));
        Assert.Equal(["ok"], requests.Take());
        await broker.DeclareAsync("later7");
        time.Advance(MissingQueues.Remembered - TimeSpan.FromSeconds(1));
        Assert.Equal(1000, (await ReadAsync(amqp, queries)).Count(reading => reading == "not_found"));
        Assert.Empty(requests.Take());
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("0", (await ReadAsync(amqp, queries))[7]);
        Assert.Equal(["ok"], requests.Take());
    }

    [Fact]
    public async Task Reads_of_two_schedules_at_the_same_time_share_the_connection()
    {
        await broker.DeclareAsync("shared");
        var reads = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ReadAsync(amqp, "queue: shared, measure: ready", "queue: nowhere, measure: ready")));
        Assert.All(reads, readings => Assert.Equal(["0", "not_found"], readings));
        await RunningBroker.EventuallyAsync(async () => await broker.ConnectionsAsync() == 1);
    }

    [Fact]
    public async Task A_connection_that_nobody_asks_is_closed_after_ten_minutes()
    {
        await broker.DeclareAsync("rare");
        await ReadAsync(amqp, "queue: rare, measure: ready");
        await RunningBroker.EventuallyAsync(async () => await broker.ConnectionsAsync() == 1);
        time.Advance(QueueReaders.KeptUnused - TimeSpan.FromMinutes(2));
        await ReadAsync(amqp, "queue: rare, measure: ready");
        time.Advance(QueueReaders.KeptUnused - TimeSpan.FromMinutes(2));
        Assert.Equal(1, await broker.ConnectionsAsync());
        time.Advance(TimeSpan.FromMinutes(3));
        await RunningBroker.EventuallyAsync(async () => await broker.ConnectionsAsync() == 0);
        Assert.Equal(["0"], await ReadAsync(amqp, "queue: rare, measure: ready"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_secure_connection_needs_a_certificate_of_the_given_authority(bool overAmqp)
    {
        await broker.DeclareAsync("secure");
        await using var front = new TlsFront(overAmqp ? broker.AmqpPlace : broker.ManagementPlace);
        using var stranger = new TlsFront.Authority();
        string address = overAmqp ? $"url: 'amqps://guest:guest@localhost:{front.Port}'" : $"management_url: 'https://guest:guest@localhost:{front.Port}'";
        const string query = "queue: secure, measure: ready";
        Assert.Equal(["0"], await ReadAsync(Given.Broker($"{address}, ca_file: {front.CaFile}", name), query));
        Assert.Equal(["unreachable"], await ReadAsync(Given.Broker($"{address}, ca_file: {stranger.File}", name), query));
        Assert.Equal(["unreachable"], await ReadAsync(Given.Broker($"{address}, ca_file: /nowhere/ca.pem", name), query));
        Assert.Equal(["unreachable"], await ReadAsync(Given.Broker(address, name), query));
        Assert.Equal(["unreachable"], await ReadAsync(Given.Broker($"{address.Replace("localhost", "127.0.0.1", StringComparison.Ordinal)}, ca_file: {front.CaFile}", name), query));
    }

    RabbitMqConnection Broker(string yaml) => Given.Broker(yaml
        .Replace("AMQP", broker.AmqpPlace, StringComparison.Ordinal).Replace("MANAGEMENT", broker.ManagementPlace, StringComparison.Ordinal), name);

    async Task<IReadOnlyList<MetricReading>> Read(RabbitMqConnection connection, params string[] queries) =>
        await source.ReadAsync([.. queries.Select(query => Given.Metric(connection, query))], CancellationToken.None);

    async Task<string[]> ReadAsync(RabbitMqConnection connection, params string[] queries) => [.. (await Read(connection, queries)).Select(reading => reading.Short())];

    static async Task HoldAsync(IChannel channel, string queue, ushort count)
    {
        var held = new TaskCompletionSource();
        int received = 0;
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, _) =>
        {
            if (++received == count)
                held.SetResult();
            return Task.CompletedTask;
        };
        await channel.BasicQosAsync(0, count, false);
        await channel.BasicConsumeAsync(queue, autoAck: false, consumer);
        await held.Task;
    }
}
