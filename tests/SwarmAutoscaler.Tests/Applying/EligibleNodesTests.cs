using SwarmAutoscaler.Measuring;
using Xunit;

namespace SwarmAutoscaler.Applying;

/// <summary>Max-replicas-per-node × eligible nodes, by the scheduler's rules; the end-to-end tests ask a real scheduler about them.</summary>
public sealed class EligibleNodesTests
{
    static readonly SwarmNode Alpha = new()
    {
        Id = "n1",
        Role = "manager",
        Hostname = "alpha",
        Platform = new NodePlatform("linux", "x86_64"),
        Labels = new Dictionary<string, string> { ["disk"] = "ssd", ["Zone"] = "a" },
        EngineLabels = new Dictionary<string, string> { ["rack"] = "7" },
        TakesTasks = true,
    };

    [Theory]
    [InlineData("node.id == n1", true)]
    [InlineData("node.id==N1", true)]                       // values without case
    [InlineData("node.id != n1", false)]
    [InlineData("NODE.ROLE == Manager", true)]              // keys without case
    [InlineData("node.role!=manager", false)]
    [InlineData("node.hostname == alpha", true)]
    [InlineData("node.hostname != beta", true)]
    [InlineData("node.platform.os == linux", true)]
    [InlineData("node.platform.os == windows", false)]
    [InlineData("node.platform.arch == x86_64", true)]
    [InlineData("node.platform.arch == amd64", false)]      // a constraint is not normalised, unlike the image's platform
    [InlineData("node.labels.disk == SSD", true)]
    [InlineData("node.labels.Disk == ssd", false)]          // the name of a label is compared with case
    [InlineData("Node.Labels.Zone == A", true)]
    [InlineData("node.labels.none == ssd", false)]          // a label that is not there is an empty one
    [InlineData("node.labels.none != ssd", true)]
    [InlineData("engine.labels.rack == 7", true)]
    [InlineData("engine.labels.rack != 7", false)]
    public void A_constraint_is_satisfied_as_the_scheduler_sees_it(string text, bool expected) =>
        Assert.Equal(expected, PlacementConstraint.Parse(text).Constraint!.IsSatisfiedBy(Alpha));

    [Theory]
    [InlineData("node.role", "'node.role' has neither == nor !=")]
    [InlineData("node.role = manager", "'node.role = manager' has neither == nor !=")]
    [InlineData("== manager", "'== manager' is not of the form key == value")]
    [InlineData("node.role ==", "'node.role ==' is not of the form key == value")]
    [InlineData("node.role != a == b", "'node.role != a == b' is not of the form key == value")]     // == divides first
    [InlineData("node.role == a, b", "'node.role == a, b' is not of the form key == value")]
    [InlineData("node.ip == 10.0.0.1", "'node.ip' is not evaluated here")]
    [InlineData("node.labels. == a", "'node.labels.' is not evaluated here")]
    [InlineData("pod.name == a", "'pod.name' is not evaluated here")]
    public void What_cannot_be_evaluated_is_unknown_and_no_reason_to_hold_anything(string text, string problem)
    {
        Assert.Equal(problem, PlacementConstraint.Parse(text).Problem);
        Assert.Equal((null, $"the placement constraint {problem}"), EligibleNodes.CapOf(new ServicePlacement(1, ["node.role==worker", text], []), [Alpha]));
    }

    [Theory]
    [InlineData(2, "", "alpha beta gamma", 6, "max-replicas-per-node allows 6: 2 on each of 3 eligible nodes")]
    [InlineData(2, "node.role == worker", "alpha beta gamma", 4, "max-replicas-per-node allows 4: 2 on each of 2 eligible nodes that satisfy node.role == worker")]
    [InlineData(5, "node.role == worker, node.hostname != beta", "alpha beta gamma", 5,
        "max-replicas-per-node allows 5: 5 on each of 1 eligible node that satisfy node.role == worker, node.hostname != beta")]
    [InlineData(2, "", "alpha beta -gamma", 4, "max-replicas-per-node allows 4: 2 on each of 2 eligible nodes")]
    [InlineData(2, "node.role == nobody", "alpha beta", 0, "no node can take a task: none of 2 nodes is up, active and satisfies node.role == nobody")]
    [InlineData(0, "node.role == nobody", "alpha", 0, "no node can take a task: none of 1 node is up, active and satisfies node.role == nobody")]
    [InlineData(0, "node.role == worker", "beta", null, null)]
    [InlineData(int.MaxValue, "", "alpha beta", int.MaxValue, "max-replicas-per-node allows 2147483647: 2147483647 on each of 2 eligible nodes")]
    public void The_cap_is_so_many_on_each_eligible_node(int maxPerNode, string constraints, string nodes, int? expected, string? because)
    {
        var placement = new ServicePlacement(maxPerNode, constraints.Split(", ", StringSplitOptions.RemoveEmptyEntries), []);
        var (cap, unknown) = EligibleNodes.CapOf(placement, [.. nodes.Split(' ').Select(Node)]);
        Assert.Equal((expected, because, null), (cap?.Replicas, cap?.Because, unknown));
    }

    [Theory]
    [InlineData("linux/amd64", true)]           // x86_64 under its other name
    [InlineData("linux/x86_64", true)]
    [InlineData("linux/", true)]
    [InlineData("/amd64", true)]
    [InlineData("linux/arm64 linux/amd64", true)]
    [InlineData("linux/arm64", false)]
    [InlineData("windows/amd64", false)]
    [InlineData("Linux/amd64", false)]
    public void A_node_needs_a_platform_of_the_image(string platforms, bool expected)
    {
        var placement = new ServicePlacement(3, [], [.. platforms.Split(' ').Select(text => text.Split('/')).Select(parts => new NodePlatform(parts[0], parts[1]))]);
        Assert.Equal(expected ? 3 : 0, EligibleNodes.CapOf(placement, [Alpha]).Cap!.Replicas);
        Assert.Equal(0, EligibleNodes.CapOf(placement with { Platforms = [new NodePlatform("linux", "arm64")] }, [Alpha with { Platform = NodePlatform.Any }]).Cap!.Replicas);
    }

    [Fact]
    public void An_arm_node_has_two_names_too() => Assert.Equal(
        3, EligibleNodes.CapOf(new ServicePlacement(3, [], [new NodePlatform("linux", "arm64")]), [Alpha with { Platform = new NodePlatform("linux", "aarch64") }]).Cap!.Replicas);

    /// <summary>By its name; a minus says that it takes no tasks.</summary>
    static SwarmNode Node(string name) => name == "alpha" ? Alpha : new SwarmNode { Id = name, Hostname = name, Role = "worker", TakesTasks = name[0] != '-' };
}
