using SwarmAutoscaler.Policies;
using SwarmAutoscaler.Recording;

namespace SwarmAutoscaler.Measuring.Redis;

/// <summary>
/// Lengths of Redis lists, sets, sorted sets, hashes and streams, and what consumer groups of streams have still to do. It only reads; a user needs
/// the commands <c>TYPE LLEN SCARD ZCARD HLEN XLEN XINFO|GROUPS</c>, besides <c>SELECT</c> for a database other than 0 and <c>ROLE</c> with sentinels.
/// Redis Cluster is not supported.
/// </summary>
sealed class RedisSource : IMetricSource, IAsyncDisposable
{
    public const string Word = "redis";

    /// <summary>A connection that is not asked for this long is closed. Below the 15 min after which Swarm's load balancer forgets a silent connection.</summary>
    static readonly TimeSpan LongestIdle = TimeSpan.FromMinutes(10);

    readonly AutoscalerMeter meter;
    readonly TimeProvider time;
    readonly ITimer sweep;
    readonly Lock gate = new();
    readonly Dictionary<RedisConnection, Use> uses = [];

    public RedisSource(AutoscalerMeter meter, TimeProvider time)
    {
        (this.meter, this.time) = (meter, time);
        sweep = time.CreateTimer(_ => _ = CloseIdleAsync(), null, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
    }

    public string Kind => Word;

    public MetricConnection? ReadConnection(string name, FieldReader fields) => new RedisConnectionReader(fields).Read(name);

    public MetricQuery? ReadQuery(FieldReader fields, MetricConnection connection, MetricContext context)
    {
        var (key, group) = (fields.RequiredText("key"), fields.Text("group"));
        var measure = fields.Choice("measure", ("length", RedisMeasure.Length), ("lag", RedisMeasure.Lag), ("pending", RedisMeasure.Pending));
        var problem = (group, measure) switch
        {
            ("", _) => ("group", "'group' must not be empty"),
            (null, RedisMeasure.Lag or RedisMeasure.Pending) => ("measure", "'measure: lag' and 'measure: pending' need the stream's 'group'"),
            (not null, RedisMeasure.Length) => ("measure", "with 'group' the measure is lag or pending; leave 'group' out for the length of the whole stream"),
            _ => ((string Key, string Message)?)null,
        };
        if (problem is { } wrong)
            fields.Error(wrong.Key, wrong.Message);
        if (key is null || problem is not null || fields.Has("measure") && measure is null)
            return null;
        return new RedisQuery((RedisConnection)connection, key, group, measure ?? (group is null ? RedisMeasure.Length : RedisMeasure.Lag));
    }

    public async Task<IReadOnlyList<MetricReading>> ReadAsync(IReadOnlyList<MetricSpec> metrics, CancellationToken deadline)
    {
        var readings = new MetricReading[metrics.Count];
        var connections = metrics
            .Select((metric, place) => (Query: (RedisQuery)metric.Query, Place: place))
            .GroupBy(metric => metric.Query.Endpoint);
        await Task.WhenAll(connections.Select(async metricsOfOne =>
        {
            var answers = await ReadAsync(metricsOfOne.Key, [.. metricsOfOne.Select(metric => metric.Query)], deadline);
            foreach (var ((_, place), answer) in metricsOfOne.Zip(answers))
                readings[place] = answer;
        }));
        return readings;
    }

    public async ValueTask DisposeAsync()
    {
        await sweep.DisposeAsync();
        foreach (var client in Remove(_ => true))
            await client.DisposeAsync();
    }

    async Task<IReadOnlyList<MetricReading>> ReadAsync(RedisConnection connection, IReadOnlyList<RedisQuery> queries, CancellationToken deadline)
    {
        var use = Enter(connection);
        try
        {
            return await use.Client.ReadAsync(queries, deadline);
        }
        finally
        {
            Leave(use);
        }
    }

    Use Enter(RedisConnection connection)
    {
        lock (gate)
        {
            if (!uses.TryGetValue(connection, out var use))
                uses.Add(connection, use = new Use(new RedisClient(connection, meter, time)));
            use.Callers++;
            return use;
        }
    }

    void Leave(Use use)
    {
        lock (gate)
            (use.Callers, use.LastUsed) = (use.Callers - 1, time.GetTimestamp());
    }

    async Task CloseIdleAsync()
    {
        foreach (var client in Remove(use => use.Callers == 0 && time.GetElapsedTime(use.LastUsed) >= LongestIdle))
            await client.DisposeAsync();
    }

    List<RedisClient> Remove(Predicate<Use> which)
    {
        lock (gate)
        {
            var found = uses.Where(pair => which(pair.Value)).ToList();
            foreach (var (connection, _) in found)
                uses.Remove(connection);
            return found.ConvertAll(pair => pair.Value.Client);
        }
    }

    sealed class Use(RedisClient client)
    {
        public RedisClient Client { get; } = client;

        public int Callers { get; set; }

        public long LastUsed { get; set; }
    }
}
