using SwarmAutoscaler.Deciding;
using SwarmAutoscaler.Policies;
using Xunit;

namespace SwarmAutoscaler;

/// <summary>What a policy means where it says nothing.</summary>
public sealed class PolicyDefaultsTests
{
    static ScalingPolicy Shortest() => new() { Service = "web", Replicas = new ReplicaBounds(1, 10), Metrics = [Given.Metric(new Passthrough())] };

    [Fact]
    public void A_policy_applies_restores_and_knows_no_fallback_and_no_windows()
    {
        var policy = Shortest();
        Assert.Equal(
            (true, PolicyMode.Apply, DuringUpdate.Auto, OnExternalChange.Restore, null, 0),
            (policy.Enabled, policy.Mode, policy.DuringUpdate, policy.OnExternalChange, policy.Fallback, policy.Windows.Count));
        Assert.Equal((Given.Seconds(15), Given.Seconds(300)), (Assert.IsType<IntervalSchedule>(policy.Schedule).Interval, policy.Replicas.IdleAfter));
    }

    [Fact]
    public void Upwards_it_is_quick_and_downwards_it_looks_back_five_minutes()
    {
        var (up, down) = (ScalingRules.UpDefaults, ScalingRules.DownDefaults);
        Assert.Equal(
            (0.1, TimeSpan.Zero, TimeSpan.Zero, LimitSelection.Max, "4 replicas/15 s, 100 %/15 s"), (up.ToleranceRatio, up.Cooldown, up.Stabilization, up.Select, Limits(up)));
        Assert.Equal(
            (0.1, TimeSpan.Zero, Given.Seconds(300), LimitSelection.Max, "100 %/15 s"), (down.ToleranceRatio, down.Cooldown, down.Stabilization, down.Select, Limits(down)));
        Assert.Equal(LimitSelection.Max, new ScalingRules().Select);
        static string Limits(ScalingRules rules) => string.Join(", ", rules.Limits.Select(
            limit => (limit.Replicas is { } replicas ? $"{replicas} replicas" : $"{limit.Ratio * 100} %") + $"/{limit.Period.TotalSeconds} s"));
    }

    [Theory]
    [InlineData(15, 7.5)]
    [InlineData(19, 9.5)]
    [InlineData(20, 10)]
    [InlineData(60, 10)]
    public void A_source_has_half_the_interval_to_answer_and_never_more_than_10_s(double interval, double timeout) =>
        Assert.Equal(Given.Seconds(timeout), new IntervalSchedule(Given.Seconds(interval)).SourceTimeout);

    [Fact]
    public void A_strategy_is_called_as_in_a_policy_file() => Assert.Equal(
        ["utilization", "value", "per_replica", "passthrough", "steps"],
        ((IScalingStrategy[])[new UtilizationTarget(1), new ValueTarget(1), new PerReplicaTarget(1), new Passthrough(), new StepScaling([])]).Select(strategy => strategy.Word));
}
