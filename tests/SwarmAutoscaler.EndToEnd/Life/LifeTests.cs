using System.Globalization;
using SwarmAutoscaler.TestSupport;
using Xunit;
using Xunit.Abstractions;

namespace SwarmAutoscaler.EndToEnd;

/// <summary>
/// Life in fast motion: an interval of 1 s stands for the usual 15 s, a window of 20 s for 300 s. The lease, the engines and the faults run at their real
/// pace, which makes it the harder.
/// </summary>
[Collection(ThreeManagersCollection.Name)]
public sealed class LifeTests(ThreeManagers world, ITestOutputHelper output)
{
    /// <summary>How long, in seconds; 480 stands for two hours.</summary>
    const string Seconds = "RELIABILITY_LIFE_SECONDS";

    /// <summary>A number that repeats the deeds of an earlier run.</summary>
    const string Seed = "RELIABILITY_LIFE_SEED";

    static readonly ExpectedRules Rules = new(Min: 1, Max: 8)
    {
        CooldownUp = TimeSpan.FromSeconds(4),
        CooldownDown = TimeSpan.FromSeconds(8),
        DownWindow = TimeSpan.FromSeconds(20),
        UpLimit = (5, TimeSpan.FromSeconds(10)),
    };

    [Fact]
    public async Task Whatever_happens_no_promise_is_broken_and_in_the_end_the_counts_are_right()
    {
        int seed = Setting(Seed) ?? Random.Shared.Next(1_000_000);
        string[] services = ["life-a", "life-b", "life-c"];
        await using var trial = await Trial.StartAsync(world, Rules,
            (services[0], new Demand(world, services[0])), (services[1], new Demand(world, services[1])), (services[2], world.Page.Of(services[2])));
        var life = new RandomLife(world, trial, seed);
        try
        {
            await life.LiveAsync(TimeSpan.FromSeconds(Setting(Seconds) ?? 35));
            await SettleAsync(trial);
            await trial.AssertCleanAsync();
        }
        finally
        {
            new Report(output).Line(life.Summary);
            foreach (string deed in life.Diary)
                output.WriteLine(deed);
        }
    }

    /// <summary>Everything is mended and every service needs four replicas: so many it gets.</summary>
    async Task SettleAsync(Trial trial)
    {
        await world.MendAsync();
        foreach (var service in trial.Services)
        {
            await service.AskAsync(4);
            if (await world.Managers[0].ReplicasAsync(service.Name) == 0)
                await service.ScaleByHandAsync(1); // only a person lifts a person's stop
        }
        foreach (var service in trial.Services)
            await world.Managers[0].WaitForReplicasAsync(service.Name, 4, seconds: 60);
    }

    static int? Setting(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
