using System.Diagnostics;
using SwarmAutoscaler.Cycle;
using Xunit;

namespace SwarmAutoscaler.Applying;

public sealed class EngineEventsTests
{
    const string Events = "GET /events", Updated = """{"Type":"service","Action":"update","Actor":{"ID":"sz6","Attributes":{"name":"web"}},"timeNano":1}""" + "\n";

    readonly CollectedLog<EngineEvents> log = new();
    int rests;

    [Fact]
    public async Task An_event_is_heard_while_the_stream_stays_open()
    {
        await using var given = await GivenEngine.StartAsync();
        given.Fake.On(Events, new FakeAnswer(200, Updated) { Stays = true });
        using var events = await StartAsync(given);

        await UntilAsync(() => given.Outside.QuietOf("sz6") is not null);

        Assert.Equal("/v1.41/events?filters=%7B%22type%22%3A%5B%22service%22%5D%7D", Assert.Single(given.Fake.Seen, IsEvents).Target);
        Assert.DoesNotContain(log.Lines, line => !line.StartsWith("Debug", StringComparison.Ordinal));
        await events.StopAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_stream_that_ends_is_opened_again_after_a_wait_that_grows()
    {
        await using var given = await GivenEngine.StartAsync();
        given.Fake.On(Events, new FakeAnswer(200, Updated));
        using var events = await StartAsync(given);

        foreach (double wait in (double[])[1, 2, 4, 8, 16, 30, 30])
        {
            int before = await RestAsync(given);
            given.Time.Advance(TimeSpan.FromSeconds(wait - 0.1));
            Assert.Equal(before, given.Fake.Seen.Count(IsEvents));
            given.Time.Advance(TimeSpan.FromSeconds(0.1));
            await UntilAsync(() => given.Fake.Seen.Count(IsEvents) == before + 1);
        }
        Assert.DoesNotContain(log.Lines, line => !line.StartsWith("Debug", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stream_that_cannot_be_opened_is_told_of_once_and_so_is_its_return()
    {
        await using var given = await GivenEngine.StartAsync();
        given.Fake.On(Events, FakeAnswer.Message(500, "the engine is tired"));
        using var events = await StartAsync(given);
        foreach (int wait in (int[])[1, 2, 4])
            await AgainAsync(given, wait);
        given.Fake.On(Events, new FakeAnswer(200, "") { Stays = true });
        await AgainAsync(given, 8);

        await UntilAsync(() => log.Lines.Any(line => line.StartsWith("Information: Listening to the events", StringComparison.Ordinal)));
        var told = Assert.Single(log.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal));
        Assert.Contains("the engine is tired", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_events_are_forbidden_that_is_told_once_and_hardly_ever_asked_again()
    {
        await using var given = await GivenEngine.StartAsync();
        given.Fake.On(Events, new FakeAnswer(403, "Forbidden by the proxy"));
        using var events = await StartAsync(given);
        await RestAsync(given);
        given.Time.Advance(TimeSpan.FromMinutes(9));
        Assert.Single(given.Fake.Seen, IsEvents);
        given.Time.Advance(TimeSpan.FromMinutes(1));
        await AgainAsync(given, 600);
        await RestAsync(given);

        var told = Assert.Single(log.Lines, line => !line.StartsWith("Debug", StringComparison.Ordinal));
        Assert.StartsWith("Warning: Listening to events is forbidden at unix://", told, StringComparison.Ordinal);
        Assert.Contains("Forbidden by the proxy", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_stream_follows_when_the_engine_in_use_is_left_for_another()
    {
        await using var second = GivenEngine.WithWeb(await FakeEngine.StartAsync());
        await using var given = await GivenEngine.StartAsync(second.Endpoint);
        given.Fake.On(Events, new FakeAnswer(200, "") { Stays = true });
        second.On(Events, new FakeAnswer(200, Updated) { Stays = true });
        using var events = await StartAsync(given);
        await UntilAsync(() => given.Fake.Seen.Any(IsEvents));

        given.Fake.On(GivenEngine.List, FakeAnswer.Message(500, "The swarm does not have a leader."));
        await given.Swarm.ListAsync(GivenEngine.Names, CancellationToken.None); // cut off, its events would never come
        await RestAsync(given);
        given.Time.Advance(EngineEvents.FirstWait);

        await UntilAsync(() => given.Outside.QuietOf("sz6") is not null);
        Assert.Single(second.Seen, IsEvents);
    }

    async Task<EngineEvents> StartAsync(GivenEngine given)
    {
        var events = new EngineEvents(given.Client, given.Outside, given.Time, log);
        await events.StartAsync(CancellationToken.None);
        return events;
    }

    /// <summary>Waits until the stream waits for the clock; returns how often it was asked for.</summary>
    async Task<int> RestAsync(GivenEngine given)
    {
        rests++;
        await UntilAsync(() => log.Lines.Count(line => line.StartsWith("Debug: The engine's event stream is opened again in ", StringComparison.Ordinal)) == rests);
        await UntilAsync(() => given.Time.NextDue is not null);
        return given.Fake.Seen.Count(IsEvents);
    }

    /// <summary>Exactly the wait passes: of a longer time the rest would pass while the stream is being opened, and time it out.</summary>
    async Task AgainAsync(GivenEngine given, int seconds)
    {
        int before = await RestAsync(given);
        given.Time.Advance(TimeSpan.FromSeconds(seconds));
        await UntilAsync(() => given.Fake.Seen.Count(IsEvents) == before + 1);
    }

    static bool IsEvents(SeenRequest request) => request.Target.Contains("/events", StringComparison.Ordinal);

    static async Task UntilAsync(Func<bool> condition)
    {
        long started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(20), "it does not come true");
            await Task.Delay(1);
        }
    }
}
