using SwarmAutoscaler.Policies;
using Xunit;

namespace SwarmAutoscaler.Constraining;

public sealed class BoundsTests
{
    static readonly ScalingPolicy Held = Given.Policy with
    {
        Replicas = new ReplicaBounds(3, 8),
        ScaleUp = Given.Unlimited with { Select = LimitSelection.Disabled, Cooldown = TimeSpan.FromDays(1), Stabilization = TimeSpan.FromDays(1) },
        ScaleDown = Given.Unlimited with { Select = LimitSelection.Disabled, Cooldown = TimeSpan.FromDays(1), Stabilization = TimeSpan.FromDays(1) },
    };

    [Theory]
    [InlineData(20, 8)]
    [InlineData(9, 8)]
    [InlineData(2, 3)]
    [InlineData(1, 3)]
    public void A_count_outside_goes_to_the_nearer_end_at_once_without_metrics_windows_limits_or_cooldown(int wanted, int expected)
    {
        var history = Given.WithChanges((1, 5, wanted)) with { Proposals = ProposalLog.Of([(Given.Now - Given.Seconds(5), wanted)]) };
        var decision = Held.Decide(history, wanted, double.NaN);
        Assert.Equal((expected, ReasonWords.Bounds), (decision.Desired, decision.Reason));
        Assert.Single(decision.Trail);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(8)]
    public void Both_ends_are_inside(int wanted) => Assert.Equal(ReasonWords.WithinTolerance, Held.Decide(wanted, wanted).Reason);

    [Theory]
    [InlineData(5, 100, 8)]
    [InlineData(5, 0, 3)]
    public void Nothing_leaves_the_bounds(int wanted, int proposed, int expected)
    {
        var decision = (Given.Policy with { Replicas = new ReplicaBounds(3, 8) }).Decide(wanted, proposed);
        Assert.Equal((expected, ReasonWords.Bounds), (decision.Desired, decision.Reason));
        Assert.Equal($"combine {wanted}→{proposed}, bounds {proposed}→{expected}", decision.Steps());
    }

    [Fact]
    public void A_closed_gate_holds_a_count_outside_the_bounds()
    {
        var decision = (Held with { Enabled = false }).Decide(20, 5);
        Assert.Equal((20, ReasonWords.Disabled, 8), (decision.Desired, decision.Reason, decision.Proposed));
    }

    [Fact]
    public void Without_idle_a_minimum_of_one_or_more_never_ends_at_zero() => Assert.Equal(1, new Story(Given.Policy, 5).For(3600, 0).Desired);
}
