using System.Text.Json;
using SwarmAutoscaler.Measuring;
using Xunit;

namespace SwarmAutoscaler.Applying;

[Collection(nameof(RealEngine))]
public sealed class ScalingARealServiceTests(RealEngine engine)
{
    [Fact]
    public async Task A_scale_changes_the_replica_count_and_not_one_byte_or_task_besides()
    {
        var id = await RichService.CreateAsync(engine);
        await engine.UntilAsync(RichService.Name, service => service.Running == 2);
        var before = await engine.SpecAsync(id);
        using (var parsed = JsonDocument.Parse(before))
            Assert.InRange(Leaves(parsed.RootElement), 80, int.MaxValue);
        var tasks = await engine.RunningTasksAsync(RichService.Name);

        Assert.Equal(ApplyOutcomeKind.Applied, await ScaleAsync(RichService.Name, 4));
        var after = await engine.SpecAsync(id);
        await engine.UntilAsync(RichService.Name, service => service.Running == 4);

        Assert.Equal(before.Replace("\"Replicas\":2", "\"Replicas\":4", StringComparison.Ordinal), after);
        Assert.Subset((await engine.RunningTasksAsync(RichService.Name)).ToHashSet(), tasks.ToHashSet());

        Assert.Equal(ApplyOutcomeKind.Applied, await ScaleAsync(RichService.Name, 2));
        Assert.Equal(before, await engine.SpecAsync(id));
        await engine.DockerAsync("service", "rm", RichService.Name);
    }

    [Fact]
    public async Task A_service_goes_to_zero_and_back()
    {
        await engine.CreateAsync("idle", "--replicas", "1");

        Assert.Equal(ApplyOutcomeKind.Applied, await ScaleAsync("idle", 0));
        var idle = await engine.UntilAsync("idle", service => service.Running == 0);
        Assert.Equal((0, ServiceMode.Replicated, RolloutState.None), (idle.Wanted, idle.Mode, idle.Rollout));
        Assert.Equal(ApplyOutcomeKind.Applied, await ScaleAsync("idle", 2));
        await engine.UntilAsync("idle", service => service.Running == 2);
    }

    [Fact]
    public async Task A_stale_version_is_a_conflict_and_changes_nothing()
    {
        var id = await engine.CreateAsync("contended", "--replicas", "1");
        var stale = await engine.StateAsync("contended");
        await engine.DockerAsync("service", "update", "-q", "--detach", "--label-add", "a=b", "contended");
        var spec = await engine.SpecAsync(id);

        var outcome = await engine.Swarm.ScaleAsync(stale, 3, CancellationToken.None);

        Assert.Equal(ApplyOutcomeKind.Conflict, outcome.Kind);
        Assert.Equal(spec, await engine.SpecAsync(id));
    }

    [Fact]
    public async Task Of_writers_that_decided_on_the_same_version_one_wins_and_the_others_conflict()
    {
        await engine.CreateAsync("raced", "--replicas", "1");
        var seen = await engine.StateAsync("raced");

        var outcomes = await Task.WhenAll(Enumerable.Range(2, 8).Select(replicas => engine.Swarm.ScaleAsync(seen, replicas, CancellationToken.None)));

        Assert.Single(outcomes, outcome => outcome.Kind == ApplyOutcomeKind.Applied);
        Assert.Equal(7, outcomes.Count(outcome => outcome.Kind == ApplyOutcomeKind.Conflict));
    }

    [Fact]
    public async Task The_engines_own_answer_to_a_stale_write_is_read_as_a_conflict()
    {
        var id = await engine.CreateAsync("outrun", "--replicas", "1");
        var body = System.Text.Encoding.UTF8.GetBytes((await engine.SpecAsync(id)).Replace("\"Replicas\":1", "\"Replicas\":2", StringComparison.Ordinal));
        var (_, at) = await engine.Client.GetAsync("test", $"/services/{id}", CancellationToken.None);

        var answer = await engine.Client.PostAsync(at!, "test", $"/services/{id}/update?version=1&registryAuthFrom=spec", body, CancellationToken.None);

        Assert.True(Assert.IsType<Answered>(answer).IsConflict, answer.Because);
    }

    [Fact]
    public async Task The_count_a_service_already_has_is_not_sent()
    {
        await engine.CreateAsync("content", "--replicas", "2");
        var before = await engine.UntilAsync("content", service => service.Running == 2);

        Assert.Equal(ApplyOutcomeKind.NotNeeded, await ScaleAsync("content", 2));
        Assert.Equal(before.Version, (await engine.StateAsync("content")).Version);
    }

    [Fact]
    public async Task A_service_that_is_gone_is_not_found_and_neither_is_its_successor_touched()
    {
        await engine.CreateAsync("reborn", "--replicas", "1");
        var old = await engine.StateAsync("reborn");
        await engine.DockerAsync("service", "rm", "reborn");
        await engine.CreateAsync("reborn", "--replicas", "1");

        Assert.Equal(ApplyOutcomeKind.NotFound, (await engine.Swarm.ScaleAsync(old, 3, CancellationToken.None)).Kind);
        Assert.Null((await engine.Swarm.ReadAsync(old.Id, CancellationToken.None)).Service);
        Assert.Equal(1, (await engine.StateAsync("reborn")).Wanted);
    }

    [Theory]
    [InlineData("global")]
    [InlineData("replicated-job")]
    [InlineData("global-job")]
    public async Task What_is_not_replicated_is_refused_and_left_alone(string mode)
    {
        var name = $"refused-{mode}";
        var id = await engine.CreateAsync(name, "--mode", mode);
        var spec = await engine.SpecAsync(id);

        Assert.Equal(ApplyOutcomeKind.Refused, await ScaleAsync(name, 3));
        Assert.Equal(spec, await engine.SpecAsync(id));
    }

    async Task<ApplyOutcomeKind> ScaleAsync(string name, int replicas)
    {
        // starting tasks do not change the version, a rollout would
        var outcome = await engine.Swarm.ScaleAsync(await engine.StateAsync(name), replicas, CancellationToken.None);
        return outcome.Kind;
    }

    static int Leaves(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().Sum(member => Leaves(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().Sum(Leaves),
        _ => 1,
    };
}
