namespace SwarmAutoscaler.Measuring.RabbitMq;

/// <summary>What one answer tells about one queue; null is not told.</summary>
sealed record QueueFigures(string Name)
{
    /// <summary>The broker's word, for instance <c>running</c>; null when the answer has none.</summary>
    public string? State { get; init; }

    public double? Ready { get; init; }

    public double? Unacked { get; init; }

    /// <summary>Ready and unacknowledged.</summary>
    public double? Total { get; init; }

    public double? Consumers { get; init; }

    /// <summary>Messages per second.</summary>
    public double? PublishRate { get; init; }

    /// <summary>Messages per second, delivered to consumers or got.</summary>
    public double? DeliverRate { get; init; }

    /// <summary>There are statistics of this queue, but not both rates among them.</summary>
    public bool LacksRate => Consumers is not null && (PublishRate is null || DeliverRate is null);

    /// <summary>The same with 0 for a rate that is not told.</summary>
    public QueueFigures WithUnusedRates() => this with { PublishRate = PublishRate ?? 0, DeliverRate = DeliverRate ?? 0 };

    public MetricReading Measure(QueueMeasure measure)
    {
        // The numbers of a queue without a working leader are those of its last good moment.
        if (State is "down" or "crashed" or "stopped" or "minority")
            return new Missing(MissingReason.Error, $"queue {Name} is {State}: its numbers are not current");
        return measure switch
        {
            QueueMeasure.Ready => Told(Ready, "ready messages"),
            QueueMeasure.Unacked => Told(Unacked, "unacknowledged messages"),
            QueueMeasure.Total => Told(Total, "messages"),
            QueueMeasure.Consumers => Told(Consumers, "consumers"),
            QueueMeasure.PublishRate => Told(PublishRate, "publish rate"),
            QueueMeasure.DeliverRate => Told(DeliverRate, "deliver rate"),
            QueueMeasure.DrainTime => DrainTime(),
            _ => throw new ArgumentOutOfRangeException(nameof(measure), measure, null),
        };
    }

    /// <summary>
    /// Seconds until the queue is empty: (publish − deliver) ÷ deliver + messages ÷ deliver, never below 0. With 100 messages, 10 published and
    /// 20 delivered per second: −0.5 + 5 = 4.5 s. An empty queue needs 0 s. Messages that nobody takes never drain: no number, so combine this
    /// measure with a count where a service may be at zero.
    /// </summary>
    MetricReading DrainTime() => (Total, PublishRate, DeliverRate) switch
    {
        (null, _, _) => Told(Total, "messages"),
        (0, _, _) => MetricReading.Of(0),
        (_, null, _) => Told(PublishRate, "publish rate"),
        (_, _, null) => Told(DeliverRate, "deliver rate"),
        (_, _, 0) => new Missing(MissingReason.NotFinite, $"queue {Name} has messages and none is delivered: it never drains"),
        var (messages, publish, deliver) => MetricReading.Of(Math.Max(0, (publish.Value - deliver.Value) / deliver.Value + messages.Value / deliver.Value)),
    };

    MetricReading Told(double? value, string what) => value is { } number
        ? MetricReading.Of(number)
        : new Missing(MissingReason.Empty, $"the broker does not tell the {what} of queue {Name} (yet)");
}
