using SwarmAutoscaler.TestSupport;
using Xunit;
using Xunit.Abstractions;

namespace SwarmAutoscaler.EndToEnd;

/// <summary>How long nobody acts after the instance that did is gone, with the default times and the default interval of 15 s.</summary>
[Collection(ThreeManagersCollection.Name)]
[Trait("Category", "Measurement")]
public sealed class FailOverMeasurement(ThreeManagers world, ITestOutputHelper output)
{
    const int Rounds = 20;

    static readonly ExpectedRules Rules = Trial.Rules with { Max = 50, CooldownUp = TimeSpan.Zero, UpLimit = (50, TimeSpan.FromSeconds(1)) };

    readonly Report report = new(output);

    [Fact]
    public Task After_a_crash() => MeasureAsync("killed", TimeSpan.FromSeconds(10), (trial, leader) => trial.KillAsync(leader));

    [Fact]
    public Task After_a_graceful_stop() => MeasureAsync("stopped", TimeSpan.FromSeconds(1), (_, leader) => leader.Program.SignalAsync("TERM"));

    /// <param name="service">The service's name, and the word for what happens.</param>
    /// <param name="bound">The longest it may take until another instance has the lease.</param>
    /// <param name="end">Ends the instance that acts.</param>
    async Task MeasureAsync(string service, TimeSpan bound, Func<Trial, Instance, Task> end)
    {
        await using var trial = await Trial.StartAsync(world, Rules, (service, new Unhurried(new Demand(world, service))));
        await trial.LaunchThreeAsync();
        var (taken, changed) = (new List<TimeSpan>(), new List<TimeSpan>());
        for (int round = 1; round <= Rounds; round++)
        {
            var leader = await trial.WaitForLeaderAsync();
            await trial.Service.AskAsync(round + 1);
            var ended = DateTimeOffset.UtcNow;
            await end(trial, leader);
            var term = await Eventually.GetAsync("another term", TimeSpan.FromSeconds(30), () => Task.FromResult(trial.Chronicle.Terms[^1]), term => term.At > ended);
            await trial.WaitForReplicasAsync(round + 1, 30);
            taken.Add(term.At - ended);
            changed.Add(trial.Chronicle.Updates[^1].At - ended);
            await (await trial.LaunchAsync(world.HostsFrom(round % 3))).Program.WaitUntilReadyAsync();
        }
        report.Times($"{service}: until another instance has the lease", taken);
        report.Times($"{service}: until it has made the change that was due", changed);
        report.Line($"{service}: besides, the lease moved {trial.Chronicle.Terms.Count - 1 - Rounds} times");
        await trial.AssertCleanAsync();
        Assert.InRange(taken.Max(), TimeSpan.Zero, bound);
    }

    /// <summary>The default interval instead of the tests'; and one more is a change, however many there are.</summary>
    sealed class Unhurried(IDemand demand) : IDemand
    {
        public TimeSpan Delay => demand.Delay;

        public string Policy(int max, string more) => demand.Policy(max, more)
            .Replace("interval: 1s", "interval: 15s", StringComparison.Ordinal).Replace("scale_up: {", "scale_up: { tolerance: 0%,", StringComparison.Ordinal);

        public Task SetAsync(int replicas) => demand.SetAsync(replicas);
    }
}
