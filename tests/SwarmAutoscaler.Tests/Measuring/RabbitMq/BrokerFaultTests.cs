using System.Diagnostics;
using SwarmAutoscaler.Recording;
using Xunit;

namespace SwarmAutoscaler.Measuring.RabbitMq;

/// <summary>A broker that freezes, dies and comes back.</summary>
[Collection("RabbitMQ broker")]
public sealed class BrokerFaultTests : IAsyncLifetime, IDisposable
{
    static readonly TimeSpan Deadline = TimeSpan.FromSeconds(1);
    static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(700);

    readonly AutoscalerMeter meter = new();
    readonly RabbitMqSource source;
    readonly RunningBroker broker;

    public BrokerFaultTests(RunningBroker broker)
    {
        this.broker = broker;
        source = new RabbitMqSource(meter, TimeProvider.System);
    }

    RabbitMqConnection Amqp => Given.Broker($"url: '{broker.Amqp}'");

    RabbitMqConnection Management => Given.Broker($"management_url: 'http://guest:guest@{broker.ManagementPlace}'");

    public Task InitializeAsync() => broker.DeclareAsync("faulty");

    public void Dispose() => meter.Dispose();

    public async Task DisposeAsync() => await source.DisposeAsync();

    [Fact]
    public async Task A_frozen_broker_is_a_time_out_at_the_deadline_and_is_read_again_when_it_goes_on()
    {
        Assert.Equal(["0", "0"], (await ReadAsync()).Readings);
        await RunningBroker.FreezeAsync();
        try
        {
            // The first on the open connection, the second while connecting.
            foreach (var _ in new[] { 1, 2 })
            {
                var (readings, took) = await ReadAsync();
                Assert.Equal(["timeout", "timeout"], readings);
                Assert.InRange(took, Deadline - AtOnce, Deadline + AtOnce);
            }
        }
        finally
        {
            await RunningBroker.ThawAsync();
        }
        await RunningBroker.EventuallyAsync(async () => (await ReadAsync()).Readings is ["0", "0"]);
        // Neither the frozen connection nor the one that was being made stays behind.
        await RunningBroker.EventuallyAsync(async () => await broker.ConnectionsAsync() == 1);
    }

    [Fact]
    public async Task A_broker_that_died_is_unreachable_and_is_read_again_as_soon_as_it_is_back()
    {
        Assert.Equal(["0", "0"], (await ReadAsync()).Readings);
        await RunningBroker.KillAsync();
        Assert.Equal(["unreachable", "unreachable"], (await ReadAsync()).Readings);
        Assert.Equal(["unreachable", "unreachable"], (await ReadAsync()).Readings);
        await RunningBroker.StartAsync();
        Assert.Equal(["0", "0"], (await ReadAsync(TimeSpan.FromSeconds(10))).Readings);
    }

    [Fact]
    public async Task A_deadline_that_has_passed_is_a_time_out()
    {
        using var passed = new CancellationTokenSource();
        await passed.CancelAsync();
        Assert.Equal(["timeout", "timeout"], (await ReadAsync(passed.Token)).Readings);
    }

    async Task<(string[] Readings, TimeSpan Took)> ReadAsync(TimeSpan? timeout = null)
    {
        using var deadline = new CancellationTokenSource(timeout ?? Deadline);
        return await ReadAsync(deadline.Token);
    }

    async Task<(string[] Readings, TimeSpan Took)> ReadAsync(CancellationToken deadline)
    {
        long start = Stopwatch.GetTimestamp();
        var readings = await source.ReadAsync([Given.Metric(Amqp, "queue: faulty, measure: ready"), Given.Metric(Management, "queue: faulty, measure: ready")], deadline);
        return ([.. readings.Select(reading => reading.Short())], Stopwatch.GetElapsedTime(start));
    }
}
