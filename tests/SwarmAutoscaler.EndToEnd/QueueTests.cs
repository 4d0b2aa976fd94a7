using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.EndToEnd;

/// <summary>Five thousand real entries, one replica for each thousand; then the queue is consumed.</summary>
[Collection(WorldCollection.Name)]
public sealed class QueueTests(World world)
{
    const int Entries = 5000;
    const string Worker = "queueworker", Queue = "e2e-jobs";

    [Theory]
    [InlineData("the management API", "measure: total")]
    [InlineData("AMQP alone", "measure: ready")]
    public async Task A_burst_in_a_RabbitMQ_queue_scales_up_and_the_drained_queue_scales_down(string over, string measure)
    {
        bool managed = over == "the management API";
        var factory = new ConnectionFactory { Uri = new Uri(world.RabbitMq["AMQP_URL"]) };
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync(Queue, durable: false, exclusive: false, autoDelete: false);
        await using var removal = new Removal(() => channel.QueueDeleteAsync(Queue));
        var connections = $"connections: {{ rabbitmq: {{ broker: {{ url: \"{world.RabbitMq["AMQP_URL"]}\"" +
            (managed ? $", management_url: {world.RabbitMq["MANAGEMENT_URL"]}" : "") + " } } }";

        await RiseAndFallAsync(connections, $"source: rabbitmq, connection: broker, queue: {Queue}, {measure}",
            async () =>
            {
                for (int i = 0; i < Entries; i++)
                    await channel.BasicPublishAsync("", Queue, "job"u8.ToArray());
            },
            async () =>
            {
                int consumed = 0;
                var consumer = new AsyncEventingBasicConsumer(channel);
                consumer.ReceivedAsync += (_, _) => Task.FromResult(Interlocked.Increment(ref consumed));
                string tag = await channel.BasicConsumeAsync(Queue, autoAck: true, consumer);
                await Eventually.GetAsync("consumed messages", TimeSpan.FromSeconds(20), () => Task.FromResult(Volatile.Read(ref consumed)), count => count == Entries);
                await channel.BasicCancelAsync(tag);
            });
    }

    [Fact]
    public Task A_burst_in_a_Redis_list_scales_up_and_the_drained_list_scales_down() => RiseAndFallAsync(
        "", $"source: redis, key: {Queue}",
        () => world.RedisAsync("eval", "for i = 1, tonumber(ARGV[1]) do redis.call('rpush', KEYS[1], i) end", "1", Queue, $"{Entries}"),
        () => world.RedisAsync("lpop", Queue, $"{Entries}"));

    async Task RiseAndFallAsync(string connections, string metric, Func<Task> fill, Func<Task> drain)
    {
        var documents = new Dictionary<string, string>
        {
            ["policy.yml"] = $$"""
                service: {{Worker}}
                interval: 1s
                replicas: { min: 1, max: 20 }
                metrics: [ { name: backlog, {{metric}}, target: { per_replica: 1000 } } ]
                scale_up: { limits: [ { replicas: 20, per: 1s } ] }
                scale_down: { stabilization: 2s }
                """,
        };
        if (connections.Length > 0)
            documents["shared.yml"] = connections;
        await using var worker = await world.Engine.CreateServiceAsync(Worker, 1);
        await using var autoscaler = await Autoscaler.StartAsync(world, documents);
        var calm = await autoscaler.WaitForDecisionAsync(Worker, decision => decision.Value("backlog") == 0);
        Assert.Equal(("hold", 1), (calm.Action, calm.Current));

        await fill();
        await world.Engine.WaitForReplicasAsync(Worker, 5);
        await world.Engine.WaitForRunningAsync(Worker, 5);
        var filled = await autoscaler.WaitForDecisionAsync(Worker, decision => decision.Value("backlog") == Entries && decision.Current == 5);
        Assert.Equal(("hold", "within_tolerance"), (filled.Action, filled.Reason));

        await drain();
        await world.Engine.WaitForReplicasAsync(Worker, 1);
        var decisions = await autoscaler.DecisionsAsync(Worker);
        var changes = decisions.Where(decision => decision.IsApplied).ToList();
        var (ups, downs) = (changes.Where(change => change.Action == "scale_up").ToList(), changes.Where(change => change.Action == "scale_down").ToList());
        Assert.Equal(changes, [.. ups, .. downs]);
        Assert.All(ups, up => Assert.Equal("recommend", up.Reason));
        Assert.Equal((1, 5), (ups[0].Current, ups[^1].Desired));
        Assert.Equal((5, 1), (downs[0].Current, downs[^1].Desired));
        Assert.Contains(decisions, decision => (decision.Action, decision.Reason, decision.Current) == ("hold", "stabilization", 5));
    }
}
