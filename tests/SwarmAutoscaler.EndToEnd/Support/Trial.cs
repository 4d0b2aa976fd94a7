using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace SwarmAutoscaler.TestSupport;

/// <summary>Services on three managers, the autoscalers that scale them, and the record of everything that happens.</summary>
sealed class Trial : IAsyncDisposable
{
    /// <summary>What every policy promises unless a test says something else.</summary>
    public static readonly ExpectedRules Rules = new(Min: 1, Max: 8)
    {
        CooldownUp = TimeSpan.FromSeconds(3),
        CooldownDown = TimeSpan.FromSeconds(4),
        DownWindow = TimeSpan.FromSeconds(6),
        UpLimit = (4, TimeSpan.FromSeconds(10)),
    };

    /// <summary>Until an event has come from every manager, and a log line from every instance.</summary>
    static readonly TimeSpan Telling = TimeSpan.FromSeconds(5);

    readonly ThreeManagers world;
    readonly EventRecorder recorder;
    readonly ConcurrentQueue<Instance> instances = new();
    readonly ConcurrentQueue<Death> deaths = new();
    readonly ConcurrentQueue<BlindTime> blind = new();

    Trial(ThreeManagers world, IReadOnlyList<ScaledService> services)
    {
        (this.world, Services) = (world, services);
        recorder = new EventRecorder(world.Managers.Select(manager => manager.Socket));
    }

    /// <summary>Creates services with one replica each; one is asked for.</summary>
    public static async Task<Trial> StartAsync(ThreeManagers world, ExpectedRules rules, params (string Name, IDemand Demand)[] services)
    {
        var trial = new Trial(world, [.. services.Select(each => new ScaledService(world, each.Name, each.Demand, rules))]);
        foreach (var service in trial.Services)
        {
            await service.AskAsync(1);
            await service.CreateAsync(1);
        }
        return trial;
    }

    /// <summary>Creates one service whose demand is in Redis.</summary>
    public static Task<Trial> StartAsync(ThreeManagers world, string service) => StartAsync(world, Rules, (service, new Demand(world, service)));

    public IReadOnlyList<ScaledService> Services { get; }

    /// <summary>The only one.</summary>
    public ScaledService Service => Services.Single();

    /// <summary>All that were ever launched.</summary>
    public IReadOnlyList<Instance> Instances => [.. instances];

    /// <summary>Everything that happened so far.</summary>
    public Chronicle Chronicle => new()
    {
        Updates = [.. recorder.Updates.Where(update => Services.Any(service => service.Name == update.Service))],
        Claims = [.. instances.SelectMany(instance => InstanceLog.Claims(instance.Name, instance.Program.LogLines)).OrderBy(claim => claim.At)],
        Terms = [.. instances.SelectMany(instance => InstanceLog.Terms(instance.Name, instance.Program.LogLines)).OrderBy(term => term.At)],
        ByHand = [.. Services.SelectMany(service => service.ByHand)],
        Deaths = [.. deaths],
        Policies = [.. Services.SelectMany(service => service.Policies)],
        Demand = [.. Services.SelectMany(service => service.Asked)],
        Blind = [.. blind],
    };

    /// <summary>Starts an instance; its name is its number.</summary>
    /// <param name="hosts">For <c>DOCKER_HOST</c>.</param>
    public async Task<Instance> LaunchAsync(string hosts)
    {
        var settings = new Dictionary<string, string>(world.Environment) { ["DOCKER_HOST"] = hosts, ["AUTOSCALER_LOG_FORMAT"] = "json" };
        var program = await Autoscaler.LaunchAsync(Services.ToDictionary(FileOf, service => service.Policy), settings);
        var instance = new Instance((instances.Count + 1).ToString(CultureInfo.InvariantCulture), program);
        instances.Enqueue(instance);
        foreach (var service in Services)
            await WritePolicyAsync(instance, service); // one may have been edited meanwhile
        return instance;
    }

    /// <summary>Starts three instances, each with all managers in another order, and waits until one of them acts and the others are ready to.</summary>
    public async Task<Instance> LaunchThreeAsync()
    {
        foreach (int place in (int[])[0, 1, 2])
            await LaunchAsync(world.HostsFrom(place));
        var leader = await WaitForLeaderAsync();
        foreach (var instance in instances)
            await instance.Program.WaitUntilReadyAsync();
        return leader;
    }

    /// <summary>Kills an instance, without any chance to say or do anything more.</summary>
    public async Task KillAsync(Instance instance)
    {
        MayBeBlindFor(TimeSpan.FromSeconds(10));
        deaths.Enqueue(new Death(DateTimeOffset.UtcNow, instance.Name));
        await instance.Program.SignalAsync("KILL");
    }

    /// <summary>Writes a service's edited policy to every instance.</summary>
    public async Task EditAsync(ScaledService service, ExpectedRules rules)
    {
        service.Edit(rules);
        foreach (var instance in instances)
            await WritePolicyAsync(instance, service);
    }

    /// <summary>The manager that an instance talks to.</summary>
    public Engine ManagerOf(Instance instance) => world.Managers.Single(manager => manager.Host == InstanceLog.Endpoint(instance.Program.LogLines));

    /// <summary>Something is about to be broken: while it lasts, perhaps nobody evaluates.</summary>
    public void MayBeBlindFor(TimeSpan span) => blind.Enqueue(new BlindTime(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow + span));

    /// <summary>Waits until the managers told that the count of the only service is this.</summary>
    public Task<int> WaitForReplicasAsync(int count, int seconds) => Eventually.GetAsync(
        $"replicas of {Service.Name}", TimeSpan.FromSeconds(seconds), () => Task.FromResult(ReplicasOf(Service)), replicas => replicas == count);

    /// <summary>The count as the managers told last.</summary>
    public int ReplicasOf(ScaledService service) => recorder.Updates.LastOrDefault(update => update.Service == service.Name && update.Count is not null)?.Count!.To ?? 1;

    /// <summary>The instance that holds the lease.</summary>
    public async Task<Instance> WaitForLeaderAsync(int seconds = 30, Instance? otherThan = null)
    {
        return (await Eventually.GetAsync("a leader", TimeSpan.FromSeconds(seconds), FindAsync, leader => leader is not null))!;

        async Task<Instance?> FindAsync()
        {
            foreach (var instance in instances.Where(instance => instance != otherThan))
                if (await instance.IsLeaderAsync())
                    return instance;
            return null;
        }
    }

    /// <summary>The whole sequence kept every promise, whatever was broken meanwhile. What was just written may not have been told by everybody yet.</summary>
    public async Task AssertCleanAsync()
    {
        var breaches = ChronicleCheck.Breaches(Chronicle);
        for (long began = Stopwatch.GetTimestamp(); breaches.Count > 0 && Stopwatch.GetElapsedTime(began) < Telling; breaches = ChronicleCheck.Breaches(Chronicle))
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, CancellationToken.None);
        Assert.True(breaches.Count == 0, $"{string.Join('\n', breaches)}\n\n{Story()}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var instance in instances)
            await instance.Program.DisposeAsync();
        await world.MendAsync();
        foreach (var service in Services)
            await service.RemoveAsync();
        await recorder.DisposeAsync();
    }

    /// <summary>For whoever has to understand a breach.</summary>
    string Story() => string.Join("\n\n",
        [string.Join('\n', Chronicle.Updates), string.Join('\n', Chronicle.Terms), .. instances.Select(instance => $"instance {instance.Name}:\n{instance.Program.Log}")]);

    static Task WritePolicyAsync(Instance instance, ScaledService service) =>
        File.WriteAllTextAsync(Path.Combine(instance.Program.Policies, FileOf(service)), service.Policy);

    static string FileOf(ScaledService service) => $"{service.Name}.yml";
}
