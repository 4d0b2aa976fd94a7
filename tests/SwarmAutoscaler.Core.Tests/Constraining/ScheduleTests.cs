using SwarmAutoscaler.Deciding;
using SwarmAutoscaler.Policies;
using Xunit;

namespace SwarmAutoscaler.Constraining;

public sealed class ScheduleTests
{
    static readonly ScalingPolicy Policy = Given.Policy with { Replicas = new ReplicaBounds(2, 10) };

    static ScalingPolicy With(params ScheduleWindow[] windows) => Policy with { Windows = windows };

    static ScheduleWindow Window(string name, int? min, int? max, bool isActive = true) => new(name, min, max, new Hours(isActive));

    [Theory]
    [InlineData(3, 3, 5, null, "schedule 3→3, bounds 3→5", "3 is below the minimum of 5 in window office")]
    [InlineData(9, 9, null, 6, "schedule 9→9, bounds 9→6", "9 is above the maximum of 6 in window office")]
    [InlineData(5, 9, null, 6, "schedule 5→5, combine 5→9, bounds 9→6", "9 is above the maximum of 6 in window office")]
    [InlineData(5, 1, 4, null, "schedule 5→5, combine 5→1, bounds 1→4", "1 is below the minimum of 4 in window office")]
    public void An_active_window_that_limits_the_count_is_the_reason(int wanted, int proposed, int? min, int? max, string steps, string because)
    {
        var decision = With(Window("office", min, max)).Decide(wanted, proposed);
        Assert.Equal((ReasonWords.Schedule, steps, because), (decision.Reason, decision.Steps(), decision.Trail[^1].Because));
        Assert.Equal((min ?? 2, max ?? 10), (decision.Bounds.Min, decision.Bounds.Max));
    }

    [Theory]
    [InlineData(5, 40, 10, ReasonWords.Bounds)]
    [InlineData(5, 1, 2, ReasonWords.Bounds)]
    [InlineData(12, 12, 10, ReasonWords.Bounds)]
    [InlineData(5, 5, 5, ReasonWords.WithinTolerance)]
    public void An_inactive_window_changes_nothing_and_leaves_no_word(int wanted, int proposed, int expected, string reason)
    {
        var decision = With(Window("office", 8, 80, isActive: false)).Decide(wanted, proposed);
        Assert.Equal((expected, reason), (decision.Desired, decision.Reason));
        Assert.DoesNotContain(decision.Trail, step => step.Step == ReasonWords.Schedule);
    }

    [Fact]
    public void A_window_that_widens_the_bounds_stands_in_the_trail_but_did_not_determine_the_number()
    {
        var decision = With(Window("sale", null, 80)).Decide(5, 40);
        Assert.Equal((40, ReasonWords.Recommend, "schedule 5→5, combine 5→40"), (decision.Desired, decision.Reason, decision.Steps()));
        Assert.Equal("window sale makes the maximum 80", decision.Trail[0].Because);
    }

    [Fact]
    public void A_window_that_says_what_the_policy_says_is_not_spoken_of()
    {
        var decision = With(Window("office", 2, 10)).Decide(5, 40);
        Assert.Equal((10, ReasonWords.Bounds, "combine 5→40, bounds 40→10"), (decision.Desired, decision.Reason, decision.Steps()));
        Assert.Equal("40 is above the maximum of 10", decision.Trail[^1].Because);
    }

    public static TheoryData<(int? Min, int? Max, bool IsActive)[], int, int, string> Several => new()
    {
        { [(5, 20, true), (8, null, true)], 8, 20, "window w1 makes the minimum 8 and window w0 the maximum 20" },
        { [(8, null, true), (5, 20, true)], 5, 20, "window w1 makes it 5 to 20 replicas" },
        { [(5, 20, true), (8, 30, false)], 5, 20, "window w0 makes it 5 to 20 replicas" },
        { [(5, null, true), (2, null, true)], 2, 10, "" },
        { [(9, null, true), (null, 4, true)], 4, 4, "window w1 makes it 4 to 4 replicas" },
        { [(null, 4, true), (9, null, true)], 9, 9, "window w1 makes it 9 to 9 replicas" },
    };

    [Theory]
    [MemberData(nameof(Several))]
    public void Of_several_active_windows_the_later_wins_field_by_field((int? Min, int? Max, bool IsActive)[] windows, int min, int max, string because)
    {
        var decision = With([.. windows.Select((window, i) => Window($"w{i}", window.Min, window.Max, window.IsActive))]).Decide(min, min);
        Assert.Equal((min, max, because), (decision.Bounds.Min, decision.Bounds.Max, decision.Trail is [var first, ..] ? first.Because : ""));
        Assert.Equal(min, decision.Desired);
    }

    [Fact]
    public void A_closed_gate_holds_the_count_against_a_window_too()
    {
        var decision = (With(Window("office", 5, null)) with { Mode = PolicyMode.Observe }).Decide(3, 3);
        Assert.Equal((3, 5, ReasonWords.Observe), (decision.Desired, decision.Proposed, decision.Reason));
        Assert.Equal("schedule 3→3, bounds 3→5, gate 5→3", decision.Steps());
    }

    [Fact]
    public void A_window_with_minimum_zero_lets_the_service_go_idle_and_its_end_lifts_it_again()
    {
        var night = new Hours(true);
        var policy = Policy with
        {
            Metrics = [Given.Metric(new PerReplicaTarget(10))],
            Windows = [new ScheduleWindow("night", 0, null, night)],
        };
        var story = new Story(policy, 3);
        Assert.Equal((0, ReasonWords.Activation), (story.For(315, 0).Desired, story.After(0, 0) is { } idle ? idle.Reason : ""));
        night.Active = false;
        var lifted = story.After(15, 0);
        Assert.Equal((2, ReasonWords.Bounds), (lifted.Desired, lifted.Reason));
    }

    [Fact]
    public void What_is_refused_shows_the_bounds_in_force() => Assert.Equal(
        7, DecisionEngine.Decide(With(Window("office", 7, null)), Given.Observation(null, 1), Given.Seen).Bounds.Min);

    sealed class Hours(bool isActive) : IActiveHours
    {
        public bool Active { get; set; } = isActive;

        public bool IsActive(DateTimeOffset at) => Active;
    }
}
