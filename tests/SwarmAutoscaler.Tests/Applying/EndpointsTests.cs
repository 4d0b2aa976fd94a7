using System.Net.Sockets;
using Xunit;

namespace SwarmAutoscaler.Applying;

public sealed class EndpointsTests
{
    static readonly UnixEndpoint Missing = new("/nowhere/docker.sock");

    [Fact]
    public async Task The_first_endpoint_that_answers_is_used()
    {
        var second = GivenEngine.WithWeb(await FakeEngine.StartAsync());
        await using var given = GivenEngine.At(second, instead: Missing, second.Endpoint);

        Assert.IsType<Listed>(await given.Swarm.ListAsync(GivenEngine.Names, CancellationToken.None));
        Assert.Equal(ApplyOutcomeKind.Applied, (await given.ScaleAsync(5)).Kind);
    }

    [Theory]
    [InlineData(503, "This node is not a swarm manager.")]
    [InlineData(500, "rpc error: code = Unknown desc = The swarm does not have a leader.")]
    public async Task After_a_manager_fails_the_next_call_goes_to_the_next_one(int status, string message)
    {
        await using var second = GivenEngine.WithWeb(await FakeEngine.StartAsync());
        await using var given = await GivenEngine.StartAsync(second.Endpoint);
        given.Fake.On(GivenEngine.List, FakeAnswer.Message(status, message));

        Assert.IsType<NotListed>(await given.Swarm.ListAsync(GivenEngine.Names, CancellationToken.None));
        Assert.IsType<Listed>(await given.Swarm.ListAsync(GivenEngine.Names, CancellationToken.None));
        Assert.IsType<Listed>(await given.Swarm.ListAsync(GivenEngine.Names, CancellationToken.None));

        Assert.Equal(2, given.Fake.Seen.Count);
        Assert.Equal(3, second.Seen.Count);
    }

    [Fact]
    public async Task A_write_that_failed_is_not_sent_to_another_manager()
    {
        await using var second = GivenEngine.WithWeb(await FakeEngine.StartAsync());
        await using var given = await GivenEngine.StartAsync(second.Endpoint);
        given.Fake.On(GivenEngine.Update, FakeAnswer.Message(500, "node lost leader status"));

        Assert.Equal(ApplyOutcomeKind.Unknown, (await given.ScaleAsync(5)).Kind);

        Assert.Empty(second.Seen);
    }

    [Fact]
    public async Task A_frozen_manager_costs_one_call_four_seconds()
    {
        await using var second = GivenEngine.WithWeb(await FakeEngine.StartAsync());
        await using var given = await GivenEngine.StartAsync(second.Endpoint);
        given.Fake.Ping = new FakeAnswer(200, "") { Hangs = true };

        var listing = given.Swarm.ListAsync(GivenEngine.Names, CancellationToken.None);
        await given.Fake.NextRequestAsync();
        given.Time.Advance(TimeSpan.FromSeconds(4.1));

        Assert.IsType<Listed>(await listing);
        Assert.IsType<Listed>(await given.Swarm.ListAsync(GivenEngine.Names, CancellationToken.None));
        Assert.Single(given.Fake.Seen);
    }

    [Fact]
    public async Task A_manager_that_is_behind_the_others_is_not_believed()
    {
        await using var second = GivenEngine.WithWeb(await FakeEngine.StartAsync());
        await using var given = await GivenEngine.StartAsync(second.Endpoint);
        given.Fake.On(GivenEngine.List, ListedAs(version: 12));
        Assert.IsType<Listed>(await given.ListAsync());
        given.Fake.On(GivenEngine.List, FakeAnswer.Message(500, "The swarm does not have a leader."));
        Assert.IsType<NotListed>(await given.ListAsync());

        Assert.Contains("its answer is old: web has version 11 there, 12 was seen before", Assert.IsType<NotListed>(await given.ListAsync()).Because, StringComparison.Ordinal);
        given.Fake.On(GivenEngine.List, ListedAs(version: 12));
        Assert.Equal(12UL, Assert.IsType<Listed>(await given.ListAsync()).Services["web"].Version);
    }

    [Fact]
    public async Task What_every_manager_says_is_believed_though_it_is_older()
    {
        await using var second = GivenEngine.WithWeb(await FakeEngine.StartAsync());
        await using var given = await GivenEngine.StartAsync(second.Endpoint);
        given.Fake.On(GivenEngine.List, ListedAs(version: 12));
        Assert.IsType<Listed>(await given.ListAsync());
        given.Fake.On(GivenEngine.List, ListedAs(version: 11));

        Assert.IsType<NotListed>(await given.ListAsync());
        Assert.Equal(11UL, Assert.IsType<Listed>(await given.ListAsync()).Services["web"].Version);
    }

    [Fact]
    public async Task A_service_that_was_made_anew_or_is_nobodys_may_have_any_version()
    {
        await using var second = GivenEngine.WithWeb(await FakeEngine.StartAsync());
        await using var given = await GivenEngine.StartAsync(second.Endpoint);
        given.Fake.On(GivenEngine.List, ListedAs(version: 12));
        Assert.IsType<Listed>(await given.ListAsync());

        given.Fake.On(GivenEngine.List, ListedAs(version: 5, id: "anew"));
        Assert.IsType<Listed>(await given.ListAsync());
        given.Fake.On(GivenEngine.List, ListedAs(version: 4, id: "anew"));
        Assert.IsType<Listed>(await given.Swarm.ListAsync(new HashSet<string>(), CancellationToken.None));
    }

    static FakeAnswer ListedAs(ulong version, string id = GivenEngine.Id) => new(200, $"[{GivenEngine.Listed(version: version, id: id)}]");

    [Fact]
    public async Task Every_endpoint_that_fails_says_why()
    {
        await using var given = GivenEngine.At(await FakeEngine.StartAsync(), instead: Missing, new TcpEndpoint("127.0.0.1", FreePort(), null));

        var because = await given.Swarm.CheckAsync(CancellationToken.None);

        Assert.Contains("/nowhere/docker.sock does not exist: mount the engine's socket", because, StringComparison.Ordinal);
        Assert.Contains("refused the connection", because, StringComparison.Ordinal);
        var outcome = await given.ScaleAsync(5);
        Assert.Equal(ApplyOutcomeKind.Refused, outcome.Kind);
        Assert.StartsWith("nothing was sent", outcome.Because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_in_the_sockets_place_is_explained()
    {
        var folder = Directory.CreateTempSubdirectory("docker.sock-");
        await using var given = GivenEngine.At(await FakeEngine.StartAsync(), instead: new UnixEndpoint(folder.FullName));

        Assert.Contains("is a folder: the engine's socket did not exist when it was mounted", await given.Swarm.CheckAsync(CancellationToken.None), StringComparison.Ordinal);
        folder.Delete();
    }

    [Fact]
    public async Task A_socket_that_nobody_listens_on_is_explained()
    {
        var folder = Directory.CreateTempSubdirectory("sas-left-");
        var path = Path.Combine(folder.FullName, "docker.sock");
        using (var left = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            left.Bind(new UnixDomainSocketEndPoint(path));
        if (!File.Exists(path))
            await File.WriteAllTextAsync(path, "");
        await using var given = GivenEngine.At(await FakeEngine.StartAsync(), instead: new UnixEndpoint(path));

        Assert.Contains($"nothing listens on {path}: is the Docker engine running?", await given.Swarm.CheckAsync(CancellationToken.None), StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    [Fact]
    public void A_socket_without_permission_names_the_group()
    {
        var because = EngineConnector.Explain(new UnixEndpoint("/var/run/docker.sock"), SocketError.AccessDenied);

        Assert.Contains("add the socket's group to the container's user", because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_is_told_from_a_manager_with_what_to_do()
    {
        await using var given = await GivenEngine.StartAsync();
        Assert.Null(await given.Swarm.CheckAsync(CancellationToken.None));
        given.Fake.On(GivenEngine.List, FakeAnswer.Message(503, "This node is not a swarm manager."));

        Assert.Contains("run this service on a manager (constraint node.role == manager)", await given.Swarm.CheckAsync(CancellationToken.None), StringComparison.Ordinal);
    }

    static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
