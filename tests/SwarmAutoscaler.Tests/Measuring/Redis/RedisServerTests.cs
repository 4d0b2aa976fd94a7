using System.Globalization;
using Xunit;

namespace SwarmAutoscaler.Measuring.Redis;

/// <summary>A server for everyone, which no test disturbs.</summary>
public sealed class OpenRedis : IAsyncLifetime
{
    internal RedisInstance Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await RedisInstance.StartAsync("redis-open");

    public Task DisposeAsync() => Server.StopAsync();
}

/// <summary>A real server answers.</summary>
public sealed class RedisServerTests(OpenRedis open) : IClassFixture<OpenRedis>
{
    readonly RedisInstance redis = open.Server;

    [Theory]
    [InlineData("RPUSH KEY a b c", 3)]
    [InlineData("SADD KEY a b c d", 4)]
    [InlineData("ZADD KEY 1 a 2 b", 2)]
    [InlineData("HSET KEY f 1 g 2 h 3 i 4 j 5", 5)]
    [InlineData("XADD KEY * f 1", 1)]
    [InlineData("DEL KEY", 0)]
    public async Task The_length_of_a_key_is_read_by_its_type(string command, int expected)
    {
        var key = NewKey();
        await redis.CommandAsync([.. command.Split(' ').Select(word => word == "KEY" ? key : word)]);
        await using var trial = new RedisTrial(redis.Url);
        ReadingAsserts.Is(expected, await trial.ReadAsync($"{{ key: '{key}' }}"));
        ReadingAsserts.Is(expected, await trial.ReadAsync($"{{ key: '{key}' }}"));
    }

    [Fact]
    public async Task A_key_with_any_characters_is_found()
    {
        var key = NewKey() + " {a}\u00fc\u4e2d\t\"";
        await redis.CommandAsync("RPUSH", key, "a", "b");
        await using var trial = new RedisTrial(redis.Url);
        ReadingAsserts.Is(2, await trial.ReadAsync($"{{ key: \"{key.Replace("\t", "\\t", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\" }}"));
    }

    [Fact]
    public async Task A_text_has_no_length()
    {
        var key = NewKey();
        await redis.CommandAsync("SET", key, "12");
        await using var trial = new RedisTrial(redis.Url);
        ReadingAsserts.IsMissing(MissingReason.Unsupported, $"key '{key}' is of type 'string'", await trial.ReadAsync($"{{ key: '{key}' }}"));
    }

    [Fact]
    public async Task A_queue_that_is_emptied_and_filled_and_becomes_another_type_is_followed()
    {
        var key = NewKey();
        await using var trial = new RedisTrial(redis.Url);
        var query = $"{{ key: '{key}' }}";
        ReadingAsserts.Is(0, await trial.ReadAsync(query));
        await redis.CommandAsync("RPUSH", key, "a", "b");
        ReadingAsserts.Is(2, await trial.ReadAsync(query));
        await redis.CommandAsync("DEL", key);
        ReadingAsserts.Is(0, await trial.ReadAsync(query));
        await redis.CommandAsync("ZADD", key, "1", "a", "2", "b", "3", "c");
        ReadingAsserts.Is(3, await trial.ReadAsync(query));
        await redis.CommandAsync("SET", key, "text");
        ReadingAsserts.IsMissing(MissingReason.Unsupported, "of type 'string'", await trial.ReadAsync(query));
        Assert.All(trial.Outcomes, outcome => Assert.Equal("ok", outcome));
    }

    [Fact]
    public async Task A_consumer_groups_lag_and_pending_entries_are_read()
    {
        var key = NewKey();
        for (int i = 0; i < 5; i++)
            await redis.CommandAsync("XADD", key, "*", "job", "1");
        await redis.CommandAsync("XGROUP", "CREATE", key, "workers", "0");
        await redis.CommandAsync("XGROUP", "CREATE", key, "late", "$");
        await redis.CommandAsync("XREADGROUP", "GROUP", "workers", "one", "COUNT", "2", "STREAMS", key, ">");
        await using var trial = new RedisTrial(redis.Url);
        var readings = await trial.ReadAllAsync(
            $"{{ key: '{key}', group: workers }}", $"{{ key: '{key}', group: workers, measure: pending }}", $"{{ key: '{key}', group: late }}",
            $"{{ key: '{key}' }}", $"{{ key: '{key}', group: none }}", $"{{ key: '{key}-none', group: workers }}");
        ReadingAsserts.Is(3, readings[0]);
        ReadingAsserts.Is(2, readings[1]);
        ReadingAsserts.Is(0, readings[2]);
        ReadingAsserts.Is(5, readings[3]);
        ReadingAsserts.IsMissing(MissingReason.NotFound, $"stream '{key}' has no group 'none'", readings[4]);
        ReadingAsserts.IsMissing(MissingReason.NotFound, $"there is no stream '{key}-none'", readings[5]);
    }

    [Fact]
    public async Task A_lag_that_the_server_does_not_know_is_not_zero()
    {
        var key = NewKey();
        for (int i = 1; i <= 5; i++)
            await redis.CommandAsync("XADD", key, $"{i}-1", "job", "1");
        await redis.CommandAsync("XGROUP", "CREATE", key, "workers", "2-1");
        await using var trial = new RedisTrial(redis.Url);
        ReadingAsserts.IsMissing(MissingReason.Unsupported, "is not known to Redis for now", await trial.ReadAsync($"{{ key: '{key}', group: workers }}"));
    }

    [Fact]
    public async Task A_list_has_no_groups()
    {
        var key = NewKey();
        await redis.CommandAsync("RPUSH", key, "a");
        await using var trial = new RedisTrial(redis.Url);
        ReadingAsserts.IsMissing(MissingReason.Unsupported, $"key '{key}' is no stream", await trial.ReadAsync($"{{ key: '{key}', group: workers }}"));
    }

    [Fact]
    public async Task The_database_is_chosen_by_its_number()
    {
        var key = NewKey();
        await redis.CommandAsync("-n", "3", "RPUSH", key, "a", "b");
        await using var third = new RedisTrial($"{{ url: 'redis://127.0.0.1:{redis.Port}/3' }}");
        await using var zero = new RedisTrial(redis.Url);
        await using var beyond = new RedisTrial($"{{ url: 'redis://127.0.0.1:{redis.Port}/99' }}");
        ReadingAsserts.Is(2, await third.ReadAsync($"{{ key: '{key}' }}"));
        ReadingAsserts.Is(0, await zero.ReadAsync($"{{ key: '{key}' }}"));
        ReadingAsserts.IsMissing(MissingReason.NotFound, "DB index is out of range", await beyond.ReadAsync($"{{ key: '{key}' }}"));
    }

    [Fact]
    public async Task A_thousand_keys_are_one_round_trip_once_their_types_are_known()
    {
        var key = NewKey();
        await FillAsync(key, 1000);
        await using var trial = new RedisTrial(redis.Url);
        var queries = Enumerable.Range(1, 1000).Select(number => $"{{ key: '{key}:{number}' }}").ToArray();
        await trial.ReadAllAsync(queries);
        Assert.Equal(["ok", "ok"], trial.Outcomes);
        var (calls, reads) = (await CountAsync("commandstats", "cmdstat_llen:calls="), await CountAsync("stats", "total_reads_processed:"));
        var readings = await trial.ReadAllAsync(queries);
        Assert.Equal(["ok", "ok", "ok"], trial.Outcomes);
        Assert.Equal(1000, await CountAsync("commandstats", "cmdstat_llen:calls=") - calls);
        // 1,000 commands are about 40 kB, which the server takes in 16 kB pieces; the rest are the questions of this test.
        Assert.InRange(await CountAsync("stats", "total_reads_processed:") - reads, 1, 20);
        for (int i = 0; i < 1000; i++)
            ReadingAsserts.Is(1 + (i + 1) % 7, readings[i]);
    }

    [Fact]
    public async Task A_hundred_thousand_keys_are_one_round_trip_too()
    {
        var key = NewKey();
        await FillAsync(key, 100_000);
        await using var trial = new RedisTrial(redis.Url);
        var one = trial.Metric($"{{ key: '{key}' }}");
        var metrics = Enumerable.Range(1, 100_000).Select(number => one with { Query = (RedisQuery)one.Query with { Key = $"{key}:{number}" } }).ToArray();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var readings = await trial.Source.ReadAsync(metrics, deadline.Token);
        for (int i = 0; i < readings.Count; i++)
            ReadingAsserts.Is(1 + (i + 1) % 7, readings[i]);
        Assert.Equal(["ok", "ok"], trial.Outcomes);
    }

    [Fact]
    public async Task Cycles_that_read_at_the_same_time_each_get_their_own_numbers()
    {
        var key = NewKey();
        await FillAsync(key, 50);
        await using var trial = new RedisTrial(redis.Url);
        await Task.WhenAll(Enumerable.Range(1, 50).Select(async number =>
            ReadingAsserts.Is(1 + number % 7, await Task.Run(() => trial.ReadAsync($"{{ key: '{key}:{number}' }}")))));
    }

    [Fact]
    public async Task A_connection_that_the_server_closed_in_between_costs_no_reading()
    {
        var key = NewKey();
        await redis.CommandAsync("RPUSH", key, "a");
        await using var trial = new RedisTrial(redis.Url);
        for (int i = 0; i < 3; i++)
        {
            ReadingAsserts.Is(1, await trial.ReadAsync($"{{ key: '{key}' }}"));
            await redis.CommandAsync("CLIENT", "KILL", "TYPE", "normal");
        }
        Assert.All(trial.Outcomes, outcome => Assert.Equal("ok", outcome));
    }

    static string NewKey() => $"queue:{Guid.NewGuid():N}";

    /// <summary>Lists KEY:1 to KEY:count, with 1 to 7 items: 1 + number mod 7.</summary>
    Task<string> FillAsync(string key, int count) => redis.CommandAsync("EVAL",
        "for i = 1, tonumber(ARGV[1]) do for j = 0, i % 7 do redis.call('RPUSH', KEYS[1] .. ':' .. i, j) end end return 1",
        "1", key, count.ToString(CultureInfo.InvariantCulture));

    async Task<long> CountAsync(string section, string start)
    {
        var line = (await redis.CommandAsync("INFO", section)).Split("\r\n").FirstOrDefault(line => line.StartsWith(start, StringComparison.Ordinal), start + "0");
        return long.Parse(line[start.Length..].Split(',')[0], CultureInfo.InvariantCulture);
    }
}
