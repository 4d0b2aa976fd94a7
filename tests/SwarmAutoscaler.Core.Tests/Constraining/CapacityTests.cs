using SwarmAutoscaler.Measuring;
using Xunit;

namespace SwarmAutoscaler.Constraining;

public sealed class CapacityTests
{
    [Theory]
    [InlineData(9, 5, ReasonWords.Capacity)]
    [InlineData(5, 5, ReasonWords.WithinTolerance)]
    [InlineData(2, 2, ReasonWords.Recommend)]
    public void While_tasks_cannot_be_placed_the_count_may_only_fall(int proposed, int expected, string reason)
    {
        var service = Given.Service(5, 4) with { Unschedulable = 1, UnschedulableBecause = "no suitable node (insufficient resources on 3 nodes)" };
        var decision = Given.Policy.Decide(service, proposed);
        Assert.Equal((expected, reason), (decision.Desired, decision.Reason));
        if (reason == ReasonWords.Capacity)
            Assert.Contains("insufficient resources on 3 nodes", decision.Trail[^1].Because, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "1 task cannot be placed: no suitable node")]
    [InlineData(2, "2 tasks cannot be placed: no suitable node")]
    public void The_reason_is_the_engines_own_text(int tasks, string because) => Assert.Equal(
        because, Given.Policy.Decide(Given.Service(5, 5 - tasks) with { Unschedulable = tasks, UnschedulableBecause = "no suitable node" }, 9).Trail[^1].Because);

    [Theory]
    [InlineData(9, 5, ReasonWords.Capacity)]
    [InlineData(2, 2, ReasonWords.Recommend)]
    public void While_it_is_not_known_whether_tasks_can_be_placed_the_count_may_only_fall(int proposed, int expected, string reason)
    {
        var decision = Given.Policy.Decide(Given.Service(5, 4) with { PlacementUnknownBecause = "no answer in time" }, proposed);
        Assert.Equal((expected, reason), (decision.Desired, decision.Reason));
        if (reason == ReasonWords.Capacity)
            Assert.Equal("whether the tasks that are not running can be placed is not known: no answer in time", decision.Trail[^1].Because);
    }

    [Theory]
    [InlineData(5, 20, 7)]     // the tightest of 9 and 7
    [InlineData(5, 6, 6)]
    [InlineData(8, 20, 8)]     // already above: left alone, never pushed back
    [InlineData(8, 2, 2)]
    public void Caps_from_outside_the_policy_hold_only_upwards(int wanted, int proposed, int expected)
    {
        var observation = Given.Observation(Given.Service(wanted), proposed) with { Caps = [new ReplicaCap(9, "3 nodes × 3"), new ReplicaCap(7, "budget postgres")] };
        var decision = DecisionEngine.Decide(Given.Policy, observation, Given.Seen);
        Assert.Equal(expected, decision.Desired);
        if (expected != proposed)
            Assert.Equal((ReasonWords.Capacity, "budget postgres"), (decision.Reason, decision.Trail[^1].Because));
    }
}
