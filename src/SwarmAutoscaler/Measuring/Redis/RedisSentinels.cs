using System.Globalization;

namespace SwarmAutoscaler.Measuring.Redis;

/// <summary>
/// Finds the master. All sentinels are asked at once and the newest configuration (the highest <c>config-epoch</c>) wins: for up to two seconds
/// after a fail-over some sentinels still name the old master, which may be back, empty and sure of being master. For the same reason a master
/// that is being replaced is no master to read from.
/// </summary>
sealed class RedisSentinels(RedisSentinelGroup group, RedisTls? tls, TimeProvider time) : IAsyncDisposable
{
    /// <summary>How long the other sentinels may take once one has answered: a frozen one must not cost the reading.</summary>
    static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(250);

    readonly RedisLink?[] links = new RedisLink?[group.Addresses.Count];
    readonly RedisCommand question = new("SENTINEL", "MASTER", group.Master);

    /// <summary>The address of the present master.</summary>
    /// <exception cref="RedisException">No sentinel names one, or it is being replaced.</exception>
    /// <exception cref="OperationCanceledException">The deadline passed.</exception>
    public async Task<RedisAddress> FindMasterAsync(CancellationToken deadline)
    {
        var answers = await AskAllAsync(deadline);
        if (answers.OfType<MasterNamed>().MaxBy(answer => answer.Epoch) is not { } newest)
        {
            deadline.ThrowIfCancellationRequested();
            var failure = answers.OfType<NotNamed>().Select(answer => answer.Because).First();
            throw new RedisException(failure.Reason, $"no sentinel names the master '{group.Master}': {failure.Detail}");
        }
        return newest.IsBeingReplaced
            ? throw new RedisException(MissingReason.Unreachable, $"the sentinels say that the master '{group.Master}' ({newest.Address}) is down ({newest.Flags})")
            : newest.Address;
    }

    public async ValueTask DisposeAsync()
    {
        for (int i = 0; i < links.Length; i++)
            await DropLinkAsync(i);
    }

    /// <summary>In the order of the configuration, so that among equals the first wins.</summary>
    async Task<SentinelAnswer[]> AskAllAsync(CancellationToken deadline)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(deadline);
        await using var grace = time.CreateTimer(state => ((CancellationTokenSource)state!).Cancel(), stop, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var asked = Enumerable.Range(0, links.Length).Select(index => AskAsync(index, stop.Token)).ToList();
        await foreach (var answered in Task.WhenEach(asked))
            if (await answered is MasterNamed)
            {
                grace.Change(Grace, Timeout.InfiniteTimeSpan);
                break;
            }
        return await Task.WhenAll(asked);
    }

    async Task<SentinelAnswer> AskAsync(int index, CancellationToken deadline)
    {
        var where = $"sentinel {group.Addresses[index]}";
        try
        {
            if (links[index] is not { IsQuiet: true })
            {
                await DropLinkAsync(index);
                links[index] = await RedisLink.OpenAsync(group.Addresses[index], group.Login, tls, 0, deadline);
            }
            var replies = new RespValue?[1];
            await links[index]!.PipelineAsync([question], replies, deadline);
            return Understand(replies[0]!, where);
        }
        catch (Exception e) when (RedisFailures.Of(e, where, deadline) is { } missing)
        {
            await DropLinkAsync(index);
            return new NotNamed(missing);
        }
    }

    static SentinelAnswer Understand(RespValue reply, string where)
    {
        if (reply is RespError error)
            return new NotNamed(error.Text.StartsWith("ERR No such master", StringComparison.OrdinalIgnoreCase)
                ? new Missing(MissingReason.NotFound, $"{where}: {error.Text}")
                : RedisFailures.Of(error, where));
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        if (reply is RespArray { Items: var items })
            for (int i = 0; i + 1 < items.Count; i += 2)
                if (items[i] is RespText { Text: var name } && items[i + 1] is RespText { Text: var value })
                    fields[name] = value;
        return fields.GetValueOrDefault("ip") is { Length: > 0 } host
            && int.TryParse(fields.GetValueOrDefault("port"), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535
            && long.TryParse(fields.GetValueOrDefault("config-epoch"), NumberStyles.None, CultureInfo.InvariantCulture, out var epoch)
            ? new MasterNamed(new RedisAddress(host, port), epoch, fields.GetValueOrDefault("flags", ""))
            : new NotNamed(new Missing(MissingReason.Malformed, $"{where}: SENTINEL MASTER was answered in a form that is not understood"));
    }

    async ValueTask DropLinkAsync(int index)
    {
        if (Interlocked.Exchange(ref links[index], null) is { } link)
            await link.DisposeAsync();
    }

    abstract record SentinelAnswer;

    sealed record MasterNamed(RedisAddress Address, long Epoch, string Flags) : SentinelAnswer
    {
        /// <summary>What one sentinel alone thinks (<c>s_down</c>) may be its own network; what they agreed on counts.</summary>
        public bool IsBeingReplaced => Flags.Split(',').Any(flag => flag is "o_down" or "failover_in_progress");
    }

    sealed record NotNamed(Missing Because) : SentinelAnswer;
}
