using SwarmAutoscaler.Policies;
using SwarmAutoscaler.Recording;

namespace SwarmAutoscaler.Measuring.RabbitMq;

/// <summary>
/// Queue depths, consumers and rates. With a management address: one list of queues per vhost and cycle, whatever the number of metrics. With an
/// AMQP address alone: passive declares on one connection per vhost.
/// </summary>
sealed class RabbitMqSource : IMetricSource, IAsyncDisposable
{
    public const string Word = "rabbitmq";

    readonly AutoscalerMeter meter;
    readonly TimeProvider time;
    readonly QueueReaders readers;

    public RabbitMqSource(AutoscalerMeter meter, TimeProvider time)
    {
        (this.meter, this.time) = (meter, time);
        readers = new QueueReaders(time);
    }

    public string Kind => Word;

    public MetricConnection? ReadConnection(string name, FieldReader fields) => RabbitMqConnectionKeys.Read(name, fields);

    public MetricQuery? ReadQuery(FieldReader fields, MetricConnection connection, MetricContext context) =>
        RabbitMqQueryKeys.Read(fields, (RabbitMqConnection)connection);

    public async Task<IReadOnlyList<MetricReading>> ReadAsync(IReadOnlyList<MetricSpec> metrics, CancellationToken deadline)
    {
        var asked = metrics.Select(metric => (RabbitMqQuery)metric.Query with { NoMatchIsZero = metric.EmptyIsZero }).ToList();
        var groups = asked.Distinct().GroupBy(query => (query.Broker, query.VirtualHost));
        var answers = await Task.WhenAll(groups.Select(group => ReadAsync(group.Key.Broker, group.Key.VirtualHost, [.. group], deadline)));
        var readings = answers.SelectMany(answer => answer).ToDictionary(answer => answer.Query, answer => answer.Reading);
        return [.. asked.Select(query => readings[query])];
    }

    public ValueTask DisposeAsync() => readers.DisposeAsync();

    async Task<IEnumerable<(RabbitMqQuery Query, MetricReading Reading)>> ReadAsync(
        RabbitMqConnection broker, string virtualHost, IReadOnlyList<RabbitMqQuery> queries, CancellationToken deadline)
    {
        // One HTTP client serves all vhosts; an AMQP connection belongs to one.
        var reader = broker.Management is not null
            ? readers.Get((broker, null), () => new ManagementReader(broker, meter, time))
            : readers.Get((broker, virtualHost), () => new AmqpReader(broker, virtualHost, meter, time));
        return queries.Zip(await reader.ReadAsync(queries, deadline));
    }
}
