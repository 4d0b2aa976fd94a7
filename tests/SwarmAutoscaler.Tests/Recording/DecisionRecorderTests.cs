using Microsoft.Extensions.Logging;
using SwarmAutoscaler.Applying;
using Xunit;
using static SwarmAutoscaler.Recording.Decisions;

namespace SwarmAutoscaler.Recording;

public sealed class DecisionRecorderTests
{
    readonly DecisionBoard board = new();
    readonly LogLines log = new();
    readonly DecisionRecorder recorder;

    public DecisionRecorderTests() => recorder = new DecisionRecorder(board, log);

    [Theory]
    [InlineData(nameof(ApplyOutcomeKind.Applied), LogLevel.Information)]
    [InlineData(nameof(ApplyOutcomeKind.NotNeeded), LogLevel.Information)]
    [InlineData(nameof(ApplyOutcomeKind.Conflict), LogLevel.Warning)]
    [InlineData(nameof(ApplyOutcomeKind.NotFound), LogLevel.Warning)]
    [InlineData(nameof(ApplyOutcomeKind.Refused), LogLevel.Warning)]
    [InlineData(nameof(ApplyOutcomeKind.Unknown), LogLevel.Warning)]
    public void A_change_is_one_line_and_a_warning_when_it_was_not_made(string kind, LogLevel level)
    {
        Record(Decision(current: 3, desired: 5, reason: ReasonWords.Recommend), new ApplyOutcome(Enum.Parse<ApplyOutcomeKind>(kind), "the engine said so"));
        Assert.Equal(level, Assert.Single(log.Lines).Level);
    }

    [Fact]
    public void A_line_holds_the_numbers_the_reason_the_trail_the_values_and_the_outcome()
    {
        var decision = Decision(current: 3, desired: 5, reason: ReasonWords.RateLimit) with
        {
            Trail = [new DecisionStep("combine", 3, 6, "cpu: 0.83 is above 0.5"), new DecisionStep("rate_limit", 6, 5, "at most 2 in 60 s")],
            Recommendations = [Value("cpu", 0.83, 6), Lost("jobs")],
        };
        Record(decision, new ApplyOutcome(ApplyOutcomeKind.Applied, "version 42"));
        Assert.Equal(
            "shop_api scale_up 3 -> 5 (rate_limit; applied: version 42). Trail: combine 3 -> 6: cpu: 0.83 is above 0.5; rate_limit 6 -> 5: at most 2 in 60 s. "
            + "Metrics: cpu 0.83 wants 6; jobs missing (timeout: no answer in 5 s)",
            Assert.Single(log.Lines).Message);
    }

    [Fact]
    public void A_service_that_needs_nothing_is_not_spoken_of()
    {
        Record(Decision() with { Recommendations = [Value("cpu", 0.5)] });
        Assert.Empty(log.Lines);
    }

    [Fact]
    public void A_hold_of_an_hour_is_one_line_and_is_told_again_after_it()
    {
        for (int i = 0; i < 240; i++)
            Record(After(TimeSpan.FromSeconds(15 * i), Decision(reason: ReasonWords.Cooldown)));
        Assert.Single(log.Lines);
        Record(After(TimeSpan.FromHours(1), Decision(reason: ReasonWords.Cooldown)));
        Assert.Equal(2, log.Lines.Count);
    }

    [Fact]
    public void Quiet_evaluations_in_between_do_not_repeat_a_line()
    {
        for (int i = 0; i < 20; i++)
            Record(After(TimeSpan.FromSeconds(15 * i), Decision(reason: i % 2 == 0 ? ReasonWords.Stabilization : ReasonWords.WithinTolerance)));
        Assert.Single(log.Lines);
    }

    public static TheoryData<string, int, int> OtherStories { get; } = new()
    {
        { ReasonWords.RateLimit, 3, 3 },
        { ReasonWords.Cooldown, 4, 4 },
        { ReasonWords.Cooldown, 3, 5 },
    };

    [Theory]
    [MemberData(nameof(OtherStories))]
    public void Another_reason_count_or_proposal_is_another_line(string reason, int current, int proposed)
    {
        Record(Decision(reason: ReasonWords.Cooldown));
        Record(Decision(current: current, desired: current, reason: reason) with { Proposed = proposed });
        Assert.Equal(2, log.Lines.Count);
    }

    [Fact]
    public void A_failure_that_repeats_is_one_warning()
    {
        for (int i = 0; i < 10; i++)
            Record(After(TimeSpan.FromSeconds(15 * i), Decision(current: 3, desired: 5, reason: ReasonWords.Recommend)), new ApplyOutcome(ApplyOutcomeKind.Refused, "no"));
        Assert.Equal(LogLevel.Warning, Assert.Single(log.Lines).Level);
    }

    [Fact]
    public void The_same_change_made_again_is_a_line_again()
    {
        for (int i = 0; i < 2; i++)
            Record(After(TimeSpan.FromSeconds(15 * i), Decision(current: 3, desired: 5, reason: ReasonWords.Restore)), new ApplyOutcome(ApplyOutcomeKind.Applied, ""));
        Assert.Equal(2, log.Lines.Count);
    }

    [Fact]
    public void A_metric_that_is_lost_is_a_warning_once_and_its_return_is_information()
    {
        var held = Decision(reason: ReasonWords.Combine) with { Recommendations = [Lost("cpu")] };
        Record(Decision() with { Recommendations = [Value("cpu", 0.5)] });
        Record(held);
        Record(held);
        Record(Decision() with { Recommendations = [Value("cpu", 0.5)] });
        Assert.Equal([LogLevel.Warning, LogLevel.Information], log.Lines.Select(line => line.Level));
    }

    [Fact]
    public void Lines_of_one_service_do_not_silence_another()
    {
        Record(Decision("a", reason: ReasonWords.Cooldown));
        Record(Decision("b", reason: ReasonWords.Cooldown));
        Assert.Equal(2, log.Lines.Count);
    }

    [Fact]
    public void Recent_decisions_are_those_with_a_line_newest_first_and_never_more_than_the_capacity()
    {
        for (int i = 0; i < DecisionBoard.RecentCapacity + 10; i++)
            Record(Decision($"service-{i}", reason: ReasonWords.Cooldown));
        Record(Decision("quiet"));
        var recent = board.Recent(null, int.MaxValue);
        Assert.Equal(DecisionBoard.RecentCapacity, recent.Count);
        Assert.Equal($"service-{DecisionBoard.RecentCapacity + 9}", recent[0].Decision.Service);
        Assert.Single(board.Recent("service-500", 10));
    }

    void Record(ScalingDecision decision, ApplyOutcome? outcome = null) => recorder.Record(decision, Policy(decision.Service, Metric("cpu"), Metric("jobs")), outcome);

    static ScalingDecision After(TimeSpan time, ScalingDecision decision) => decision with { At = Start + time };

    sealed class LogLines : ILogger<DecisionRecorder>
    {
        public List<(LogLevel Level, string Message)> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add((logLevel, formatter(state, exception)));
    }
}
