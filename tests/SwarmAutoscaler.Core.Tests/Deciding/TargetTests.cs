using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;
using Xunit;

namespace SwarmAutoscaler.Deciding;

/// <summary>The targets: utilization, value, per_replica, passthrough.</summary>
public sealed class TargetTests
{
    [Theory]
    [InlineData(3, 3, 0.83, 4)]          // 1.277 × 3 = 3.83
    [InlineData(3, 3, 0.65, 3)]          // on target
    [InlineData(3, 3, 0.715, 3)]         // 1.1 × target: the upper end of the tolerance is inside
    [InlineData(3, 3, 0.7151, 4)]        // just above it
    [InlineData(10, 10, 0.585, 10)]      // 0.9 × target: the lower end is inside
    [InlineData(20, 20, 0.5849, 18)]     // just below it: 0.89985 × 20 = 17.997
    [InlineData(3, 3, 0, 1)]             // nothing to do: the minimum
    [InlineData(4, 4, 1.3, 8)]           // exactly twice the target
    [InlineData(4, 2, 1.3, 4)]           // running, not wanted, is multiplied
    [InlineData(4, 2, 0.78, 4)]          // 1.2 × 2 = 3 (above the target never fewer than wanted)
    [InlineData(2, 6, 0.39, 2)]          // 0.6 × 6 = 4 (below the target never more than wanted)
    [InlineData(4, 6, 0.26, 3)]          // 0.4 × 6 = 2.4
    [InlineData(3, 0, 1.3, 3)]           // running counts as at least 1: 2 × 1 = 2, guarded
    public void Utilization_multiplies_the_running_tasks(int wanted, int running, double value, int expected) =>
        Assert.Equal(expected, Given.PolicyOf(new UtilizationTarget(0.65)).Decide(Given.Service(wanted, running), value).Desired);

    [Theory]
    [InlineData(2, 1.0, 4)]
    [InlineData(2, 0.55, 2)]
    [InlineData(2, 0.5501, 3)]
    [InlineData(4, 0.25, 2)]
    public void Value_multiplies_the_running_tasks(int wanted, double value, int expected) =>
        Assert.Equal(expected, Given.PolicyOf(new ValueTarget(0.5)).Decide(wanted, value).Desired);

    [Theory]
    [InlineData(3, 3, 1200, 12)]
    [InlineData(3, 3, 330, 3)]           // 1.1 of 3 × 100: inside
    [InlineData(3, 3, 331, 4)]
    [InlineData(10, 10, 900, 10)]        // 0.9: inside
    [InlineData(10, 10, 899, 9)]
    [InlineData(4, 8, 800, 4)]           // 8 running × 100: inside, although 4 are wanted
    [InlineData(8, 4, 700, 8)]           // above what 4 can do: never fewer than wanted
    [InlineData(4, 8, 600, 4)]           // below what 8 can do: never more than wanted
    [InlineData(5, 5, 0, 1)]
    public void Per_replica_shares_out_a_total(int wanted, int running, double value, int expected) =>
        Assert.Equal(expected, Given.PolicyOf(new PerReplicaTarget(100)).Decide(Given.Service(wanted, running), value).Desired);

    [Theory]
    [InlineData(7, 7)]
    [InlineData(7.2, 8)]
    [InlineData(7.0000000001, 7)]
    [InlineData(0, 1)]
    [InlineData(-5, 1)]
    [InlineData(1e300, 1000)]
    public void Passthrough_is_the_count_itself(double value, int expected) => Assert.Equal(expected, Given.Policy.Decide(3, value).Desired);

    [Theory]
    [InlineData(0.1, 0.3, 3, 9)]         // 0.3 ÷ 0.1 is 2.9999999999999996, × 3 is 9
    [InlineData(0.7, 0.77, 10, 10)]      // 0.77 ÷ 0.7 is 1.1 and a bit: the end of the tolerance
    [InlineData(0.1, 0.7, 1, 7)]         // 0.7 ÷ 0.1 is 6.999999999999999
    [InlineData(0.07, 0.21, 5, 15)]      // 0.21 ÷ 0.07 is 3.0000000000000004
    public void Float_noise_adds_no_replica(double target, double value, int wanted, int expected) =>
        Assert.Equal(expected, Given.PolicyOf(new ValueTarget(target)).Decide(wanted, value).Desired);

    [Theory]
    [InlineData(double.MaxValue)]
    [InlineData(1e12)]
    public void A_huge_value_ends_at_the_maximum_and_does_not_overflow(double value)
    {
        var bounds = new ReplicaBounds(1, int.MaxValue);
        foreach (IScalingStrategy strategy in (IScalingStrategy[])[new UtilizationTarget(0.001), new ValueTarget(0.001), new PerReplicaTarget(0.001), new Passthrough()])
            Assert.Equal(int.MaxValue, (Given.PolicyOf(strategy) with { Replicas = bounds }).Decide(3, value).Desired);
    }

    [Theory]
    [InlineData(0.02, 0.3, 1.03, 4)]     // a narrow tolerance upwards
    [InlineData(0.02, 0.3, 0.71, 3)]     // a wide one downwards
    [InlineData(0.02, 0.3, 0.66, 2)]
    [InlineData(0.5, 0.05, 1.5, 3)]
    [InlineData(0, 0, 1.0, 3)]
    [InlineData(0, 0, 1.001, 4)]
    public void Each_direction_has_its_own_tolerance(double up, double down, double value, int expected)
    {
        var policy = Given.PolicyOf(new ValueTarget(1)) with
        {
            ScaleUp = Given.Unlimited with { ToleranceRatio = up },
            ScaleDown = Given.Unlimited with { ToleranceRatio = down },
        };
        Assert.Equal(expected, policy.Decide(3, value).Desired);
    }

    [Fact]
    public void Inside_the_tolerance_the_reason_says_so_and_the_trail_is_empty()
    {
        var decision = Given.PolicyOf(new UtilizationTarget(0.65)).Decide(3, 0.66);
        Assert.Equal((3, ReasonWords.WithinTolerance, ScalingAction.Hold), (decision.Desired, decision.Reason, decision.Action));
        Assert.Empty(decision.Trail);
        Assert.Contains("within the tolerance", decision.Recommendations[0].Because, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_wanted_tasks_a_number_per_task_neither_counts_nor_is_missing()
    {
        var policy = Given.PolicyOf(new UtilizationTarget(0.5), new PerReplicaTarget(100)) with { Replicas = new ReplicaBounds(0, 10) };
        var decision = policy.Decide(Given.Seen with { ZeroIsOurs = true }, 0, double.NaN, 250);
        Assert.Equal(3, decision.Desired);
        Assert.Equal(RecommendationKind.NotApplicable, decision.Recommendations[0].Kind);
        Assert.Empty(decision.History.Metrics);
    }

    [Theory]
    [InlineData(0.5, null, 4, 1.3, 0.65)]
    [InlineData(0.5, null, 0, 0.25, 0.5)]      // running counts as at least 1
    [InlineData(null, null, 4, 1.3, null)]
    [InlineData(0.0, null, 4, 1.3, null)]
    public void A_share_is_taken_of_the_services_own_limit(double? cores, double? bytes, int running, double total, double? expected)
    {
        var service = Given.Service(4, running) with { CpuCores = cores, MemoryBytes = bytes };
        var reading = ResourceUse.ShareOf(MetricReading.Of(total), LimitedResource.Cpu, service);
        if (expected is { } share)
            Assert.Equal(share, Assert.IsType<Measured>(reading).Value, 12);
        else
            Assert.Equal(MissingReason.NoLimit, Assert.IsType<Missing>(reading).Reason);
    }

    [Theory]
    [InlineData(LimitedResource.Cpu, 0.5)]       // 2 cores of 4 × 1
    [InlineData(LimitedResource.Memory, 0.25)]   // 2 bytes of 4 × 2
    public void Each_resource_has_its_own_limit(LimitedResource resource, double expected)
    {
        var service = Given.Service(4) with { CpuCores = 1, MemoryBytes = 2 };
        Assert.Equal(expected, Assert.IsType<Measured>(ResourceUse.ShareOf(MetricReading.Of(2), resource, service)).Value);
    }

    [Theory]
    [InlineData(LimitedResource.Cpu, "CPU")]
    [InlineData(LimitedResource.Memory, "memory")]
    public void A_share_without_a_limit_names_what_has_none(LimitedResource resource, string word)
    {
        var missing = Assert.IsType<Missing>(ResourceUse.ShareOf(MetricReading.Of(1), resource, Given.Service(4)));
        Assert.Contains($"neither a {word} limit nor a {word} reservation", missing.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_limit_the_count_is_held_and_the_reason_names_the_limit()
    {
        var policy = Given.Policy with { Metrics = [Given.Metric(new UtilizationTarget(0.5), shareOf: LimitedResource.Memory)] };
        var total = Given.Observation(Given.Service(4), 1e9);
        var decision = DecisionEngine.Decide(policy, total with { Readings = ResourceUse.InShares(policy.Metrics, total.Readings, total.Service) }, Given.Seen);
        Assert.Equal((4, ReasonWords.Combine), (decision.Desired, decision.Reason));
        Assert.Contains("neither a memory limit nor a memory reservation", decision.Trail[0].Because, StringComparison.Ordinal);
    }
}
