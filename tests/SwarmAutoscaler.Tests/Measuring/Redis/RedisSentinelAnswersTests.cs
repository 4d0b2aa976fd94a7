using System.Globalization;
using Xunit;

namespace SwarmAutoscaler.Measuring.Redis;

/// <summary>Which master is believed, told with sentinels and servers on loopback whose answers are literal.</summary>
public sealed class RedisSentinelAnswersTests
{
    [Fact]
    public async Task The_master_is_asked_that_the_sentinels_name()
    {
        await using var master = FakeRedis.WithLists(":5\r\n");
        await using var sentinel = Sentinel(master, 1);
        await using var trial = Trial(sentinel.Port);
        ReadingAsserts.Is(5, await trial.ReadAsync("{ key: jobs }"));
        ReadingAsserts.Is(5, await trial.ReadAsync("{ key: jobs }"));
        Assert.Equal((1, 1), (master.Connections, sentinel.Connections));
    }

    [Theory]
    [InlineData(0, 7, 5)]
    [InlineData(7, 0, 0)]
    public async Task The_newest_configuration_wins_over_one_that_still_names_the_old_master(int oldEpoch, int newEpoch, int expected)
    {
        await using var emptyOldMaster = FakeRedis.WithLists(":0\r\n");
        await using var newMaster = FakeRedis.WithLists(":5\r\n");
        await using var first = Sentinel(emptyOldMaster, oldEpoch);
        await using var second = Sentinel(newMaster, newEpoch);
        await using var trial = Trial(first.Port, second.Port);
        ReadingAsserts.Is(expected, await trial.ReadAsync("{ key: jobs }"));
    }

    [Fact]
    public async Task A_master_that_lost_its_office_is_left_though_it_still_answers()
    {
        await using var old = FakeRedis.WithLists(":0\r\n");
        await using var next = FakeRedis.WithLists(":5\r\n");
        var named = (Master: old, Epoch: 1);
        await using var sentinel = new FakeRedis(_ => Named(named.Master.Port, named.Epoch, "master"));
        await using var trial = Trial(sentinel.Port);
        ReadingAsserts.Is(0, await trial.ReadAsync("{ key: jobs }"));
        named = (next, 2);
        ReadingAsserts.Is(5, await trial.ReadAsync("{ key: jobs }"));
    }

    [Theory]
    [InlineData("master,s_down", 5)]
    [InlineData("master,s_down,o_down", null)]
    [InlineData("master,failover_in_progress", null)]
    public async Task A_master_that_is_being_replaced_is_not_read_from(string flags, int? expected)
    {
        await using var master = FakeRedis.WithLists(":5\r\n");
        await using var sentinel = new FakeRedis(_ => Named(master.Port, 1, flags));
        await using var trial = Trial(sentinel.Port);
        var reading = await trial.ReadAsync("{ key: jobs }");
        if (expected is { } value)
            ReadingAsserts.Is(value, reading);
        else
            ReadingAsserts.IsMissing(MissingReason.Unreachable, $"is down ({flags})", reading);
    }

    [Fact]
    public async Task A_server_that_says_it_is_a_replica_is_not_read_from()
    {
        await using var replica = new FakeRedis(command => command[0] switch { "ROLE" => "*1\r\n$5\r\nslave\r\n", "TYPE" => "+list\r\n", _ => ":0\r\n" });
        await using var sentinel = Sentinel(replica, 1);
        await using var trial = Trial(sentinel.Port);
        ReadingAsserts.IsMissing(MissingReason.Unreachable, "its role is slave", await trial.ReadAsync("{ key: jobs }"));
    }

    [Fact]
    public async Task A_sentinel_that_is_down_or_frozen_does_not_cost_the_reading()
    {
        int nobody;
        await using (var gone = FakeRedis.WithLists(":1\r\n"))
            nobody = gone.Port;
        await using var frozen = new FakeRedis(_ => null);
        await using var master = FakeRedis.WithLists(":5\r\n");
        await using var sentinel = Sentinel(master, 1);
        await using var trial = Trial(nobody, frozen.Port, sentinel.Port);
        ReadingAsserts.Is(5, await trial.ReadAsync("{ key: jobs }"));
    }

    [Theory]
    [InlineData("-ERR No such master with that name\r\n", MissingReason.NotFound, "no sentinel names the master 'mymaster'")]
    [InlineData("-NOAUTH Authentication required.\r\n", MissingReason.Unauthorized, "NOAUTH")]
    [InlineData("*0\r\n", MissingReason.Malformed, "SENTINEL MASTER was answered")]
    [InlineData("*2\r\n$2\r\nip\r\n$4\r\nhost\r\n", MissingReason.Malformed, "SENTINEL MASTER was answered")]
    [InlineData("HTTP/1.1 400\r\n", MissingReason.Malformed, "web server")]
    [InlineData(FakeRedis.HangUp, MissingReason.Unreachable, "sentinel 127.0.0.1:")]
    public async Task Without_a_master_the_first_sentinels_reason_is_given(string answer, MissingReason reason, string detail)
    {
        await using var sentinel = new FakeRedis(_ => answer);
        await using var trial = Trial(sentinel.Port);
        ReadingAsserts.IsMissing(reason, detail, await trial.ReadAsync("{ key: jobs }"));
        Assert.Equal([reason.Word()], trial.Outcomes);
    }

    [Fact]
    public async Task Silent_sentinels_are_a_time_out_at_the_deadline()
    {
        using var deadline = new CancellationTokenSource();
        await using var sentinel = new FakeRedis(_ =>
        {
            deadline.CancelAfter(TimeSpan.FromMilliseconds(50));
            return null;
        });
        await using var trial = Trial(sentinel.Port);
        ReadingAsserts.IsMissing(MissingReason.Timeout, "no answer in time", await trial.ReadAsync("{ key: jobs }", deadline.Token));
    }

    static RedisTrial Trial(params int[] sentinels) =>
        new($"{{ sentinels: [{string.Join(", ", sentinels.Select(port => $"'127.0.0.1:{port}'"))}], master: mymaster }}");

    static FakeRedis Sentinel(FakeRedis master, int epoch) => new(_ => Named(master.Port, epoch, "master"));

    static string Named(int port, int epoch, string flags)
    {
        string[] words = ["name", "mymaster", "ip", "127.0.0.1", "port", port.ToString(CultureInfo.InvariantCulture), "flags", flags,
            "config-epoch", epoch.ToString(CultureInfo.InvariantCulture)];
        return $"*{words.Length}\r\n{string.Concat(words.Select(word => $"${word.Length}\r\n{word}\r\n"))}";
    }
}
