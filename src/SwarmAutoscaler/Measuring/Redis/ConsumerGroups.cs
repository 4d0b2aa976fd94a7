namespace SwarmAutoscaler.Measuring.Redis;

/// <summary>The answer to <c>XINFO GROUPS</c>: for each group a list of names and values in turn, in no order that could be relied on.</summary>
static class ConsumerGroups
{
    public static MetricReading Read(RespArray groups, RedisQuery query, string where)
    {
        foreach (var group in groups.Items)
            if (Field(group, "name") is RespText { Text: var name } && name == query.Group)
                return query.Measure == RedisMeasure.Lag ? Lag(group, query, where) : Pending(group, query, where);
        return groups.Items.All(group => Field(group, "name") is RespText)
            ? new Missing(MissingReason.NotFound, $"{where}: stream '{query.Key}' has no group '{query.Group}'")
            : NotUnderstood(query, where);
    }

    static MetricReading Lag(RespValue group, RedisQuery query, string where) => Field(group, "lag") switch
    {
        RespInteger { Value: >= 0 and var lag } => MetricReading.Of(lag),
        RespNull => new Missing(MissingReason.Unsupported,
            $"{where}: the lag of group '{query.Group}' of stream '{query.Key}' is not known to Redis for now; that comes from deleted entries, " +
            "or from a group that was set to an ID in the middle of the stream, and ends when the group has read to the end"),
        null => new Missing(MissingReason.Unsupported, $"{where}: this Redis does not report the lag of a group, which needs version 7.0; 'measure: pending' works"),
        _ => NotUnderstood(query, where),
    };

    static MetricReading Pending(RespValue group, RedisQuery query, string where) =>
        Field(group, "pending") is RespInteger { Value: >= 0 and var pending } ? MetricReading.Of(pending) : NotUnderstood(query, where);

    static Missing NotUnderstood(RedisQuery query, string where) =>
        new(MissingReason.Malformed, $"{where}: XINFO GROUPS {query.Key} was answered in a form that is not understood");

    static RespValue? Field(RespValue group, string name)
    {
        if (group is RespArray { Items: var items })
            for (int i = 0; i + 1 < items.Count; i += 2)
                if (items[i] is RespText { Text: var text } && text == name)
                    return items[i + 1];
        return null;
    }
}
