namespace SwarmAutoscaler.TestSupport;

/// <summary>How many replicas a service needs: a Redis list with ten entries for each, and the policy that reads it.</summary>
sealed class Demand(IRedisServer redis, string service)
{
    const int EntriesPerReplica = 10;

    /// <summary>Evaluated every second; shrinks after two seconds in which fewer would have been enough.</summary>
    /// <param name="max">The upper bound.</param>
    /// <param name="more">Further lines of the document.</param>
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
