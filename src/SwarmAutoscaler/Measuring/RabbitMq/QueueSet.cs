namespace SwarmAutoscaler.Measuring.RabbitMq;

/// <summary>Makes one number of the queues that match a pattern.</summary>
static class QueueSet
{
    /// <summary>
    /// Sum and average combine the queues' numbers one by one and then measure the result as if it were one queue, so that the drain time of a
    /// sum is that of all the messages together. The maximum is the largest measure of a single queue. If one queue's number is not known, neither is the
    /// combined one: it would be too small. No queue at all is empty, not zero.
    /// </summary>
    public static MetricReading Combine(IReadOnlyList<QueueFigures> queues, QueueMeasure measure, QueueCombination combination)
    {
        if (queues.Count == 0)
            return new Missing(MissingReason.Empty, "no queue matches the pattern");
        var readings = queues.Select(queue => queue.Measure(measure)).ToList();
        // A queue that never drains by itself is no obstacle to the drain time of all together.
        var unknown = readings.OfType<Missing>().FirstOrDefault(missing => combination == QueueCombination.Max || missing.Reason != MissingReason.NotFinite);
        if (unknown is not null)
            return unknown;
        return combination switch
        {
            QueueCombination.Sum => Together(queues, 1).Measure(measure),
            QueueCombination.Avg => Together(queues, queues.Count).Measure(measure),
            QueueCombination.Max => MetricReading.Of(readings.Max(reading => ((Measured)reading).Value)),
            _ => throw new ArgumentOutOfRangeException(nameof(combination), combination, null),
        };
    }

    static QueueFigures Together(IReadOnlyList<QueueFigures> queues, int divisor) => new($"pattern ({queues.Count} queues)")
    {
        Ready = Sum(queues, queue => queue.Ready) / divisor,
        Unacked = Sum(queues, queue => queue.Unacked) / divisor,
        Total = Sum(queues, queue => queue.Total) / divisor,
        Consumers = Sum(queues, queue => queue.Consumers) / divisor,
        PublishRate = Sum(queues, queue => queue.PublishRate) / divisor,
        DeliverRate = Sum(queues, queue => queue.DeliverRate) / divisor,
    };

    static double? Sum(IReadOnlyList<QueueFigures> queues, Func<QueueFigures, double?> figure)
    {
        double? sum = 0;
        foreach (var queue in queues)
            sum += figure(queue);
        return sum;
    }
}
