using SwarmAutoscaler.Applying;
using SwarmAutoscaler.Coordinating;
using Xunit;

namespace SwarmAutoscaler.Cycle;

/// <summary>What the lease and the storing of the history mean for a cycle.</summary>
public sealed class LeadershipTests : IDisposable
{
    readonly CycleTrial trial = new();

    [Fact]
    public async Task An_instance_without_the_lease_decides_and_changes_nothing()
    {
        trial.Lease.MayAct = false;
        trial.Given("web", 1, 5);
        Assert.True(await trial.RunAsync(CycleTrial.Policy()));
        Assert.Empty(trial.Swarm.Writes);
        Assert.Equal((ReasonWords.NotLeader, 5), (trial.Last().Decision.Reason, trial.Last().Decision.Proposed));
    }

    [Fact]
    public async Task What_cannot_be_stored_first_is_not_sent()
    {
        trial.Lease.Keeping = () => "the engine is silent";
        trial.Given("web", 1, 5);
        await trial.RunAsync(CycleTrial.Policy());
        Assert.Empty(trial.Swarm.Writes);
        Assert.Equal(ApplyOutcomeKind.Refused, trial.Last().Outcome!.Kind);
        Assert.Contains("could not be stored first: the engine is silent", trial.Last().Outcome!.Because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_changes_of_a_cycle_are_stored_as_tried_at_once_before_the_first_is_sent()
    {
        string[] names = [.. Enumerable.Range(0, 30).Select(i => $"service-{i}")];
        foreach (string name in names)
            trial.Given(name, 1, 5);
        int[] tried = [];
        trial.Lease.Keeping = () =>
        {
            if (trial.Swarm.Writes.IsEmpty)
                tried = [.. tried, names.Count(name => trial.Histories.Of(name).Attempt?.To == 5)];
            return null;
        };
        await trial.RunAsync([.. names.Select(name => CycleTrial.Policy(name))]);
        Assert.Equal([30], tried);
        Assert.Equal((30, 2), (trial.Swarm.Writes.Count, trial.Lease.Kept)); // once before, once with what became of them
    }

    [Fact]
    public async Task Who_loses_the_lease_while_a_conflict_is_read_again_changes_nothing_more()
    {
        trial.Given("web", 1, 5);
        trial.Swarm.BeforeWrite = _ =>
        {
            trial.Lease.MayAct = false;
            trial.Swarm.Set("web", 3);
        };
        await trial.RunAsync(CycleTrial.Policy());
        Assert.Single(trial.Swarm.Writes);
        Assert.Equal(ReasonWords.NotLeader, trial.Last().Decision.Reason);
    }

    [Fact]
    public async Task Who_lost_the_lease_and_got_it_again_since_the_decision_looks_again_before_anything_is_sent()
    {
        trial.Given("web", 2, 5);
        bool isFirst = true;
        trial.Lease.Keeping = () =>
        {
            if (isFirst)
                trial.Histories.TakeOver(new Dictionary<string, RememberedHistory>(), trial.Time.GetUtcNow());
            isFirst = false;
            return null;
        };
        await trial.RunAsync(CycleTrial.Policy());
        Assert.Empty(trial.Swarm.Writes);
        Assert.Contains("loaded anew since it was decided", trial.Last().Outcome!.Because, StringComparison.Ordinal);
        await trial.RunAsync(CycleTrial.Policy());
        Assert.Equal(["web 2 -> 5"], trial.Swarm.Writes);
    }

    public void Dispose() => trial.Dispose();
}
