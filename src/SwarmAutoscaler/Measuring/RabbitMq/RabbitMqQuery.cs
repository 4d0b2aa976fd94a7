using System.Text.RegularExpressions;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Measuring.RabbitMq;

/// <summary>One number of one queue, or of all queues of a vhost whose names match a pattern.</summary>
/// <param name="Broker">The connection.</param>
/// <param name="VirtualHost">At most 255 bytes.</param>
/// <param name="Measure">The number asked for.</param>
sealed record RabbitMqQuery(RabbitMqConnection Broker, string VirtualHost, QueueMeasure Measure) : MetricQuery(Broker.Name)
{
    /// <summary>The queue's exact name; null with a pattern.</summary>
    public string? Queue { get; init; }

    /// <summary>Null with a queue.</summary>
    public QueuePattern? Pattern { get; init; }

    /// <summary>How the matching queues become one number.</summary>
    public QueueCombination Combine { get; init; }

    /// <summary>
    /// The metric's <c>empty_is_zero</c>: a pattern that matches no queue is 0. A queue whose number is not told yet stays missing, for it may
    /// hold any number of messages, and so does a named queue that does not exist.
    /// </summary>
    public bool NoMatchIsZero { get; init; }

    /// <summary>Only the list with statistics tells it; those are up to some seconds old.</summary>
    public bool NeedsStatistics => Measure is QueueMeasure.Consumers || NeedsRates;

    public bool NeedsRates => Measure is QueueMeasure.PublishRate or QueueMeasure.DeliverRate or QueueMeasure.DrainTime;

    public Missing NotFound() => new(MissingReason.NotFound, $"vhost {VirtualHost} has no queue {Queue}");
}

enum QueueMeasure
{
    /// <summary>Messages that wait for a consumer.</summary>
    Ready,

    /// <summary>Messages that are with a consumer and not acknowledged yet.</summary>
    Unacked,

    /// <summary>Ready and unacknowledged messages.</summary>
    Total,

    /// <summary>Messages published per second.</summary>
    PublishRate,

    /// <summary>Messages delivered or got per second.</summary>
    DeliverRate,

    /// <summary>Consumers that are attached.</summary>
    Consumers,

    /// <summary>Seconds until the queue is empty, see <see cref="QueueFigures.DrainTime"/>.</summary>
    DrainTime,
}

enum QueueCombination
{
    Sum,
    Max,
    Avg,
}

/// <summary>A regular expression for whole queue names. It is matched without backtracking: time grows with the name's length only.</summary>
sealed class QueuePattern : IEquatable<QueuePattern>
{
    const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    readonly Regex whole;

    /// <exception cref="ArgumentException">Not a regular expression.</exception>
    /// <exception cref="NotSupportedException">It needs backtracking, or too much memory.</exception>
    public QueuePattern(string text)
    {
        // By itself first: "a)|(b" would turn into something valid inside the group.
        _ = new Regex(text, Options);
        whole = new Regex($@"\A(?:{text})\z", Options);
        Text = text;
    }

    public string Text { get; }

    public bool Matches(string queue) => whole.IsMatch(queue);

    public bool Equals(QueuePattern? other) => other is not null && other.Text == Text;

    public override bool Equals(object? obj) => Equals(obj as QueuePattern);

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;
}
