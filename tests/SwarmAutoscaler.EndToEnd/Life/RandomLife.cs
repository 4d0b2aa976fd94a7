using System.Collections.Concurrent;
using System.Diagnostics;
using SwarmAutoscaler.TestSupport;

namespace SwarmAutoscaler.EndToEnd;

/// <summary>
/// What happens to services and autoscalers in the course of time, at random but repeatable as far as the deeds go: demand, people, deployments, edits, and
/// at most one thing broken at a time.
/// </summary>
sealed class RandomLife(ThreeManagers world, Trial trial, int seed)
{
    readonly Random random = new(seed);
    readonly ConcurrentQueue<string> diary = new();
    readonly List<Instance> running = [];
    int release, faults;
    Task broken = Task.CompletedTask;

    /// <summary>What was done, one line each.</summary>
    public IReadOnlyList<string> Diary => [.. diary];

    public string Summary
    {
        get
        {
            var chronicle = trial.Chronicle;
            int conflicts = trial.Instances.Sum(instance => instance.Program.LogLines.Count(line => line.Contains("Somebody else changed ", StringComparison.Ordinal)));
            return $"seed {seed}: {diary.Count} deeds, {faults} of them faults; {chronicle.Updates.Count(update => update.Count is not null)} changes of counts, "
                + $"{chronicle.Claims.Count(claim => claim.IsApplied)} by {trial.Instances.Count} instances in {chronicle.Terms.Count} terms; {conflicts} conflicts, "
                + $"{chronicle.Claims.Count(claim => claim.IsUnknown)} changes of unknown outcome";
        }
    }

    public async Task LiveAsync(TimeSpan span)
    {
        foreach (int place in (int[])[0, 1])
            running.Add(await trial.LaunchAsync(world.HostsFrom(place)));
        await trial.WaitForLeaderAsync();
        for (long began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < span;)
        {
            await NextAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(100, 900)), TimeProvider.System, CancellationToken.None);
        }
        await broken;
    }

    async Task NextAsync()
    {
        var service = trial.Services[random.Next(trial.Services.Count)];
        int count = random.Next(1, 10);
        switch (random.Next(100))
        {
            case < 50: await DoAsync($"{service.Name}: {count} asked for", () => service.AskAsync(count)); break;
            case < 58: await DoAsync($"{service.Name} scaled to {count} by hand", () => service.ScaleByHandAsync(count)); break;
            case < 60: await DoAsync($"{service.Name} stopped by hand", () => service.ScaleByHandAsync(0)); break;
            case < 65: await DoAsync($"{service.Name} deployed", () => service.DeployAsync($"{++release}")); break;
            case < 70: await DoAsync($"{service.Name} deployed with 1 replica", () => service.DeployAsync($"{++release}", 1)); break;
            case < 74: await DoAsync($"{service.Name} made anew with {count}", () => ReplaceAsync(service, count)); break;
            case < 80: await DoAsync($"{service.Name} edited", () => trial.EditAsync(service, Edited(service.Rules))); break;
            default: Break(); break;
        }
    }

    ExpectedRules Edited(ExpectedRules rules) => rules with { Max = random.Next(4, 10), CooldownUp = TimeSpan.FromSeconds(random.Next(2, 7)) };

    static async Task ReplaceAsync(ScaledService service, int count)
    {
        await service.RemoveAsync();
        await service.CreateAsync(count);
    }

    void Break()
    {
        if (!broken.IsCompleted)
            return;
        faults++;
        var (manager, instance) = (world.Managers[random.Next(3)], running[random.Next(running.Count)]);
        var (seconds, place) = (random.Next(2, 10), random.Next(3));
        broken = random.Next(8) switch
        {
            0 => DoAsync($"Prometheus killed for {seconds} s", () => ForAsync(seconds, 8, "kill", ThreeManagers.Prometheus, "restart", "prometheus", ThreeManagers.Prometheus)),
            1 => DoAsync($"{manager.Member} frozen for {seconds} s", () => ForAsync(seconds, 25, "freeze", manager.Member, "thaw", manager.Member)),
            2 => DoAsync($"{manager.Member} killed", () => ForAsync(0, 40, "kill", manager.Member, "restart", "engine", manager.Member)),
            3 => DoAsync($"{manager.Member} cut off for {seconds} s", () => ForAsync(seconds, 45, "partition", manager.Member, "heal", manager.Member)),
            4 => DoAsync($"instance {instance.Name} stopped, another started", () => ReplaceAsync(instance, place, () => instance.Program.StopAsync())),
            5 => DoAsync($"instance {instance.Name} frozen for {seconds} s", () => FreezeAsync(instance, seconds)),
            _ => DoAsync($"instance {instance.Name} killed, another started", () => ReplaceAsync(instance, place, () => trial.KillAsync(instance))),
        };
    }

    /// <summary>Breaks a server and mends it after some seconds; its effects last longer.</summary>
    async Task ForAsync(int seconds, int aftermath, string fault, string server, params string[] mend)
    {
        trial.MayBeBlindFor(TimeSpan.FromSeconds(seconds + aftermath));
        await Testbed.RunAsync(fault, server);
        await Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System, CancellationToken.None);
        await Testbed.RunAsync(mend);
    }

    async Task ReplaceAsync(Instance instance, int place, Func<Task> end)
    {
        running.Remove(instance);
        await end();
        running.Add(await trial.LaunchAsync(world.HostsFrom(place)));
    }

    async Task FreezeAsync(Instance instance, int seconds)
    {
        trial.MayBeBlindFor(TimeSpan.FromSeconds(seconds + 8));
        await instance.Program.SignalAsync("STOP");
        await Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System, CancellationToken.None);
        await instance.Program.SignalAsync("CONT");
    }

    /// <summary>A person's command that no manager carries out is a person's bad luck, and part of life.</summary>
    async Task DoAsync(string what, Func<Task> deed)
    {
        diary.Enqueue($"{ChronicleCheck.Text(DateTimeOffset.UtcNow)} {what}");
        try
        {
            await deed();
        }
        catch (InvalidOperationException e) when (e.Message.StartsWith("docker ", StringComparison.Ordinal))
        {
            diary.Enqueue($"{ChronicleCheck.Text(DateTimeOffset.UtcNow)} {what}: {e.Message}");
        }
    }
}
