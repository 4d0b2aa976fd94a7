using SwarmAutoscaler.Recording;

namespace SwarmAutoscaler.Measuring.Redis;

/// <summary>
/// Reads keys of one Redis over one connection, which is kept between cycles. One caller at a time; all keys of a call go in one pipeline, and in
/// a second one those whose type was not known.
/// </summary>
sealed class RedisClient(RedisConnection connection, AutoscalerMeter meter, TimeProvider time) : IAsyncDisposable
{
    static readonly RedisCommand Role = new("ROLE");

    readonly SemaphoreSlim turn = new(1, 1);
    readonly Dictionary<string, string> types = new(StringComparer.Ordinal);
    readonly RedisSentinels? sentinels = connection.Sentinels is { } group ? new RedisSentinels(group, connection.Tls, time) : null;
    RedisLink? link;

    string Where => (link?.Address ?? connection.Address)?.ToString() ?? connection.Name;

    /// <summary>One reading per query, in their order. Throws nothing for what the server or the network does.</summary>
    public async Task<IReadOnlyList<MetricReading>> ReadAsync(IReadOnlyList<RedisQuery> queries, CancellationToken deadline)
    {
        try
        {
            await turn.WaitAsync(deadline);
        }
        catch (OperationCanceledException)
        {
            return [.. queries.Select(_ => new Missing(MissingReason.Timeout, $"{connection.Name}: an earlier request took until the deadline"))];
        }
        try
        {
            // By value: policies that ask for the same key share a command.
            var lookups = new Dictionary<(string Key, bool Groups), KeyLookup>();
            if (await ConnectAsync(deadline) is { } failure)
                return [.. queries.Select(_ => failure)];
            foreach (var query in queries)
                lookups.TryAdd(IdOf(query), new KeyLookup(query.Key, query.Group is not null, types.GetValueOrDefault(query.Key), Where));
            await FillAsync(lookups.Values, deadline);
            return [.. queries.Select(query => lookups[IdOf(query)].For(query))];
        }
        finally
        {
            turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await DropLinkAsync();
        if (sentinels is not null)
            await sentinels.DisposeAsync();
    }

    static (string Key, bool Groups) IdOf(RedisQuery query) => (query.Key, query.Group is not null);

    /// <summary>Has an open connection to the right server; null when there is one, else why not.</summary>
    async Task<Missing?> ConnectAsync(CancellationToken deadline)
    {
        var started = time.GetTimestamp();
        var address = connection.Address;
        try
        {
            // Asked in every cycle, not only after a failure: a master that lost its office may go on answering.
            address ??= await sentinels!.FindMasterAsync(deadline);
            if (link is { IsQuiet: true } && link.Address == address)
                return null;
            await DropLinkAsync();
            link = await RedisLink.OpenAsync(address.Value, connection.Login, connection.Tls, connection.Database, deadline);
            return null;
        }
        catch (Exception e) when (RedisFailures.Of(e, address?.ToString() ?? connection.Name, deadline) is { } missing)
        {
            await DropLinkAsync();
            meter.SourceRequested(RedisSource.Word, connection.Name, missing.Reason.Word(), time.GetElapsedTime(started));
            return missing;
        }
    }

    async Task FillAsync(IReadOnlyCollection<KeyLookup> lookups, CancellationToken deadline)
    {
        Missing? failure = null;
        while (lookups.Where(lookup => !lookup.IsDone).ToList() is { Count: > 0 } open)
        {
            failure ??= await RoundTripAsync(open, deadline);
            if (failure is not null)
                foreach (var lookup in open.Where(lookup => !lookup.IsDone))
                    lookup.Fail(failure);
        }
        foreach (var lookup in lookups)
            lookup.Remember(types);
    }

    /// <summary>One pipeline. What was answered is taken even when the rest was not; null when all was answered, else why not.</summary>
    async Task<Missing?> RoundTripAsync(List<KeyLookup> lookups, CancellationToken deadline)
    {
        var started = time.GetTimestamp();
        int ahead = sentinels is null ? 0 : 1;
        var commands = lookups.ConvertAll(lookup => lookup.Next);
        if (sentinels is not null)
            commands.Insert(0, Role);
        var replies = new RespValue?[commands.Count];
        Missing? failure = null;
        try
        {
            await link!.PipelineAsync(commands, replies, deadline);
        }
        catch (Exception e) when (RedisFailures.Of(e, Where, deadline) is { } missing)
        {
            // A server that is full or in protected mode says so unasked and hangs up.
            failure = missing.Reason == MissingReason.Unreachable && replies[0] is RespError farewell && replies.Length > 1 && replies[1] is null
                ? RedisFailures.Of(farewell, Where)
                : missing;
        }
        if (sentinels is not null && NotMaster(replies[0]) is { } notMaster)
            failure ??= notMaster;
        else
            for (int i = 0; i < lookups.Count && replies[i + ahead] is { } reply; i++)
                lookups[i].Take(reply);
        var outcome = failure ?? RedisFailures.OfAll(replies.Skip(ahead), Where);
        meter.SourceRequested(RedisSource.Word, connection.Name, outcome?.Reason.Word() ?? "ok", time.GetElapsedTime(started));
        if (outcome is not null)
            await DropLinkAsync();
        return failure;
    }

    /// <summary>Null when the server says that it is a master.</summary>
    Missing? NotMaster(RespValue? role) => role switch
    {
        RespArray { Items: [RespText { Text: "master" }, ..] } => null,
        RespArray { Items: [RespText { Text: var other }, ..] } => new Missing(MissingReason.Unreachable, $"{Where}: named as master by the sentinels, but its role is {other}"),
        RespError error => RedisFailures.Of(error, Where),
        null => new Missing(MissingReason.Timeout, $"{Where}: no answer in time"),
        _ => new Missing(MissingReason.Malformed, $"{Where}: ROLE was answered in a form that is not understood"),
    };

    async ValueTask DropLinkAsync()
    {
        if (Interlocked.Exchange(ref link, null) is { } old)
            await old.DisposeAsync();
    }
}
