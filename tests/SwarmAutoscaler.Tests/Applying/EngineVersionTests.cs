using Xunit;

namespace SwarmAutoscaler.Applying;

public sealed class EngineVersionTests
{
    [Theory]
    [InlineData("1.40", "1.41 or newer")]
    [InlineData("1.4", "1.41 or newer")]
    [InlineData("0.99", "1.41 or newer")]
    [InlineData(null, "which API version")]
    [InlineData("", "which API version")]
    [InlineData("latest", "which API version")]
    [InlineData("1", "which API version")]
    [InlineData("1.41.2", "which API version")]
    public async Task An_engine_with_an_unusable_version_is_neither_read_nor_written(string? version, string because)
    {
        await using var given = await GivenEngine.StartAsync();
        given.Fake.ApiVersion = version;

        var outcome = await given.ScaleAsync(5);
        var listing = Assert.IsType<NotListed>(await given.Swarm.ListAsync(GivenEngine.Names, CancellationToken.None));

        Assert.Equal(ApplyOutcomeKind.Refused, outcome.Kind);
        Assert.Contains(because, outcome.Because, StringComparison.Ordinal);
        Assert.Contains(because, listing.Because, StringComparison.Ordinal);
        Assert.Contains(because, await given.Swarm.CheckAsync(CancellationToken.None), StringComparison.Ordinal);
        Assert.All(given.Fake.Seen, request => Assert.Equal("/_ping", request.Target));
    }

    [Fact]
    public async Task The_version_is_asked_for_once_while_all_is_well()
    {
        await using var given = await GivenEngine.StartAsync();

        for (int i = 0; i < 5; i++)
            await given.Swarm.ListAsync(GivenEngine.Names, CancellationToken.None);

        Assert.Single(given.Fake.Seen, request => request.Target == "/_ping");
    }

    [Fact]
    public async Task An_engine_upgraded_between_two_calls_is_asked_again_before_anything_is_written()
    {
        await using var given = await GivenEngine.StartAsync();
        await given.Swarm.ListAsync(GivenEngine.Names, CancellationToken.None);
        given.Fake.ApiVersion = "1.47";
        given.Fake.Answers[GivenEngine.Read] = _ => new FakeAnswer(200, GivenEngine.Service());

        var first = await given.ScaleAsync(5);
        var second = await given.ScaleAsync(5);

        Assert.Equal(ApplyOutcomeKind.Refused, first.Kind);
        Assert.Contains("now speaks API 1.47 instead of 1.41", first.Because, StringComparison.Ordinal);
        Assert.Equal(ApplyOutcomeKind.Applied, second.Kind);
        Assert.StartsWith("/v1.47/", Assert.Single(given.Fake.Writes).Target);
    }

    [Fact]
    public async Task After_a_failed_call_the_version_is_asked_again()
    {
        await using var given = await GivenEngine.StartAsync();
        given.Fake.On(GivenEngine.List, new FakeAnswer(200, "") { Breaks = true });
        Assert.IsType<NotListed>(await given.Swarm.ListAsync(GivenEngine.Names, CancellationToken.None));
        GivenEngine.WithWeb(given.Fake);

        Assert.IsType<Listed>(await given.Swarm.ListAsync(GivenEngine.Names, CancellationToken.None));

        Assert.Equal(2, given.Fake.Seen.Count(request => request.Target == "/_ping"));
    }

    [Fact]
    public async Task A_conflict_is_no_reason_to_ask_again()
    {
        await using var given = await GivenEngine.StartAsync();
        given.Fake.On(GivenEngine.Update, FakeAnswer.Message(500, "rpc error: code = Unknown desc = update out of sequence"));

        await given.ScaleAsync(5);
        await given.ScaleAsync(5);

        Assert.Single(given.Fake.Seen, request => request.Target == "/_ping");
    }
}
