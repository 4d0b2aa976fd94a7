namespace SwarmAutoscaler.Measuring.RabbitMq;

/// <summary>Queues that were missing a moment ago. Asking for one costs the broker a channel, so it is not asked again at once.</summary>
sealed class MissingQueues(TimeProvider time)
{
    /// <summary>A queue that is created is noticed this much later at most.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromSeconds(30);

    readonly Dictionary<string, long> since = new(StringComparer.Ordinal);

    public bool Remembers(string queue)
    {
        if (!since.TryGetValue(queue, out long seen))
            return false;
        if (time.GetElapsedTime(seen) < Remembered)
            return true;
        since.Remove(queue);
        return false;
    }

    public void Remember(string queue) => since[queue] = time.GetTimestamp();
}
