using SwarmAutoscaler.Applying;
using SwarmAutoscaler.Policies;
using Xunit;

namespace SwarmAutoscaler.Cycle;

/// <summary>Where tasks may be placed, and when the nodes are read for it.</summary>
public sealed class PlacementTests : IDisposable
{
    readonly CycleTrial trial = new();

    public PlacementTests() => trial.Swarm.Nodes = [.. Enumerable.Range(0, 3).Select(i => new SwarmNode { Id = $"n{i}", Role = i == 0 ? "manager" : "worker", TakesTasks = true })];

    [Fact]
    public async Task A_raise_stops_at_what_the_nodes_may_take_and_the_nodes_are_read_once_for_all()
    {
        trial.Swarm.Place("a", 2);
        trial.Swarm.Place("b", 3, "node.role == worker");
        trial.Given("a", 1, 20);
        trial.Given("b", 1, 20);
        await trial.RunAsync(CycleTrial.Policy("a"), CycleTrial.Policy("b"));
        Assert.Equal((6, 6, 1), (trial.Swarm["a"].Wanted, trial.Swarm["b"].Wanted, trial.Swarm.NodeLists));
        Assert.Equal(
            (ReasonWords.Capacity, "max-replicas-per-node allows 6: 3 on each of 2 eligible nodes that satisfy node.role == worker"),
            (trial.Last("b").Decision.Reason, trial.Last("b").Decision.Trail[^1].Because));
    }

    [Theory]
    [InlineData(5, 5, true)]        // nothing is wanted
    [InlineData(5, 2, true)]        // fewer are wanted
    [InlineData(5, 9, false)]       // nothing limits the placement
    public async Task The_nodes_are_not_read_where_no_decision_needs_them(int wanted, double demand, bool isPlaced)
    {
        if (isPlaced)
            trial.Swarm.Place("web", 2, "node.role == worker");
        trial.Given("web", wanted, demand);
        await trial.RunAsync(CycleTrial.Policy());
        Assert.Equal((0, (int)demand), (trial.Swarm.NodeLists, trial.Swarm["web"].Wanted));
    }

    [Fact]
    public async Task Where_no_node_can_take_a_task_the_count_stays()
    {
        trial.Swarm.Place("web", 0, "node.labels.disk == ssd");
        trial.Given("web", 2, 9);
        await trial.RunAsync(CycleTrial.Policy());
        Assert.Equal("no node can take a task: none of 3 nodes is up, active and satisfies node.labels.disk == ssd", trial.Last().Decision.Trail[^1].Because);
        Assert.Equal(2, trial.Swarm["web"].Wanted);
    }

    [Fact]
    public async Task Nodes_that_are_not_known_hold_nothing_back()
    {
        trial.Swarm.Place("web", 2);
        trial.Swarm.Nodes = null;
        trial.Given("web", 1, 20);
        await trial.RunAsync(CycleTrial.Policy());
        Assert.Equal(20, trial.Swarm["web"].Wanted);
    }

    [Fact]
    public async Task A_constraint_that_cannot_be_evaluated_holds_nothing_back_and_is_told_of_once()
    {
        trial.Swarm.Place("web", 2, "node.ip == 10.0.0.1");
        trial.Given("web", 1, 20);
        await trial.RunAsync(CycleTrial.Policy());
        trial.Demand.Values["web"] = 30;
        await trial.RunAsync(CycleTrial.Policy());
        Assert.Equal(30, trial.Swarm["web"].Wanted);
        Assert.Equal(
            "Warning: Where web can be placed is not looked at in advance (the placement constraint 'node.ip' is not evaluated here); its raises stop once tasks have no place",
            Assert.Single(trial.CapsLog.Lines));
    }

    [Fact]
    public async Task After_a_conflict_the_nodes_count_too()
    {
        trial.Swarm.Place("web", 2);
        trial.Given("web", 9, 8);
        trial.Swarm.BeforeWrite = _ =>
        {
            trial.Swarm.BeforeWrite = _ => { };
            trial.Swarm.Set("web", 3);
        };
        await trial.RunAsync(CycleTrial.Policy());
        Assert.Equal(["web 9 -> 8", "web 3 -> 6"], trial.Swarm.Writes);
    }

    [Fact]
    public async Task Room_in_a_budget_is_not_granted_to_what_has_no_place()
    {
        trial.Swarm.Place("a", 1);
        trial.Loaded.Budgets = [new SharedBudget("shared", 20, 0, [new BudgetUse("a", 1), new BudgetUse("b", 1)])];
        trial.Given("a", 1, 30);
        trial.Given("b", 1, 30);
        await trial.RunAsync(CycleTrial.Policy("a"), CycleTrial.Policy("b"));
        Assert.Equal((3, 17), (trial.Swarm["a"].Wanted, trial.Swarm["b"].Wanted));
    }

    public void Dispose() => trial.Dispose();
}
