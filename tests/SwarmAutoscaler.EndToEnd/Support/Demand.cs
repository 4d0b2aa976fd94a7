namespace SwarmAutoscaler.TestSupport;

/// <summary>How many replicas a service needs, and the policy that reads it.</summary>
interface IDemand
{
    /// <summary>How long after it was set it may take until every evaluation sees it.</summary>
    TimeSpan Delay { get; }

    /// <summary>A document that is evaluated every second.</summary>
    /// <param name="max">The upper bound; the lower one is 1.</param>
    /// <param name="more">Further lines of the document.</param>
    string Policy(int max, string more);

    Task SetAsync(int replicas);
}

/// <summary>A Redis list with ten entries for each replica.</summary>
sealed class Demand(IRedisServer redis, string service) : IDemand
{
    const int EntriesPerReplica = 10;

    public TimeSpan Delay => TimeSpan.Zero;

    /// <inheritdoc/>
    /// <remarks>Without more it shrinks after two seconds in which fewer would have been enough.</remarks>
    public string Policy(int max = 8, string more = "scale_down: { stabilization: 2s }") =>
        $$"""
        service: {{service}}
        interval: 1s
        replicas: { min: 1, max: {{max}} }
        metrics: [ { name: demand, source: redis, key: {{service}}, target: { per_replica: {{EntriesPerReplica}} } } ]
        {{more}}
        """;

    /// <summary>Sets the list's length in one step, so that no evaluation sees a part of it.</summary>
    public Task SetAsync(int replicas) => redis.RunAsync(
        "eval", "redis.call('del', KEYS[1]) for i = 1, tonumber(ARGV[1]) do redis.call('rpush', KEYS[1], i) end", "1", service, $"{replicas * EntriesPerReplica}");
}
