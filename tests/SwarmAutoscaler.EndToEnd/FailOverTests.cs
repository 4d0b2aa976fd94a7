using System.Diagnostics;
using SwarmAutoscaler.TestSupport;
using Xunit;
using Xunit.Abstractions;

namespace SwarmAutoscaler.EndToEnd;

/// <summary>
/// Three instances on three managers, and one of them fails: exactly one acts, and no change leaves its bounds, is made twice, or forgets a cooldown, a limit
/// or a window. That much is checked over the whole sequence at the end of each; the rest here says that the work goes on.
/// </summary>
[Collection(ThreeManagersCollection.Name)]
public sealed class FailOverTests(ThreeManagers world, ITestOutputHelper output)
{
    /// <summary>Until somebody else acts after the leader died, with the default times.</summary>
    const int TakeOver = 10;

    [Fact]
    public async Task When_the_instance_that_acts_is_killed_in_the_middle_of_a_scale_up_another_ends_it()
    {
        await using var trial = await Trial.StartAsync(world, "killed");
        var leader = await trial.LaunchThreeAsync();

        await trial.Service.AskAsync(8);
        await trial.WaitForReplicasAsync(5, 10); // four at a time
        await trial.KillAsync(leader);

        await trial.WaitForLeaderAsync(TakeOver, otherThan: leader);
        await trial.WaitForReplicasAsync(8, 20);
        await trial.Service.AskAsync(3);
        await trial.WaitForReplicasAsync(3, 20);
        await trial.AssertCleanAsync();
    }

    [Fact]
    public async Task When_the_instance_that_acts_is_stopped_another_goes_on_at_once()
    {
        await using var trial = await Trial.StartAsync(world, "stopped");
        var leader = await trial.LaunchThreeAsync();
        await trial.Service.AskAsync(5);
        await trial.WaitForReplicasAsync(5, 10);

        await trial.Service.AskAsync(7);
        Assert.Equal(0, (await leader.Program.StopAsync()).ExitCode);
        await trial.WaitForLeaderAsync(2, otherThan: leader);

        await trial.WaitForReplicasAsync(7, 15);
        await trial.AssertCleanAsync();
    }

    [Fact]
    public async Task An_instance_that_was_frozen_for_longer_than_its_lease_changes_nothing_when_it_wakes_up()
    {
        await using var trial = await Trial.StartAsync(world, "woken");
        var leader = await trial.LaunchThreeAsync();
        await trial.Service.AskAsync(5);
        await trial.WaitForReplicasAsync(5, 10);

        await trial.Service.AskAsync(7);
        trial.MayBeBlindFor(TimeSpan.FromSeconds(TakeOver));
        await leader.Program.SignalAsync("STOP");
        try
        {
            await trial.WaitForLeaderAsync(TakeOver, otherThan: leader);
            await trial.Service.AskAsync(8);
            await trial.WaitForReplicasAsync(8, 20);
        }
        finally
        {
            await leader.Program.SignalAsync("CONT");
        }

        await Eventually.GetAsync("the sleeper knows", TimeSpan.FromSeconds(10), leader.IsLeaderAsync, leads => !leads);
        await trial.Service.AskAsync(2);
        await trial.WaitForReplicasAsync(2, 20);
        await trial.AssertCleanAsync();
    }

    [Theory]
    [InlineData("kill", 45)]
    [InlineData("freeze", 45)]
    [InlineData("partition", 60)]
    public async Task When_the_manager_it_talks_to_and_that_leads_the_swarm_is_lost_scaling_goes_on_through_another(string fault, int seconds)
    {
        await using var trial = await Trial.StartAsync(world, $"manager-{fault}");
        var manager = await world.LeaderAsync();
        await trial.LaunchAsync(world.HostsFrom(world.PlaceOf(manager)));
        await trial.WaitForLeaderAsync();
        foreach (int place in Enumerable.Range(0, 3).Where(place => world.Managers[place] != manager))
            await trial.LaunchAsync(world.HostsFrom(place));
        await trial.Service.AskAsync(3);
        await trial.WaitForReplicasAsync(3, 10);

        long broken = Stopwatch.GetTimestamp();
        trial.MayBeBlindFor(TimeSpan.FromSeconds(seconds));
        await Testbed.RunAsync(fault, manager.Member);
        await trial.Service.AskAsync(6);
        await trial.WaitForReplicasAsync(6, seconds);
        new Report(output).Line($"{fault} of the manager it talks to, which leads the Swarm: changed after {Stopwatch.GetElapsedTime(broken).TotalSeconds:0.0} s");
        await world.MendAsync();
        trial.MayBeBlindFor(TimeSpan.FromSeconds(30)); // healing is another outage

        await trial.Service.AskAsync(2);
        await trial.WaitForReplicasAsync(2, 60);
        await trial.AssertCleanAsync();
    }

    [Fact]
    public async Task While_the_swarm_has_no_quorum_nothing_is_done_and_once_it_has_one_again_scaling_goes_on()
    {
        await using var trial = await Trial.StartAsync(world, "quorum");
        await trial.LaunchThreeAsync();
        await trial.Service.AskAsync(3);
        await trial.WaitForReplicasAsync(3, 10);

        trial.MayBeBlindFor(TimeSpan.FromSeconds(120));
        await Task.WhenAll(world.Managers.Skip(1).Select(manager => Testbed.RunAsync("kill", manager.Member)));
        await trial.Service.AskAsync(6);
        await Eventually.GetAsync("nobody acts", TimeSpan.FromSeconds(20), async () => (await Task.WhenAll(trial.Instances.Select(instance => instance.IsLeaderAsync()))).Any(leads => leads), any => !any);
        await world.MendAsync();

        await trial.WaitForReplicasAsync(6, 60);
        await trial.AssertCleanAsync();
    }
}
