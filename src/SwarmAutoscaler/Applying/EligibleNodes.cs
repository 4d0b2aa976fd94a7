using System.Globalization;
using SwarmAutoscaler.Measuring;

namespace SwarmAutoscaler.Applying;

/// <summary>
/// How many replicas of a service find a place, as far as its placement says: max-replicas-per-node × eligible nodes. A node is eligible when it is up, takes
/// tasks, satisfies all constraints and has a platform of the image. Whether the nodes have the CPU and memory that tasks reserve is not computed: it would
/// need every task of the Swarm, and tasks that find no place are seen.
/// </summary>
static class EligibleNodes
{
    /// <summary>The cap, or null when there is none; and why it is not known, when it is not.</summary>
    public static (ReplicaCap? Cap, string? Unknown) CapOf(ServicePlacement placement, IReadOnlyList<SwarmNode> nodes)
    {
        var parsed = placement.Constraints.Select(PlacementConstraint.Parse).ToList();
        if (parsed.Find(each => each.Problem is not null).Problem is { } problem)
            return (null, $"the placement constraint {problem}");
        int eligible = nodes.Count(node => node.TakesTasks
            && parsed.TrueForAll(each => each.Constraint!.IsSatisfiedBy(node))
            && (placement.Platforms.Count == 0 || placement.Platforms.Any(platform => Runs(node.Platform, platform))));
        if (eligible == 0)
            return (new ReplicaCap(0, $"no node can take a task: none of {Counted(nodes.Count)} is up, active and {Wish(placement)}"), null);
        if (placement.MaxPerNode == 0)
            return (null, null);
        int most = (int)Math.Min((long)placement.MaxPerNode * eligible, int.MaxValue);
        string which = placement.Constraints.Count > 0 ? $" that satisfy {string.Join(", ", placement.Constraints)}" : "";
        return (new ReplicaCap(most, string.Create(CultureInfo.InvariantCulture,
            $"max-replicas-per-node allows {most}: {placement.MaxPerNode} on each of {eligible} eligible {(eligible == 1 ? "node" : "nodes")}{which}")), null);
    }

    static string Wish(ServicePlacement placement) => placement.Constraints.Count > 0
        ? $"satisfies {string.Join(", ", placement.Constraints)}"
        : "of a platform the image is made for";

    static string Counted(int nodes) => string.Create(CultureInfo.InvariantCulture, $"{nodes} {(nodes == 1 ? "node" : "nodes")}");

    /// <summary>As the scheduler's platform filter compares: exactly, but for two architectures that have two names.</summary>
    static bool Runs(NodePlatform node, NodePlatform image) =>
        (image.Architecture.Length == 0 || Normal(image.Architecture) == Normal(node.Architecture)) && (image.Os.Length == 0 || image.Os == node.Os);

    static string Normal(string architecture) => architecture switch
    {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        _ => architecture,
    };
}
