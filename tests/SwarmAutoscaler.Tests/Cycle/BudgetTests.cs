using SwarmAutoscaler.Applying;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;
using Xunit;

namespace SwarmAutoscaler.Cycle;

/// <summary>Services that share a budget, in one cycle and in several at a time.</summary>
public sealed class BudgetTests : IDisposable
{
    readonly CycleTrial trial = new();

    public BudgetTests() => Share(12, ("a", 1), ("b", 1));

    [Fact]
    public async Task What_is_left_is_shared_evenly_whatever_the_order_of_the_policies()
    {
        trial.Given("a", 1, 20);
        trial.Given("b", 2, 20);
        await trial.RunAsync(CycleTrial.Policy("b"), CycleTrial.Policy("a"));
        Assert.Equal((6, 6), (Count("a"), Count("b")));
        Assert.Equal(
            (ReasonWords.Capacity, "budget shared: 9 of 12 left; at 1 a replica, 5 of the 19 wanted more are granted, as 2 services want more"),
            (trial.Last("a").Decision.Reason, trial.Last("a").Decision.Trail[^1].Because));
    }

    [Fact]
    public async Task Room_that_another_service_frees_is_there_in_the_next_cycle()
    {
        trial.Given("a", 1, 20);
        trial.Given("b", 9, 3);
        await RunBothAsync();
        Assert.Equal((3, 3), (Count("a"), Count("b")));
        await RunBothAsync();
        Assert.Equal((9, 3), (Count("a"), Count("b")));
    }

    [Theory]
    [InlineData(4, ServiceMode.Replicated, 8)]      // not due, or without a policy
    [InlineData(4, ServiceMode.Global, 8)]          // with its tasks
    [InlineData(0, ServiceMode.Replicated, 12)]
    [InlineData(null, ServiceMode.Replicated, 12)]  // there is no such service
    [InlineData(20, ServiceMode.Replicated, 1)]     // overspent: frozen, nothing is taken away
    public async Task Others_count_with_what_they_have(int? others, ServiceMode mode, int expected)
    {
        trial.Given("a", 1, 20);
        if (others is { } count)
            trial.Swarm.Set("b", count, mode);
        await trial.RunAsync(CycleTrial.Policy("a"));
        Assert.Equal(expected, Count("a"));
    }

    [Fact]
    public async Task A_cycle_that_runs_while_a_change_is_on_its_way_does_not_spend_its_room_again()
    {
        trial.Given("a", 1, 8);
        trial.Given("b", 1, 20);
        trial.Swarm.Answer = async (service, replicas, _) =>
        {
            trial.Swarm.Answer = null;
            await trial.RunAsync(CycleTrial.Policy("b")); // its listing shows a as it was
            return Apply(service, replicas);
        };
        await trial.RunAsync(CycleTrial.Policy("a"));
        Assert.Equal((8, 4), (Count("a"), Count("b")));
    }

    [Fact]
    public async Task A_listing_from_before_a_change_is_not_believed()
    {
        trial.Given("a", 1, 8);
        trial.Given("b", 1, 20);
        bool isFirst = true;
        trial.Second.Answer = async (metrics, _) =>
        {
            if (isFirst)
            {
                isFirst = false;
                await trial.RunAsync(CycleTrial.Policy("a")); // from its beginning to its end, while the listing for b is already made
                await trial.RunAsync(CycleTrial.Policy("a")); // which sees the change
            }
            return [.. metrics.Select(_ => MetricReading.Of(20))];
        };
        await trial.RunAsync(CycleTrial.Policy("b", CycleTrial.Metric("second", "b")));
        Assert.Equal((8, 4), (Count("a"), Count("b")));
    }

    [Theory]
    [InlineData(nameof(ApplyOutcomeKind.Unknown), 4)]       // it may land yet
    [InlineData(nameof(ApplyOutcomeKind.Refused), 11)]
    public async Task What_was_granted_counts_on_only_as_far_as_it_may_have_been_set(string kind, int expected)
    {
        trial.Given("a", 1, 8);
        trial.Given("b", 1, 20);
        trial.Swarm.Answer = (_, _, _) => Task.FromResult(new ApplyOutcome(Enum.Parse<ApplyOutcomeKind>(kind), "as it is"));
        await trial.RunAsync(CycleTrial.Policy("a"));
        trial.Swarm.Answer = null;
        await trial.RunAsync(CycleTrial.Policy("b"));
        Assert.Equal(expected, Count("b"));
    }

    [Fact]
    public async Task A_change_without_an_answer_no_longer_counts_when_the_service_was_changed_since_or_it_is_long_ago()
    {
        trial.Given("a", 1, 8);
        trial.Given("b", 1, 20);
        trial.Swarm.Answer = (_, _, _) => Task.FromResult(new ApplyOutcome(ApplyOutcomeKind.Unknown, "no answer"));
        await trial.RunAsync(CycleTrial.Policy("a"));
        trial.Swarm.Answer = null;
        trial.Swarm.Set("a", 2);
        await trial.RunAsync(CycleTrial.Policy("b"));
        Assert.Equal(10, Count("b"));

        trial.Swarm.Answer = (_, _, _) => Task.FromResult(new ApplyOutcome(ApplyOutcomeKind.Unknown, "no answer"));
        trial.Swarm.Set("b", 1);
        await trial.RunAsync(CycleTrial.Policy("a"));
        trial.Swarm.Answer = null;
        trial.Time.Advance(TimeSpan.FromMinutes(6));
        await trial.RunAsync(CycleTrial.Policy("b"));
        Assert.Equal(10, Count("b"));
    }

    [Fact]
    public async Task After_a_conflict_the_decision_keeps_to_the_budget_too()
    {
        trial.Given("a", 1, 20);
        trial.Given("b", 1, 1);
        trial.Swarm.BeforeWrite = _ =>
        {
            trial.Swarm.BeforeWrite = _ => { };
            trial.Swarm.Set("a", 3);
        };
        await RunBothAsync();
        Assert.Equal(["a 1 -> 11", "a 3 -> 11"], trial.Swarm.Writes);
    }

    [Fact]
    public async Task After_a_conflict_a_service_that_wanted_no_more_before_is_held_to_the_budget_as_well()
    {
        trial.Given("a", 9, 6);
        trial.Swarm.Set("b", 8);
        trial.Swarm.BeforeWrite = _ =>
        {
            trial.Swarm.BeforeWrite = _ => { };
            trial.Swarm.Set("a", 2);
        };
        await trial.RunAsync(CycleTrial.Policy("a"));
        Assert.Equal(["a 9 -> 6", "a 2 -> 4"], trial.Swarm.Writes);
    }

    /// <summary>Many services, several cycles at the same time, changes that get lost or land late, and people who change counts: the sum stays inside.</summary>
    [Fact]
    public async Task Many_cycles_at_a_time_never_exceed_the_budget_together()
    {
        string[] names = [.. Enumerable.Range(0, 12).Select(i => $"s{i:00}")];
        Share(60, [.. names.Select((name, i) => (name, 1m + (i % 3)))]);
        var random = new Random(7);
        foreach (var name in names)
            trial.Given(name, 1, 1);
        for (int round = 0; round < 40; round++)
        {
            foreach (var name in names)
                trial.Demand.Values[name] = random.Next(1, 12);
            var turns = names.Select(_ => random.Next(4)).ToArray();
            trial.Swarm.Answer = async (service, replicas, _) =>
            {
                await Task.Yield();
                if (replicas % 5 == 0)
                    return new ApplyOutcome(ApplyOutcomeKind.Refused, "not today");
                var done = Apply(service, replicas);
                return replicas % 7 == 0 ? new ApplyOutcome(ApplyOutcomeKind.Unknown, "the answer was lost") : done;
            };
            await Task.WhenAll(Enumerable.Range(0, 4).Select(turn => Task.Run(() => trial.RunAsync([.. names.Where((_, i) => turns[i] == turn).Select(name => CycleTrial.Policy(name))]))));
            Assert.InRange(names.Select((name, i) => Count(name) * (1 + (i % 3))).Sum(), 12, 60);
        }
        Assert.Contains(trial.Board.Recent(null, 1000), recorded => recorded.Decision.Reason == ReasonWords.Capacity);
    }

    [Fact]
    public async Task What_is_only_observed_takes_no_room_and_shows_what_it_would_get()
    {
        trial.Given("a", 1, 20);
        trial.Given("b", 1, 6);
        await trial.RunAsync(CycleTrial.Policy("a") with { Mode = PolicyMode.Observe }, CycleTrial.Policy("b"));
        Assert.Equal((1, 6), (Count("a"), Count("b")));
        Assert.Equal((6, ReasonWords.Observe), (trial.Last("a").Decision.Proposed, trial.Last("a").Decision.Reason));
    }

    [Fact]
    public async Task A_minimum_wins_over_a_budget()
    {
        trial.Given("a", 10, 10);
        trial.Given("b", 2, 2);
        await trial.RunAsync(CycleTrial.Policy("a"), CycleTrial.Policy("b") with { Replicas = new ReplicaBounds(5, 9) });
        Assert.Equal((5, ReasonWords.Bounds), (Count("b"), trial.Last("b").Decision.Reason));
    }

    public void Dispose() => trial.Dispose();

    Task<bool> RunBothAsync() => trial.RunAsync(CycleTrial.Policy("a"), CycleTrial.Policy("b"));

    int Count(string service) => trial.Swarm[service].Wanted;

    void Share(decimal limit, params (string Service, decimal PerReplica)[] uses) =>
        trial.Loaded.Budgets = [new SharedBudget("shared", limit, 0, [.. uses.Select(use => new BudgetUse(use.Service, use.PerReplica))])];

    ApplyOutcome Apply(ServiceState service, int replicas)
    {
        trial.Swarm.Set(service.Name, replicas);
        return new ApplyOutcome(ApplyOutcomeKind.Applied, "done");
    }
}
