using Microsoft.Extensions.DependencyInjection;
using SwarmAutoscaler.Constraining;
using SwarmAutoscaler.Coordinating;
using SwarmAutoscaler.Policies;
using SwarmAutoscaler.Recording;
using Xunit;

namespace SwarmAutoscaler.Cycle;

/// <summary>What is remembered of a service goes with its policy, and only then.</summary>
public sealed class ForgettingTests : IAsyncLifetime
{
    readonly string folder = Directory.CreateTempSubdirectory("policies-").FullName;
    readonly ServiceProvider parts;
    readonly PolicyCatalog catalog;
    readonly ServiceHistories histories;
    readonly DecisionBoard board;

    public ForgettingTests()
    {
        parts = new ServiceCollection().AddLogging().AddMetricSources().AddScalingCycle(new ProcessOptions { Policies = [folder], State = StateKeeping.Memory }, []).BuildServiceProvider();
        catalog = parts.GetRequiredService<PolicyCatalog>();
        histories = parts.GetRequiredService<ServiceHistories>();
        board = parts.GetRequiredService<DecisionBoard>();
        parts.ForgetRemovedPolicies();
    }

    [Fact]
    public void A_removed_policy_takes_its_history_and_its_standing_with_it()
    {
        Write("web.yml", "web");
        Write("api.yml", "api");
        catalog.Reload(compareContent: true);
        Evaluate("web");
        Evaluate("api");
        File.Delete(Path.Combine(folder, "web.yml"));
        catalog.Reload(compareContent: true);
        Assert.Equal((false, true), (histories.Of("web").IsKnown, histories.Of("api").IsKnown));
        Assert.Equal(["api"], board.All().Select(standing => standing.Last.Decision.Service));
    }

    [Fact]
    public void A_cycle_that_ends_after_its_policy_was_removed_brings_nothing_back()
    {
        catalog.Reload(compareContent: true);
        Evaluate("web");
        Assert.False(histories.Of("web").IsKnown);
        Assert.Empty(board.All());
    }

    [Fact]
    public void A_policy_that_is_ambiguous_for_a_while_is_remembered()
    {
        Write("web.yml", "web");
        catalog.Reload(compareContent: true);
        Evaluate("web");
        Write("too.yml", "web");
        catalog.Reload(compareContent: true);
        Assert.Empty(catalog.Current.Policies);
        Assert.True(histories.Of("web").IsKnown);
        Assert.NotNull(board.Find("web"));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await parts.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    void Evaluate(string service)
    {
        histories.Remember(Decisions.Policy(service), ScalingHistory.Of([], [], []), DateTimeOffset.UnixEpoch, histories.Term);
        board.Put(new RecordedDecision(Decisions.Decision(service), Decisions.Policy(service), null));
    }

    void Write(string file, string service) =>
        File.WriteAllText(Path.Combine(folder, file), $"service: {service}\nreplicas: {{ min: 1, max: 5 }}\n");
}
