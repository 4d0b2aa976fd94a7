namespace SwarmAutoscaler.Measuring.RabbitMq;

/// <summary>One way to a broker. Safe for several reads at a time.</summary>
interface IQueueReader : IAsyncDisposable
{
    /// <summary>Reads distinct queries, at least one, all of the same vhost: one reading per query, in their order.</summary>
    Task<IReadOnlyList<MetricReading>> ReadAsync(IReadOnlyList<RabbitMqQuery> queries, CancellationToken deadline);
}
