namespace SwarmAutoscaler.Measuring.Prometheus;

/// <summary>One client per connection, kept while it is used.</summary>
sealed class PrometheusClients(TimeProvider time) : IDisposable
{
    /// <summary>Much longer than any request, so that nobody holds a client that is dropped.</summary>
    static readonly TimeSpan LongestUnused = TimeSpan.FromMinutes(10);

    readonly Lock gate = new();
    readonly Dictionary<PrometheusConnection, (PrometheusClient Client, long UsedAt)> clients = [];

    public int Count
    {
        get
        {
            lock (gate)
                return clients.Count;
        }
    }

    /// <summary>The client of a connection, made when there is none.</summary>
    /// <exception cref="IOException">A file that the connection names cannot be read.</exception>
    public PrometheusClient Get(PrometheusConnection connection)
    {
        lock (gate)
        {
            // A distrusted client is left to those who still wait for its answers; its connections end on their own.
            var client = clients.TryGetValue(connection, out var known) && !known.Client.Distrusted ? known.Client : new PrometheusClient(connection);
            clients[connection] = (client, time.GetTimestamp());
            return client;
        }
    }

    /// <summary>Closes the clients nobody has asked for in a while: their connection is no longer in any policy.</summary>
    public void DropUnused()
    {
        lock (gate)
            foreach (var (connection, (client, usedAt)) in clients.ToList())
                if (time.GetElapsedTime(usedAt) > LongestUnused)
                {
                    clients.Remove(connection);
                    client.Dispose();
                }
    }

    public void Dispose()
    {
        lock (gate)
        {
            foreach (var (client, _) in clients.Values)
                client.Dispose();
            clients.Clear();
        }
    }
}
