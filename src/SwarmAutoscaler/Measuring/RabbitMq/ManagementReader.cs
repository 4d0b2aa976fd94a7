using SwarmAutoscaler.Recording;

namespace SwarmAutoscaler.Measuring.RabbitMq;

/// <summary>
/// Reads queues over the management API. One request lists all queues of a vhost with their message counts, straight from the queues and thus
/// fresh. Consumers and rates come from the broker's statistics, some seconds old, which cost it more: a second list, only if one is asked for.
/// </summary>
sealed class ManagementReader(RabbitMqConnection broker, AutoscalerMeter meter, TimeProvider time) : IQueueReader
{
    const string Counts = "disable_stats=true&enable_queue_totals=true&columns=name,state,messages,messages_ready,messages_unacknowledged";
    const string Statistics = "columns=name,state,messages,consumers,message_stats.publish_details.rate,message_stats.deliver_get_details.rate";

    readonly ManagementApi api = new(broker, meter, time);

    public async Task<IReadOnlyList<MetricReading>> ReadAsync(IReadOnlyList<RabbitMqQuery> queries, CancellationToken deadline)
    {
        var counts = ListAsync(queries.Where(query => !query.NeedsStatistics).ToList(), Counts, deadline);
        var statistics = ListAsync(queries.Where(query => query.NeedsStatistics).ToList(), Statistics, deadline);
        var (readCounts, readStatistics) = (await counts, await statistics);
        return [.. queries.Select(query => (query.NeedsStatistics ? readStatistics : readCounts)[query])];
    }

    public ValueTask DisposeAsync()
    {
        api.Dispose();
        return default;
    }

    async Task<Dictionary<RabbitMqQuery, MetricReading>> ListAsync(
        List<RabbitMqQuery> queries, string parameters, CancellationToken deadline)
    {
        if (queries.Count == 0)
            return [];
        var list = await api.ListQueuesAsync(queries[0].VirtualHost, parameters, deadline);
        if (list.Failure is { } failure)
            return queries.ToDictionary(query => query, MetricReading (_) => failure);
        var selected = queries.ToDictionary(query => query, query => Select(list.Queues, query));
        if (!selected.Any(pair => pair.Key.NeedsRates && pair.Value.Any(queue => queue.LacksRate)))
            return selected.ToDictionary(pair => pair.Key, pair => Measure(pair.Key, pair.Value));
        var noRates = await api.CheckRatesAsync(deadline);
        return selected.ToDictionary(pair => pair.Key, pair => MeasureUnused(pair.Key, pair.Value, noRates));
    }

    static List<QueueFigures> Select(IReadOnlyDictionary<string, QueueFigures> queues, RabbitMqQuery query) =>
        query.Pattern is { } pattern ? [.. queues.Values.Where(queue => pattern.Matches(queue.Name))]
        : queues.TryGetValue(query.Queue!, out var found) ? [found] : [];

    static MetricReading Measure(RabbitMqQuery query, List<QueueFigures> queues) => (query.Pattern, queues) switch
    {
        (null, []) => query.NotFound(),
        (null, [var queue]) => queue.Measure(query.Measure),
        ({ }, []) when query.NoMatchIsZero => MetricReading.Of(0),
        (var pattern, []) => new Missing(MissingReason.Empty, $"no queue of vhost {query.VirtualHost} matches {pattern}"),
        _ => QueueSet.Combine(queues, query.Measure, query.Combine),
    };

    /// <summary>
    /// A queue that was never published to, or never delivered from, has statistics but no such rate in them. That is a rate of 0 if the broker
    /// collects rates at all; if it does not, or it cannot be asked, the rate is not known.
    /// </summary>
    static MetricReading MeasureUnused(RabbitMqQuery query, List<QueueFigures> queues, Missing? noRates)
    {
        var reading = Measure(query, noRates is null ? [.. queues.Select(queue => queue.LacksRate ? queue.WithUnusedRates() : queue)] : queues);
        bool forLackOfRates = query.NeedsRates && queues.Count > 0 && reading is Missing { Reason: MissingReason.Empty };
        return forLackOfRates ? noRates ?? reading : reading;
    }
}
