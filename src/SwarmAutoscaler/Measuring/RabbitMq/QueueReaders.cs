namespace SwarmAutoscaler.Measuring.RabbitMq;

/// <summary>The readers in use. One that nobody has asked for a while belongs to a policy that is gone: it is closed.</summary>
sealed class QueueReaders : IAsyncDisposable
{
    /// <summary>Far longer than a read takes, so that no reader is closed under one.</summary>
    public static readonly TimeSpan KeptUnused = TimeSpan.FromMinutes(10);

    static readonly TimeSpan Round = TimeSpan.FromMinutes(1);

    readonly Lock gate = new();
    readonly Dictionary<(RabbitMqConnection, string?), Entry> entries = [];
    readonly TimeProvider time;
    readonly ITimer timer;

    public QueueReaders(TimeProvider time)
    {
        this.time = time;
        timer = time.CreateTimer(_ => _ = CloseAsync(TakeUnused()), null, Round, Round);
    }

    public IQueueReader Get((RabbitMqConnection Broker, string? VirtualHost) key, Func<IQueueReader> create)
    {
        lock (gate)
        {
            if (!entries.TryGetValue(key, out var entry))
                entries[key] = entry = new Entry(create());
            entry.UsedAt = time.GetTimestamp();
            return entry.Reader;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await timer.DisposeAsync();
        List<IQueueReader> all;
        lock (gate)
        {
            all = [.. entries.Values.Select(entry => entry.Reader)];
            entries.Clear();
        }
        await CloseAsync(all);
    }

    List<IQueueReader> TakeUnused()
    {
        lock (gate)
        {
            var unused = entries.Where(pair => time.GetElapsedTime(pair.Value.UsedAt) >= KeptUnused).ToList();
            foreach (var (key, _) in unused)
                entries.Remove(key);
            return [.. unused.Select(pair => pair.Value.Reader)];
        }
    }

    static Task CloseAsync(List<IQueueReader> readers) => Task.WhenAll(readers.Select(reader => reader.DisposeAsync().AsTask()));

    sealed class Entry(IQueueReader reader)
    {
        public IQueueReader Reader { get; } = reader;

        public long UsedAt { get; set; }
    }
}
