using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Measuring.Redis;

/// <summary>The length of a key, or what a consumer group of a stream has still to do.</summary>
/// <param name="Endpoint">Where to ask.</param>
/// <param name="Key">The key; one that does not exist is an empty list, set, hash or stream, since Redis deletes those that become empty.</param>
/// <param name="Group">The stream's consumer group, for lag and pending.</param>
/// <param name="Measure">What is counted.</param>
sealed record RedisQuery(RedisConnection Endpoint, string Key, string? Group, RedisMeasure Measure) : MetricQuery(Endpoint.Name);

enum RedisMeasure
{
    /// <summary>Items in the list, set, sorted set, hash or stream.</summary>
    Length,

    /// <summary>Entries of the stream that the group has not been given yet (Redis 7.0 and later).</summary>
    Lag,

    /// <summary>Entries that consumers of the group were given but have not acknowledged.</summary>
    Pending,
}
