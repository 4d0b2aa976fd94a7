using SwarmAutoscaler.Applying;
using SwarmAutoscaler.Policies;
using Xunit;

namespace SwarmAutoscaler.Cycle;

/// <summary>What becomes of a change when the engine or somebody else has a word in it.</summary>
public sealed class ApplyingTests : IDisposable
{
    static readonly ScalingPolicy WithZero = CycleTrial.Policy() with { Replicas = new ReplicaBounds(0, 100) { IdleAfter = TimeSpan.Zero } };

    readonly CycleTrial trial = new();

    [Fact]
    public async Task A_conflict_is_read_and_decided_again_once()
    {
        trial.Given("web", 1, 1);
        await trial.RunAsync(CycleTrial.Policy());
        trial.Demand.Values["web"] = 5;
        MeetOnce(() => trial.Swarm.Set("web", 3));
        await trial.RunAsync(CycleTrial.Policy());
        Assert.Equal(["web 1 -> 5", "web 3 -> 5"], trial.Swarm.Writes);
        Assert.Equal((2, 1, 5), (trial.Swarm.Lists, trial.Swarm.Reads, trial.Swarm["web"].Wanted));
        Assert.Equal((3, 5, ApplyOutcomeKind.Applied), (trial.Last().Decision.Current, trial.Last().Decision.Desired, trial.Last().Outcome!.Kind));
        Assert.Equal([(1, 3), (3, 5)], Changes());
    }

    [Fact]
    public async Task A_conflict_after_which_the_count_is_right_is_not_written_again()
    {
        trial.Given("web", 1, 5);
        MeetOnce(() => trial.Swarm.Set("web", 5));
        await trial.RunAsync(CycleTrial.Policy());
        Assert.Equal(["web 1 -> 5"], trial.Swarm.Writes);
        Assert.Null(trial.Last().Outcome);
    }

    [Fact]
    public async Task A_conflict_with_a_person_who_stops_the_service_leaves_it_stopped()
    {
        trial.Given("web", 1, 5);
        MeetOnce(() => trial.Swarm.Set("web", 0));
        await trial.RunAsync(CycleTrial.Policy());
        await trial.RunAsync(CycleTrial.Policy());
        Assert.Equal(["web 1 -> 5"], trial.Swarm.Writes);
        Assert.Equal(ReasonWords.StoppedByHand, trial.Last().Decision.Reason);
    }

    [Fact]
    public async Task A_conflict_with_a_deployment_waits_for_its_quiet_time()
    {
        trial.Given("web", 1, 5);
        MeetOnce(() => trial.Swarm.SetQuiet("web"));
        await trial.RunAsync(CycleTrial.Policy());
        Assert.Equal(["web 1 -> 5"], trial.Swarm.Writes);
        Assert.Equal((ReasonWords.UpdateInProgress, 5), (trial.Last().Decision.Reason, trial.Last().Decision.Proposed));
        trial.Swarm.Set("web", 1);
        await trial.RunAsync(CycleTrial.Policy());
        Assert.Equal(5, trial.Swarm["web"].Wanted);
    }

    [Fact]
    public async Task A_second_conflict_is_left_to_the_next_cycle()
    {
        trial.Given("web", 1, 5);
        trial.Swarm.BeforeWrite = service => trial.Swarm.Set("web", service.Wanted + 1);
        await trial.RunAsync(CycleTrial.Policy());
        Assert.Equal(["web 1 -> 5", "web 2 -> 5"], trial.Swarm.Writes);
        Assert.Equal((1, ApplyOutcomeKind.Conflict), (trial.Swarm.Reads, trial.Last().Outcome!.Kind));

        trial.Swarm.BeforeWrite = _ => { };
        await trial.RunAsync(CycleTrial.Policy());
        Assert.Equal("web 3 -> 5", trial.Swarm.Writes.Last());
        Assert.Equal(5, trial.Swarm["web"].Wanted);
    }

    [Fact]
    public async Task A_conflict_that_cannot_be_read_again_is_left_to_the_next_cycle()
    {
        trial.Given("web", 1, 5);
        trial.Swarm.IsSilentAboutOne = true;
        MeetOnce(() => trial.Swarm.Set("web", 3));
        Assert.True(await trial.RunAsync(CycleTrial.Policy()));
        Assert.Equal(["web 1 -> 5"], trial.Swarm.Writes);
        Assert.Equal(ApplyOutcomeKind.Conflict, trial.Last().Outcome!.Kind);
        Assert.Contains("Warning: web could not be read again (the engine is silent); it is left to the next cycle", trial.Log.Lines);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_unknown_outcome_is_not_repeated_and_what_was_done_is_recognised_as_ours(bool asException)
    {
        trial.Given("web", 1, 5);
        LoseAnswers(andApply: true, asException);
        await trial.RunAsync(CycleTrial.Policy());
        Assert.Equal((1, 0), (trial.Swarm.Writes.Count, trial.Swarm.Reads));
        Assert.Empty(Changes());

        trial.Swarm.Answer = null;
        await trial.RunAsync(CycleTrial.Policy());
        Assert.Equal(["web 1 -> 5"], trial.Swarm.Writes);
        Assert.Equal([(1, 5)], Changes());
        Assert.Equal(5, trial.Histories.Of("web").LastDecided);
    }

    [Fact]
    public async Task An_unknown_outcome_of_what_was_not_done_is_decided_again_by_the_next_cycle()
    {
        trial.Given("web", 1, 5);
        LoseAnswers(andApply: false, asException: false);
        await trial.RunAsync(CycleTrial.Policy());
        Assert.Equal(ApplyOutcomeKind.Unknown, trial.Last().Outcome!.Kind);
        trial.Swarm.Answer = null;
        await trial.RunAsync(CycleTrial.Policy());
        Assert.Equal(["web 1 -> 5", "web 1 -> 5"], trial.Swarm.Writes);
        Assert.Equal([(1, 5)], Changes());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_zero_of_unknown_outcome_is_ours_and_the_service_wakes_again(bool asException)
    {
        trial.Given("web", 2, 0);
        LoseAnswers(andApply: true, asException);
        await trial.RunAsync(WithZero);
        Assert.Equal(0, trial.Swarm["web"].Wanted);

        trial.Swarm.Answer = null;
        trial.Demand.Values["web"] = 3;
        await trial.RunAsync(WithZero);
        Assert.Equal(3, trial.Swarm["web"].Wanted);
        Assert.Equal([(2, 0), (0, 3)], Changes());
    }

    [Theory]
    [InlineData(nameof(ApplyOutcomeKind.NotNeeded), false)]
    [InlineData(nameof(ApplyOutcomeKind.Refused), true)]
    [InlineData(nameof(ApplyOutcomeKind.NotFound), true)]
    public async Task What_was_not_changed_is_recorded_and_not_remembered_as_a_change(string kind, bool hasFailed)
    {
        var outcome = new ApplyOutcome(Enum.Parse<ApplyOutcomeKind>(kind), "as it is");
        trial.Given("web", 1, 5);
        trial.Swarm.Answer = (_, _, _) => Task.FromResult(outcome);
        Assert.True(await trial.RunAsync(CycleTrial.Policy()));
        Assert.Equal((1, 0), (trial.Swarm.Writes.Count, trial.Swarm.Reads));
        Assert.Equal((outcome, hasFailed), (trial.Last().Outcome, trial.Last().HasFailed));
        Assert.Empty(Changes());
        Assert.Null(trial.Histories.Of("web").Attempt);
    }

    [Theory]
    [InlineData(0.9, 0)]
    [InlineData(1, 0)]
    [InlineData(3, 3)]     // no cooldown ends early because an engine without a leader held the write
    public async Task An_applied_change_is_remembered_at_the_time_it_was_decided_unless_the_engine_took_long(double took, double after)
    {
        trial.Given("web", 1, 5);
        var before = trial.Time.GetUtcNow();
        trial.Swarm.Answer = (service, replicas, _) =>
        {
            trial.Time.Advance(TimeSpan.FromSeconds(took));
            trial.Swarm.Set(service.Name, replicas);
            return Task.FromResult(new ApplyOutcome(ApplyOutcomeKind.Applied, "done"));
        };
        await trial.RunAsync(CycleTrial.Policy());
        Assert.Equal(before.AddSeconds(after), trial.Histories.Of("web").Changes.LastUp);
    }

    [Theory]
    [InlineData(30, true)]
    [InlineData(31, false)]
    public async Task A_change_is_not_begun_on_readings_that_have_grown_old(int seconds, bool sent)
    {
        trial.Given("web", 1, 5);
        await trial.Cycle.RunAsync([new DuePolicy(CycleTrial.Policy())], trial.Time.GetUtcNow() - TimeSpan.FromSeconds(seconds), CancellationToken.None);
        Assert.Equal((sent ? 5 : 1, sent ? ApplyOutcomeKind.Applied : ApplyOutcomeKind.Refused), (trial.Swarm["web"].Wanted, trial.Last().Outcome!.Kind));
    }

    public void Dispose() => trial.Dispose();

    void MeetOnce(Action somebodyElse) => trial.Swarm.BeforeWrite = _ =>
    {
        trial.Swarm.BeforeWrite = _ => { };
        somebodyElse();
    };

    void LoseAnswers(bool andApply, bool asException) => trial.Swarm.Answer = (service, replicas, _) =>
    {
        if (andApply)
            trial.Swarm.Set(service.Name, replicas);
        return asException
            ? throw new InvalidOperationException("a mistake in the program")
            : Task.FromResult(new ApplyOutcome(ApplyOutcomeKind.Unknown, "no answer"));
    };

    (int, int)[] Changes() => [.. trial.Histories.Of("web").Changes.Changes.Select(change => (change.From, change.To))];
}
