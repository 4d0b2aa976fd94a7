using RabbitMQ.Client.Exceptions;
using SwarmAutoscaler.Recording;

namespace SwarmAutoscaler.Measuring.RabbitMq;

/// <summary>
/// Reads ready messages and consumers of one vhost with passive declares, which change nothing and need no permission on a queue. One read at a
/// time: a healthy broker answers a thousand declares in a fifth of a second.
/// </summary>
sealed class AmqpReader(RabbitMqConnection broker, string virtualHost, AutoscalerMeter meter, TimeProvider time) : IQueueReader
{
    readonly SemaphoreSlim turn = new(1, 1);
    readonly MissingQueues missing = new(time);
    readonly AmqpFailures failures = new(broker, virtualHost);
    AmqpLink? link;

    public async Task<IReadOnlyList<MetricReading>> ReadAsync(IReadOnlyList<RabbitMqQuery> queries, CancellationToken deadline)
    {
        try
        {
            await turn.WaitAsync(deadline);
        }
        catch (OperationCanceledException)
        {
            return [.. queries.Select(_ => new Missing(MissingReason.Timeout, "another read of the same broker has not ended in time"))];
        }
        try
        {
            var (remembered, asked) = Split(queries.Select(query => query.Queue!).Distinct(StringComparer.Ordinal));
            var declares = new PassiveDeclares(asked);
            var failure = asked.Count == 0 ? null : await ReportAsync(declares, deadline);
            return [.. queries.Select(query => remembered.Contains(query.Queue!) ? query.NotFound() : Reading(query, declares, failure))];
        }
        finally
        {
            turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref link, null) is { } open)
            await open.CloseAsync();
    }

    (HashSet<string> Remembered, List<string> Asked) Split(IEnumerable<string> queues)
    {
        var (remembered, asked) = (new HashSet<string>(StringComparer.Ordinal), new List<string>());
        foreach (var queue in queues)
            if (missing.Remembers(queue))
                remembered.Add(queue);
            else
                asked.Add(queue);
        return (remembered, asked);
    }

    async Task<Missing?> ReportAsync(PassiveDeclares declares, CancellationToken deadline)
    {
        long start = time.GetTimestamp();
        var failure = await DeclareAsync(declares, deadline);
        meter.SourceRequested(RabbitMqSource.Word, broker.Name, failure is null ? "ok" : failure.Reason.Word(), time.GetElapsedTime(start));
        return failure;
    }

    async Task<Missing?> DeclareAsync(PassiveDeclares declares, CancellationToken deadline)
    {
        try
        {
            if (link is not { IsOpen: true })
            {
                Drop();
                var (password, unreadable) = broker.ReadPassword();
                if (unreadable is not null)
                    return unreadable;
                link = await AmqpLink.OpenAsync(broker, virtualHost, password, deadline);
            }
            await declares.RunAsync(link, deadline);
            return null;
        }
        catch (Exception e) when (e is RabbitMQClientException or IOException or TimeoutException or OperationCanceledException or ObjectDisposedException)
        {
            // Whatever it was, this connection is not asked again: the next read makes a new one.
            var failure = failures.Explain(e, link?.CloseReason, deadline.IsCancellationRequested);
            Drop();
            return failure;
        }
    }

    MetricReading Reading(RabbitMqQuery query, PassiveDeclares declares, Missing? failure)
    {
        if (declares.Figures.TryGetValue(query.Queue!, out var figures))
            return figures.Measure(query.Measure);
        if (!declares.Refusals.TryGetValue(query.Queue!, out var refusal))
            return failure ?? throw new InvalidOperationException($"queue {query.Queue} was neither answered nor refused");
        var reading = AmqpFailures.Refused(query, refusal);
        if (reading.Reason == MissingReason.NotFound)
            missing.Remember(query.Queue!);
        return reading;
    }

    /// <summary>In the background: a frozen broker does not answer a close either.</summary>
    void Drop()
    {
        if (Interlocked.Exchange(ref link, null) is { } open)
            _ = open.CloseAsync();
    }
}
