using System.Diagnostics;
using SwarmAutoscaler.TestSupport;
using Xunit;
using Xunit.Abstractions;

namespace SwarmAutoscaler.EndToEnd;

/// <summary>A manager of the list that does not serve is passed over. None of these leads the Swarm, so that the others go on serving.</summary>
[Collection(ThreeManagersCollection.Name)]
public sealed class ManagerOutageTests(ThreeManagers world, ITestOutputHelper output)
{
    [Theory]
    [InlineData("kill", 5)]
    [InlineData("freeze", 15)]
    [InlineData("partition", 35)]
    public async Task A_manager_that_does_not_serve_any_more_is_passed_over_within_a_bounded_time(string fault, int seconds)
    {
        var leader = await world.LeaderAsync();
        int place = Enumerable.Range(0, 3).First(place => world.Managers[place] != leader);
        await using var trial = await Trial.StartAsync(world, $"passed-{fault}");
        var instance = await trial.LaunchAsync(world.HostsFrom(place));
        await instance.Program.WaitUntilReadyAsync();
        await trial.Service.AskAsync(2);
        await trial.WaitForReplicasAsync(2, 10);

        await Testbed.RunAsync(fault, world.Managers[place].Member);
        long broken = Stopwatch.GetTimestamp();
        trial.MayBeBlindFor(TimeSpan.FromSeconds(60));
        await trial.Service.AskAsync(4);
        await trial.WaitForReplicasAsync(4, 60);
        double took = Stopwatch.GetElapsedTime(broken).TotalSeconds;

        output.WriteLine($"{fault}: {took:0.0} s");
        await trial.AssertCleanAsync();
        Assert.InRange(took, 0, seconds);
    }
}
