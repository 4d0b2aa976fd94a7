using System.Net.Sockets;
using Xunit;

namespace SwarmAutoscaler.Applying;

public sealed class WaitingTests
{
    static readonly FakeAnswer Frozen = new(200, "") { Hangs = true };

    [Fact]
    public async Task A_list_that_is_not_answered_ends_after_ten_seconds()
    {
        await using var given = await GivenEngine.StartAsync();
        given.Fake.On(GivenEngine.List, Frozen);

        var listing = given.Swarm.ListAsync(GivenEngine.Names, CancellationToken.None);
        await given.Fake.NextRequestAsync();
        await given.Fake.NextRequestAsync();
        given.Time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(listing.IsCompleted);
        given.Time.Advance(TimeSpan.FromSeconds(0.2));

        Assert.Contains("did not answer in time", Assert.IsType<NotListed>(await listing).Because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_write_that_is_not_answered_ends_after_fifteen_seconds_and_is_unknown()
    {
        await using var given = await GivenEngine.StartAsync();
        given.Fake.On(GivenEngine.Update, Frozen);

        var scaling = given.ScaleAsync(5);
        for (int i = 0; i < 3; i++)
            await given.Fake.NextRequestAsync();
        given.Time.Advance(TimeSpan.FromSeconds(14.9));
        Assert.False(scaling.IsCompleted);
        given.Time.Advance(TimeSpan.FromSeconds(0.2));

        Assert.Equal(ApplyOutcomeKind.Unknown, (await scaling).Kind);
        Assert.Single(given.Fake.Writes);
    }

    [Fact]
    public async Task A_read_before_a_write_that_is_not_answered_means_nothing_was_sent()
    {
        await using var given = await GivenEngine.StartAsync();
        given.Fake.On(GivenEngine.Read, Frozen);

        var scaling = given.ScaleAsync(5);
        await given.Fake.NextRequestAsync();
        await given.Fake.NextRequestAsync();
        given.Time.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal(ApplyOutcomeKind.Refused, (await scaling).Kind);
        Assert.Empty(given.Fake.Writes);
    }

    [Fact]
    public async Task Giving_up_a_write_that_was_sent_is_reported_as_unknown()
    {
        await using var given = await GivenEngine.StartAsync();
        given.Fake.On(GivenEngine.Update, Frozen);
        using var stop = new CancellationTokenSource();

        var scaling = given.Swarm.ScaleAsync(given.Web, 5, stop.Token);
        for (int i = 0; i < 3; i++)
            await given.Fake.NextRequestAsync();
        await stop.CancelAsync();

        Assert.Equal(ApplyOutcomeKind.Unknown, (await scaling).Kind);
    }

    [Theory]
    [InlineData(GivenEngine.Read)]
    [InlineData(GivenEngine.List)]
    public async Task Giving_up_before_a_write_is_sent_throws_and_sends_nothing(string frozen)
    {
        await using var given = await GivenEngine.StartAsync();
        given.Fake.On(frozen, Frozen);
        using var stop = new CancellationTokenSource();

        Task waiting = frozen == GivenEngine.Read ? given.Swarm.ScaleAsync(given.Web, 5, stop.Token) : given.Swarm.ListAsync(GivenEngine.Names, stop.Token);
        await given.Fake.NextRequestAsync();
        await given.Fake.NextRequestAsync();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Empty(given.Fake.Writes);
    }

    [Fact]
    public async Task A_token_that_is_cancelled_from_the_start_asks_nothing()
    {
        await using var given = await GivenEngine.StartAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given.Swarm.ScaleAsync(given.Web, 5, new CancellationToken(canceled: true)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given.Swarm.CheckAsync(new CancellationToken(canceled: true)));

        Assert.Empty(given.Fake.Seen);
    }

    [Fact]
    public async Task An_engine_that_accepts_connections_but_never_speaks_is_given_up()
    {
        var folder = Directory.CreateTempSubdirectory("sas-frozen-");
        using var silent = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var path = Path.Combine(folder.FullName, "docker.sock");
        silent.Bind(new UnixDomainSocketEndPoint(path));
        silent.Listen();
        await using var given = GivenEngine.At(await FakeEngine.StartAsync(), instead: new UnixEndpoint(path));

        var listing = given.Swarm.ListAsync(GivenEngine.Names, CancellationToken.None);
        using var connection = await silent.AcceptAsync();
        given.Time.Advance(TimeSpan.FromSeconds(4.1));

        Assert.Contains("did not answer in time", Assert.IsType<NotListed>(await listing).Because, StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }
}
