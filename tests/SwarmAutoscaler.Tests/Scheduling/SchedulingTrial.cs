using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NSubstitute;
using Quartz;
using SwarmAutoscaler.Applying;
using SwarmAutoscaler.Coordinating;
using SwarmAutoscaler.Cycle;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;
using SwarmAutoscaler.Recording;
using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.Scheduling;

/// <summary>Everything from the files to the cycle as in the process, with a real scheduler, on a clock that the test moves.</summary>
sealed class SchedulingTrial : IAsyncDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("policies-").FullName;
    readonly CancellationTokenSource stopping = new();
    readonly ServiceProvider parts;
    readonly SeenCycles cycles;
    IScheduler? quartz;

    public SchedulingTrial()
    {
        cycles = new SeenCycles(Time);
        var lifetime = Substitute.For<IHostApplicationLifetime>();
        lifetime.ApplicationStopping.Returns(stopping.Token);
        parts = new ServiceCollection().AddLogging().AddMetricSources()
            .AddScalingCycle(new ProcessOptions { Policies = [folder], State = StateKeeping.Memory }, []).AddCycleScheduling(Time)
            .AddSingleton<IReadOnlyList<IMetricSource>>([cycles]).AddSingleton<TimeProvider>(Time).AddSingleton<ISwarm>(Swarm)
            .AddSingleton(lifetime).AddSingleton<ILogger<CycleScheduler>>(Log).AddSingleton<CycleScheduler>().AddSingleton<ExtraCycles>()
            .BuildServiceProvider();
        (Catalog, Scheduler) = (parts.GetRequiredService<PolicyCatalog>(), parts.GetRequiredService<CycleScheduler>());
        File.WriteAllText(At("shared"), "connections: { seen: { default: {} } }");
    }

    public ManualTime Time { get; } = new();

    public SlowSwarm Swarm { get; } = new();

    public PolicyCatalog Catalog { get; }

    public CycleScheduler Scheduler { get; }

    public CollectedLog<CycleScheduler> Log { get; } = new();

    public ExtraCycles Extra => parts.GetRequiredService<ExtraCycles>();

    public OutsideUpdates Outside => parts.GetRequiredService<OutsideUpdates>();

    public ServiceHistories Histories => parts.GetRequiredService<ServiceHistories>();

    public DecisionBoard Board => parts.GetRequiredService<DecisionBoard>();

    public void Write(string service, string schedule, string? file = null) => File.WriteAllText(At(file ?? service),
        $"service: {service}\nreplicas: {{ max: 5 }}\nmetrics: [ {{ source: seen, target: {{ value: 1 }} }} ]\n{schedule}\n");

    public void Delete(string file) => File.Delete(At(file));

    /// <summary>The cycles that run at the start.</summary>
    public async Task<string[]> StartAsync()
    {
        Catalog.Reload(compareContent: true);
        quartz = await parts.GetRequiredService<ISchedulerFactory>().GetScheduler();
        await Scheduler.StartAsync(CancellationToken.None);
        return await TakeAsync();
    }

    /// <summary>The cycles that run at once after a change of the files.</summary>
    public async Task<string[]> ReloadAsync()
    {
        Catalog.Reload(compareContent: true);
        return await TakeAsync();
    }

    /// <summary>The cycles that run in the next seconds, which pass in steps.</summary>
    public async Task<string[]> AdvanceAsync(int seconds, int step = 1)
    {
        var seen = new List<string>();
        for (int passed = 0; passed < seconds; passed += step)
        {
            Time.Advance(TimeSpan.FromSeconds(step));
            seen.AddRange(await TakeAsync());
        }
        return [.. seen];
    }

    /// <summary>The process is told to stop.</summary>
    public Task StopAsync(CancellationToken patience)
    {
        stopping.Cancel();
        return Scheduler.StopAsync(patience);
    }

    public string[] Seen() => cycles.Take();

    /// <summary>Waits until the scheduler's own thread has done all there is to do at this moment and waits for the clock.</summary>
    public async Task<string[]> TakeAsync()
    {
        long started = Stopwatch.GetTimestamp();
        for (int quiet = 0; quiet < 3; quiet = await IsQuietAsync() ? quiet + 1 : 0)
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(20), "the scheduler does not come to rest");
            await Task.Delay(1);
        }
        return Seen();
    }

    public async ValueTask DisposeAsync()
    {
        Swarm.Release();
        await Scheduler.StopAsync(CancellationToken.None);
        await parts.DisposeAsync();
        stopping.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    async Task<bool> IsQuietAsync()
    {
        var schedules = Catalog.Current.Evaluated.Select(each => each.Policy.Schedule).ToHashSet();
        foreach (var schedule in schedules)
        {
            var key = new TriggerKey(schedule.ToString(), "cycles");
            var trigger = await quartz!.GetTrigger(key);
            if (trigger is null)
            {
                if (Log.Lines.Any(line => line.Contains(schedule.ToString(), StringComparison.Ordinal)))
                    continue; // it could not be set
                return false;
            }
            var state = await quartz.GetTriggerState(key);
            bool isBusy = state is TriggerState.Blocked or TriggerState.Executing;
            if (isBusy ? !Swarm.IsHeld || cycles.Reads < Swarm.Lists : trigger.NextFireTimeUtc <= Time.GetUtcNow())
                return false;
        }
        return Time.NextDue is { } due && due > Time.GetUtcNow();
    }

    string At(string name) => Path.Combine(folder, $"{name}.yml");
}
