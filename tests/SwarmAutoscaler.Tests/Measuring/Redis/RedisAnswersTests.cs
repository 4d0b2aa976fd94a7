using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.Measuring.Redis;

/// <summary>Literal answers of a server on loopback: what each means, and that a wrong one never becomes a number.</summary>
public sealed class RedisAnswersTests
{
    [Theory]
    [InlineData(":12\r\n", 12)]
    [InlineData(":0\r\n", 0)]
    [InlineData(":4294967296\r\n", 4294967296)]
    public async Task A_length_is_measured(string answer, double expected)
    {
        await using var redis = FakeRedis.WithLists(answer);
        await using var trial = new RedisTrial(redis.Url);
        ReadingAsserts.Is(expected, await trial.ReadAsync("{ key: jobs }"));
        Assert.Equal(["ok", "ok"], trial.Outcomes);
    }

    [Theory]
    [InlineData(":-1\r\n", MissingReason.Malformed, "LLEN jobs was answered with -1")]
    [InlineData("$2\r\n12\r\n", MissingReason.Malformed, "LLEN jobs was answered with a text")]
    [InlineData("*1\r\n:12\r\n", MissingReason.Malformed, "LLEN jobs was answered with an array")]
    [InlineData("$-1\r\n", MissingReason.Malformed, "LLEN jobs was answered with nothing")]
    [InlineData(":1e3\r\n", MissingReason.Malformed, "a number was expected")]
    [InlineData("12\r\n", MissingReason.Malformed, "a reply that begins with 0x31")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n", MissingReason.Malformed, "it answers like a web server")]
    [InlineData("-LOADING Redis is loading the dataset in memory\r\n", MissingReason.Error, "LOADING Redis is loading")]
    [InlineData("-BUSY Redis is busy running a script\r\n", MissingReason.Error, "BUSY Redis is busy")]
    [InlineData("-MASTERDOWN Link with MASTER is down\r\n", MissingReason.Error, "MASTERDOWN Link")]
    [InlineData("-CLUSTERDOWN The cluster is down\r\n", MissingReason.Error, "CLUSTERDOWN The cluster is down")]
    [InlineData("-MOVED 2169 127.0.0.1:17000\r\n", MissingReason.Error, "a Redis Cluster, which is not supported")]
    [InlineData("-NOAUTH Authentication required.\r\n", MissingReason.Unauthorized, "NOAUTH Authentication required.")]
    [InlineData("-NOPERM this user has no permissions to run the 'llen' command\r\n", MissingReason.Unauthorized, "'llen' command")]
    [InlineData("-ERR unknown command 'LLEN'\r\n", MissingReason.Unsupported, "unknown command")]
    [InlineData("-WRONGTYPE Operation against a key\r\n", MissingReason.Unsupported, "WRONGTYPE")]
    [InlineData("-ERR a\tstrange\u0007text\r\n", MissingReason.Error, "ERR a strange text")]
    [InlineData(":1" + FakeRedis.HangUp, MissingReason.Unreachable, "the server closed the connection")]
    [InlineData(FakeRedis.HangUp, MissingReason.Unreachable, "")]
    public async Task Anything_else_is_missing_with_its_reason(string answer, MissingReason reason, string detail)
    {
        await using var redis = FakeRedis.WithLists(answer);
        await using var trial = new RedisTrial(redis.Url);
        var reading = await trial.ReadAsync("{ key: jobs }");
        ReadingAsserts.IsMissing(reason, detail, reading);
        ReadingAsserts.IsMissing(reason, $"127.0.0.1:{redis.Port}: ", reading);
    }

    [Theory]
    [InlineData("+list\r\n:1\r\n", MissingReason.Malformed)]
    [InlineData("+string\r\n", MissingReason.Unsupported)]
    [InlineData("+ReJSON-RL\r\n", MissingReason.Unsupported)]
    [InlineData(":3\r\n", MissingReason.Malformed)]
    [InlineData("-ERR unknown command 'TYPE'\r\n", MissingReason.Unsupported)]
    public async Task A_type_that_cannot_be_used_is_missing(string answer, MissingReason reason)
    {
        await using var redis = new FakeRedis(command => command[0] == "TYPE" ? answer : "+nonsense\r\n");
        await using var trial = new RedisTrial(redis.Url);
        ReadingAsserts.IsMissing(reason, "", await trial.ReadAsync("{ key: jobs }"));
    }

    [Theory]
    [InlineData("-ERR max number of clients reached\r\n", MissingReason.Error, "max number of clients")]
    [InlineData("-DENIED Redis is running in protected mode\r\n", MissingReason.Unauthorized, "protected mode")]
    public async Task A_server_that_refuses_and_hangs_up_gives_its_reason_for_every_key(string answer, MissingReason reason, string detail)
    {
        await using var redis = new FakeRedis(_ => answer + FakeRedis.HangUp);
        await using var trial = new RedisTrial(redis.Url);
        foreach (var reading in await trial.ReadAllAsync("{ key: a }", "{ key: b }", "{ key: c }"))
            ReadingAsserts.IsMissing(reason, detail, reading);
        Assert.Equal([reason.Word()], trial.Outcomes);
    }

    [Fact]
    public async Task A_silent_server_is_a_time_out_at_the_deadline_and_is_left()
    {
        using var deadline = new CancellationTokenSource();
        await using var redis = new FakeRedis(_ =>
        {
            deadline.CancelAfter(TimeSpan.FromMilliseconds(50));
            return null;
        });
        await using var trial = new RedisTrial(redis.Url);
        ReadingAsserts.IsMissing(MissingReason.Timeout, "no answer in time", await trial.ReadAsync("{ key: jobs }", deadline.Token));
        await redis.ClientGone.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(["timeout"], trial.Outcomes);
    }

    [Fact]
    public async Task A_deadline_that_has_passed_already_is_a_time_out()
    {
        await using var redis = FakeRedis.WithLists(":1\r\n");
        await using var trial = new RedisTrial(redis.Url);
        ReadingAsserts.IsMissing(MissingReason.Timeout, "", await trial.ReadAsync("{ key: jobs }", new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task What_arrived_before_the_deadline_counts()
    {
        using var deadline = new CancellationTokenSource();
        await using var redis = new FakeRedis(command =>
        {
            if (command[0] == "TYPE")
                return "+list\r\n";
            if (command[1] == "a")
                return ":5\r\n";
            deadline.CancelAfter(TimeSpan.FromMilliseconds(100));
            return ":7";
        });
        await using var trial = new RedisTrial(redis.Url);
        var readings = await trial.ReadAllAsync(deadline.Token, "{ key: a }", "{ key: b }", "{ key: c }");
        ReadingAsserts.Is(5, readings[0]);
        ReadingAsserts.IsMissing(MissingReason.Timeout, "no answer in time", readings[1]);
        ReadingAsserts.IsMissing(MissingReason.Timeout, "no answer in time", readings[2]);
    }

    [Fact]
    public async Task A_server_that_takes_no_more_commands_until_its_replies_are_taken_does_not_block()
    {
        var longAnswer = $"-ERR {new string('x', 1000)}\r\n";
        await using var redis = new FakeRedis(_ => longAnswer);
        await using var trial = new RedisTrial(redis.Url);
        var one = trial.Metric("{ key: jobs }");
        var longName = new string('k', 500);
        var metrics = Enumerable.Range(0, 20_000).Select(number => one with { Query = (RedisQuery)one.Query with { Key = $"{longName}{number}" } }).ToArray();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        Assert.All(await trial.Source.ReadAsync(metrics, deadline.Token), reading => ReadingAsserts.IsMissing(MissingReason.Error, "ERR xxx", reading));
    }

    [Fact]
    public async Task A_late_reply_is_never_taken_for_the_answer_to_another_request()
    {
        using var deadline = new CancellationTokenSource();
        int asked = 0;
        await using var redis = new FakeRedis(command =>
        {
            if (command[0] == "TYPE")
                return "+list\r\n";
            if (++asked > 1)
                return command[1] == "b" ? ":2\r\n" : ":99\r\n";
            deadline.CancelAfter(TimeSpan.FromMilliseconds(50));
            return null;
        });
        await using var trial = new RedisTrial(redis.Url);
        ReadingAsserts.IsMissing(MissingReason.Timeout, "", await trial.ReadAsync("{ key: a }", deadline.Token));
        ReadingAsserts.Is(2, await trial.ReadAsync("{ key: b }"));
        Assert.Equal(2, redis.Connections);
    }

    [Fact]
    public async Task Policies_that_ask_for_the_same_key_share_a_command_and_each_gets_its_own_place()
    {
        var commands = new List<string>();
        await using var redis = new FakeRedis(command =>
        {
            commands.Add(string.Join(' ', command));
            return command[0] == "TYPE" ? "+list\r\n" : command[1] == "a" ? ":1\r\n" : ":2\r\n";
        });
        await using var trial = new RedisTrial(redis.Url);
        var readings = await trial.ReadAllAsync("{ key: b }", "{ key: a }", "{ key: b }");
        Assert.Equal([2d, 1d, 2d], readings.Select(reading => ((Measured)reading).Value));
        Assert.Equal(["TYPE b", "TYPE a", "LLEN b", "LLEN a"], commands);
        await trial.ReadAllAsync("{ key: b }", "{ key: a }", "{ key: b }");
        Assert.Equal(["LLEN b", "LLEN a"], commands[4..]);
        Assert.Equal(1, redis.Connections);
    }

    [Fact]
    public async Task A_server_before_7_0_reports_no_lag_which_is_said()
    {
        const string groups = "*1\r\n*8\r\n$4\r\nname\r\n$7\r\nworkers\r\n$9\r\nconsumers\r\n:1\r\n$7\r\npending\r\n:4\r\n$17\r\nlast-delivered-id\r\n$3\r\n0-0\r\n";
        await using var redis = new FakeRedis(_ => groups);
        await using var trial = new RedisTrial(redis.Url);
        var readings = await trial.ReadAllAsync("{ key: jobs, group: workers }", "{ key: jobs, group: workers, measure: pending }", "{ key: jobs, group: others }");
        ReadingAsserts.IsMissing(MissingReason.Unsupported, "version 7.0", readings[0]);
        ReadingAsserts.Is(4, readings[1]);
        ReadingAsserts.IsMissing(MissingReason.NotFound, "stream 'jobs' has no group 'others'", readings[2]);
    }

    [Theory]
    [InlineData("*1\r\n:1\r\n")]
    [InlineData("*1\r\n*1\r\n$4\r\nname\r\n")]
    [InlineData("*1\r\n*4\r\n$4\r\nname\r\n$7\r\nworkers\r\n$3\r\nlag\r\n:-1\r\n")]
    [InlineData("*1\r\n*4\r\n$4\r\nname\r\n$7\r\nworkers\r\n$3\r\nlag\r\n$1\r\n3\r\n")]
    [InlineData(":3\r\n")]
    public async Task An_answer_about_groups_that_is_not_understood_is_malformed(string answer)
    {
        await using var redis = new FakeRedis(_ => answer);
        await using var trial = new RedisTrial(redis.Url);
        ReadingAsserts.IsMissing(MissingReason.Malformed, "jobs was answered", await trial.ReadAsync("{ key: jobs, group: workers }").WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task A_password_that_a_server_repeats_does_not_get_out()
    {
        await using var redis = new FakeRedis(command => $"-ERR unknown command '{command[0]}', with args beginning with: '{command[^1]}'\r\n");
        await using var trial = new RedisTrial($"{{ url: 'redis://:hunter2@127.0.0.1:{redis.Port}' }}");
        var missing = Assert.IsType<Missing>(await trial.ReadAsync("{ key: jobs }"));
        Assert.Equal(MissingReason.Unauthorized, missing.Reason);
        Assert.DoesNotContain("hunter2", missing.ToString(), StringComparison.Ordinal);
        Assert.Contains("***", missing.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_at_the_address_is_unreachable()
    {
        int port;
        await using (var redis = FakeRedis.WithLists(":1\r\n"))
            port = redis.Port;
        await using var trial = new RedisTrial($"{{ url: 'redis://127.0.0.1:{port}' }}");
        ReadingAsserts.IsMissing(MissingReason.Unreachable, "refused", await trial.ReadAsync("{ key: jobs }"));
        Assert.Equal(["unreachable"], trial.Outcomes);
    }

    [Fact]
    public async Task A_host_name_that_does_not_exist_is_unreachable()
    {
        await using var trial = new RedisTrial("{ url: 'redis://no-such-host.invalid' }");
        ReadingAsserts.IsMissing(MissingReason.Unreachable, "no-such-host.invalid:6379: ", await trial.ReadAsync("{ key: jobs }"));
    }

    [Fact]
    public async Task A_password_file_that_cannot_be_read_is_named()
    {
        await using var redis = FakeRedis.WithLists(":1\r\n");
        await using var trial = new RedisTrial($"{{ url: 'redis://127.0.0.1:{redis.Port}', password_file: /nowhere/redis }}");
        ReadingAsserts.IsMissing(MissingReason.Unauthorized, "secret file /nowhere/redis cannot be read", await trial.ReadAsync("{ key: jobs }"));
    }

    [Fact]
    public async Task A_connection_is_closed_when_it_was_not_asked_for_10_minutes_and_opened_again_when_it_is()
    {
        var time = new ManualTime();
        await using var redis = FakeRedis.WithLists(":1\r\n");
        await using var trial = new RedisTrial(redis.Url, time);
        ReadingAsserts.Is(1, await trial.ReadAsync("{ key: jobs }"));
        time.Advance(TimeSpan.FromMinutes(9));
        ReadingAsserts.Is(1, await trial.ReadAsync("{ key: jobs }"));
        time.Advance(TimeSpan.FromMinutes(9));
        Assert.False(redis.ClientGone.Task.IsCompleted);
        time.Advance(TimeSpan.FromMinutes(2));
        await redis.ClientGone.Task.WaitAsync(TimeSpan.FromSeconds(20));
        ReadingAsserts.Is(1, await trial.ReadAsync("{ key: jobs }"));
        Assert.Equal(2, redis.Connections);
    }
}
