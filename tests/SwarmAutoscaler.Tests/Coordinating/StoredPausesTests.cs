using SwarmAutoscaler.Cycle;
using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.Coordinating;

/// <summary>Pauses that several instances share.</summary>
public sealed class StoredPausesTests
{
    const string Name = "swarm-autoscaler-pauses";

    readonly ManualTime world = new();
    readonly RaftStory raft;

    public StoredPausesTests() => raft = new RaftStory(world);

    [Fact]
    public async Task What_one_instance_sets_another_knows_after_its_next_look_and_so_does_a_restarted_one()
    {
        using StoredPauses one = Instance(), other = Instance();
        await other.RefreshAsync(default);
        var half = new Pause(world.GetUtcNow(), world.GetUtcNow() + TimeSpan.FromMinutes(30));
        Assert.Null(await one.SetAsync("web", half, default));
        Assert.Null(await one.SetAsync("api", new Pause(world.GetUtcNow(), null), default));
        Assert.Null(Of(other, "web"));
        await other.RefreshAsync(default);
        Assert.Equal((half, new Pause(world.GetUtcNow(), null)), (Of(other, "web"), Of(other, "api")));

        world.Advance(TimeSpan.FromMinutes(30));
        Assert.Null(await other.SetAsync("api", null, default));
        using var restarted = Instance();
        await restarted.RefreshAsync(default);
        Assert.Equal((null, null), (Of(restarted, "web"), Of(restarted, "api")));
        Assert.Empty(raft.Now[Name].Labels); // what was over went with the write
    }

    [Fact]
    public async Task Two_that_write_at_a_time_both_succeed()
    {
        using StoredPauses one = Instance(), other = Instance();
        bool isFirst = true;
        var overtaken = new StoryConfigs(raft, world, world);
        overtaken.Next = isWrite =>
        {
            if (isWrite && isFirst)
            {
                isFirst = false;
                Assert.Null(other.SetAsync("api", new Pause(world.GetUtcNow(), null), default).Result); // between the other's read and write; at once, in memory
            }
            return new Journey(TimeSpan.Zero, TimeSpan.Zero);
        };
        using var late = new StoredPauses(overtaken, Name, world, new CollectedLog<StoredPauses>());
        Assert.Null(await late.SetAsync("web", new Pause(world.GetUtcNow(), null), default));
        await one.RefreshAsync(default);
        Assert.NotNull(Of(one, "web"));
        Assert.NotNull(Of(one, "api"));
    }

    [Fact]
    public async Task A_write_whose_answer_is_lost_is_looked_for_and_not_made_twice()
    {
        var configs = new StoryConfigs(raft, world, world) { Next = isWrite => new Journey(TimeSpan.Zero, TimeSpan.Zero, AnswerIsLost: isWrite) };
        using var pauses = new StoredPauses(configs, Name, world, new CollectedLog<StoredPauses>());
        var setting = pauses.SetAsync("web", new Pause(world.GetUtcNow(), null), default);
        world.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await setting);
        Assert.Equal(1, raft.Writes[Name]);
    }

    [Fact]
    public async Task Without_an_answer_it_is_not_set_and_says_why()
    {
        var configs = new StoryConfigs(raft, world, world) { Next = _ => new Journey(TimeSpan.Zero, TimeSpan.Zero, IsLost: true) };
        using var pauses = new StoredPauses(configs, Name, world, new CollectedLog<StoredPauses>());
        var setting = pauses.SetAsync("web", new Pause(world.GetUtcNow(), null), default);
        world.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("no answer", await setting);
        Assert.Null(Of(pauses, "web"));
    }

    [Fact]
    public async Task What_was_never_read_is_in_doubt_and_what_was_read_once_stays()
    {
        bool isLost = true;
        var configs = new StoryConfigs(raft, world, world) { Next = _ => new Journey(TimeSpan.Zero, TimeSpan.Zero, IsLost: isLost) };
        using var pauses = new StoredPauses(configs, Name, world, new CollectedLog<StoredPauses>());
        Assert.Equal("it was not read yet", pauses.Doubt);
        await RefreshAsync(pauses);
        Assert.Equal("no answer", pauses.Doubt);
        isLost = false;
        Assert.Null(await pauses.SetAsync("web", new Pause(world.GetUtcNow(), null), default));
        isLost = true;
        await RefreshAsync(pauses);
        Assert.Equal((null, true), (pauses.Doubt, Of(pauses, "web") is not null));
    }

    [Fact]
    public async Task A_manager_that_is_behind_ends_no_pause()
    {
        TimeSpan? age = null;
        var configs = new StoryConfigs(raft, world, world) { Next = _ => new Journey(TimeSpan.Zero, TimeSpan.Zero, Age: age) };
        using var pauses = new StoredPauses(configs, Name, world, new CollectedLog<StoredPauses>());
        await pauses.SetAsync("api", new Pause(world.GetUtcNow(), null), default);
        world.Advance(TimeSpan.FromSeconds(10));
        await pauses.SetAsync("web", new Pause(world.GetUtcNow(), null), default);
        foreach (int seconds in (int[])[5, 60]) // before the second was set; before there was anything
        {
            age = TimeSpan.FromSeconds(seconds);
            await pauses.RefreshAsync(default);
            Assert.NotNull(Of(pauses, "web"));
        }
    }

    [Fact]
    public async Task Versions_that_have_fallen_for_good_are_a_Swarm_restored_from_a_backup()
    {
        TimeSpan? age = null;
        var configs = new StoryConfigs(raft, world, world) { Next = _ => new Journey(TimeSpan.Zero, TimeSpan.Zero, Age: age) };
        using var pauses = new StoredPauses(configs, Name, world, new CollectedLog<StoredPauses>());
        await pauses.SetAsync("api", new Pause(world.GetUtcNow(), null), default);
        world.Advance(TimeSpan.FromHours(1));
        await pauses.SetAsync("web", new Pause(world.GetUtcNow(), null), default);
        age = TimeSpan.FromMinutes(30);
        await pauses.RefreshAsync(default);
        world.Advance(TimeSpan.FromSeconds(29));
        await pauses.RefreshAsync(default);
        Assert.NotNull(Of(pauses, "web"));
        world.Advance(TimeSpan.FromSeconds(1));
        await pauses.RefreshAsync(default);
        Assert.Equal((true, null), (Of(pauses, "api") is not null, Of(pauses, "web")));
    }

    [Fact]
    public async Task A_look_that_was_asked_for_after_a_pause_was_set_sees_it_though_another_look_is_under_way()
    {
        using var setting = Instance();
        var slow = new StoryConfigs(raft, world, world) { Next = _ => new Journey(TimeSpan.Zero, TimeSpan.FromSeconds(0.5)) };
        using var acting = new StoredPauses(slow, Name, world, new CollectedLog<StoredPauses>());
        var first = acting.RefreshAsync(default);
        await setting.SetAsync("web", new Pause(world.GetUtcNow(), null), default);
        var second = acting.RefreshAsync(default);
        var third = acting.RefreshAsync(default);
        world.Advance(TimeSpan.FromSeconds(0.5));
        await first;
        Assert.Null(Of(acting, "web"));
        while (!second.IsCompleted)
        {
            world.Advance(TimeSpan.FromSeconds(0.5));
            await Task.Yield();
        }
        await Task.WhenAll(second, third);
        Assert.NotNull(Of(acting, "web"));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("")]
    [InlineData("2026-01-01T00:00:00.0000000Z/soon")]
    public async Task A_label_that_is_not_understood_was_meant_as_a_pause(string text)
    {
        raft.Scribble(Name, ("swarm-autoscaler.pause.web", text), ("theirs", "kept"));
        var log = new CollectedLog<StoredPauses>();
        using var pauses = new StoredPauses(new StoryConfigs(raft, world, world), Name, world, log);
        await pauses.RefreshAsync(default);
        Assert.Null(Of(pauses, "web")!.Until);
        Assert.Equal($"Warning: The label swarm-autoscaler.pause.web holds no pause: '{text}'; the service is taken for paused until it is resumed", Assert.Single(log.Lines));
        Assert.Null(await pauses.SetAsync("web", null, default));
        Assert.Equal([new KeyValuePair<string, string>("theirs", "kept")], raft.Now[Name].Labels);
    }

    StoredPauses Instance() => new(new StoryConfigs(raft, world, world), Name, world, new CollectedLog<StoredPauses>());

    Pause? Of(StoredPauses pauses, string service) => pauses.Of(service, world.GetUtcNow());

    async Task RefreshAsync(StoredPauses pauses)
    {
        var refreshing = pauses.RefreshAsync(default);
        world.Advance(TimeSpan.FromSeconds(1));
        await refreshing;
    }
}
