using System.Collections.Concurrent;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace SwarmAutoscaler.Measuring.RabbitMq;

/// <summary>The passive declares of one read, shared out over a link's channels, and what came of each.</summary>
sealed class PassiveDeclares(IEnumerable<string> queues)
{
    readonly ConcurrentQueue<string> open = new(queues);

    public ConcurrentDictionary<string, QueueFigures> Figures { get; } = new(StringComparer.Ordinal);

    /// <summary>Why the broker closed the channel that asked for a queue.</summary>
    public ConcurrentDictionary<string, ShutdownEventArgs> Refusals { get; } = new(StringComparer.Ordinal);

    /// <summary>Throws what the library throws when the connection is lost, and for the deadline; what is answered until then stays.</summary>
    public Task RunAsync(AmqpLink link, CancellationToken deadline) =>
        Task.WhenAll(Enumerable.Range(0, Math.Min(AmqpLink.Channels, open.Count)).Select(slot => RunAsync(link, slot, deadline)));

    async Task RunAsync(AmqpLink link, int slot, CancellationToken deadline)
    {
        while (open.TryDequeue(out var queue))
        {
            var channel = await link.ChannelAsync(slot, deadline);
            try
            {
                // The library looks at a token only now and then, so that the wait has to end by itself.
                var answer = await channel.QueueDeclarePassiveAsync(queue, deadline).WaitAsync(deadline);
                Figures[queue] = new QueueFigures(queue) { Ready = answer.MessageCount, Consumers = answer.ConsumerCount };
            }
            catch (OperationInterruptedException e) when (link.IsOpen && e.ShutdownReason is { Initiator: ShutdownInitiator.Peer } reason)
            {
                Refusals[queue] = reason;
            }
        }
    }
}
