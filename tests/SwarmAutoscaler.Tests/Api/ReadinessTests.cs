using SwarmAutoscaler.Coordinating;
using SwarmAutoscaler.Recording;
using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.Api;

public sealed class ReadinessTests
{
    readonly FakeSwarm swarm = new();
    readonly ManualTime time = new();
    readonly FixedPolicies policies = new([Decisions.Policy()]);
    readonly Readiness readiness;

    public ReadinessTests() => readiness = new Readiness(swarm, policies, new SoleInstance(), time);

    [Theory]
    [InlineData(true, null, true)]
    [InlineData(false, null, false)]
    [InlineData(true, "connection refused", false)]
    public async Task Ready_is_loaded_policies_and_an_engine_that_answers(bool isLoaded, string? engine, bool isReady)
    {
        policies.IsLoaded = isLoaded;
        swarm.Answer = _ => Task.FromResult(engine);
        Assert.Equal(isReady, (await readiness.CheckAsync(default)).IsReady);
    }

    [Fact]
    public async Task Errors_in_some_documents_are_told_but_do_not_stop_the_others()
    {
        policies.Errors = ["policies/a.yml:3:5: unknown key 'maxx'"];
        var report = await readiness.CheckAsync(default);
        Assert.True(report.IsReady);
        Assert.Equal(policies.Errors, report.Errors);
    }

    [Theory]
    [InlineData("policies/a.yml:3:5: unknown key 'maxx'", false)]
    [InlineData("policies/:1:1: the policies here cannot be read: permission denied", false)]
    [InlineData(null, true)]
    public async Task Nothing_in_force_is_ready_only_when_nothing_is_wrong(string? error, bool isReady)
    {
        var none = new FixedPolicies([]) { Errors = error is null ? [] : [error] };
        Assert.Equal(isReady, (await new Readiness(swarm, none, new SoleInstance(), time).CheckAsync(default)).IsReady);
    }

    [Fact]
    public async Task Many_probes_are_one_question_until_the_answer_is_stale()
    {
        for (int i = 0; i < 100; i++)
            await readiness.CheckAsync(default);
        Assert.Equal(1, swarm.Asked);
        time.Advance(Readiness.Freshness);
        await readiness.CheckAsync(default);
        Assert.Equal(2, swarm.Asked);
    }

    [Fact]
    public async Task An_engine_that_hangs_is_given_up_even_if_it_ignores_the_deadline()
    {
        swarm.Answer = _ => new TaskCompletionSource<string?>().Task;
        var check = readiness.CheckAsync(default);
        Assert.False(check.IsCompleted);
        time.Advance(Readiness.Patience);
        Assert.Equal("the engine did not answer within 3 s", (await check).Engine);
    }

    [Fact]
    public async Task A_probe_that_goes_away_does_not_end_the_question_of_the_others()
    {
        var answer = new TaskCompletionSource<string?>();
        swarm.Answer = token => answer.Task.WaitAsync(token);
        using var gone = new CancellationTokenSource();
        var impatient = readiness.CheckAsync(gone.Token);
        var patient = readiness.CheckAsync(default);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        answer.SetResult(null);
        Assert.True((await patient).IsReady);
        Assert.Equal(1, swarm.Asked);
    }
}
