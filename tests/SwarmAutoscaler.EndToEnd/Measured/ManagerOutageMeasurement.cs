using System.Diagnostics;
using SwarmAutoscaler.TestSupport;
using Xunit;
using Xunit.Abstractions;

namespace SwarmAutoscaler.EndToEnd;

/// <summary>How long one instance, which knows all managers, is held up by the one it talks to.</summary>
[Collection(ThreeManagersCollection.Name)]
[Trait("Category", "Measurement")]
public sealed class ManagerOutageMeasurement(ThreeManagers world, ITestOutputHelper output)
{
    const int Rounds = 3;

    static readonly ExpectedRules Rules = Trial.Rules with { Max = 50, CooldownUp = TimeSpan.Zero, UpLimit = (50, TimeSpan.FromSeconds(1)) };

    readonly Report report = new(output);

    [Theory]
    [InlineData("kill", true)]
    [InlineData("kill", false)]
    [InlineData("freeze", true)]
    [InlineData("freeze", false)]
    [InlineData("partition", true)]
    [InlineData("partition", false)]
    public async Task Until_a_change_is_made_through_another_manager(string fault, bool leads)
    {
        string service = $"{fault}-{(leads ? "leader" : "follower")}";
        await using var trial = await Trial.StartAsync(world, Rules, (service, new Demand(world, service)));
        var times = new List<TimeSpan>();
        for (int round = 1; round <= Rounds; round++)
        {
            var leader = await world.LeaderAsync();
            var manager = leads ? leader : world.Managers.First(manager => manager != leader);
            var instance = await trial.LaunchAsync(world.HostsFrom(world.PlaceOf(manager)));
            await trial.WaitForLeaderAsync();
            await Eventually.GetAsync("the manager it talks to", TimeSpan.FromSeconds(10), () => Task.FromResult(trial.ManagerOf(instance)), used => used == manager);

            trial.MayBeBlindFor(TimeSpan.FromSeconds(120));
            await Testbed.RunAsync(fault, manager.Member);
            long broken = Stopwatch.GetTimestamp();
            await trial.Service.AskAsync(round + 1);
            await trial.WaitForReplicasAsync(round + 1, 90);
            times.Add(Stopwatch.GetElapsedTime(broken));
            await instance.Program.StopAsync();
            await world.MendAsync();
        }
        report.Times($"{fault} of {(leads ? "the Swarm's leader" : "another manager")}: until a change was made through another", times);
        await trial.AssertCleanAsync();
    }
}
