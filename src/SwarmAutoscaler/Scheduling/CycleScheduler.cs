using Quartz;
using SwarmAutoscaler.Coordinating;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Scheduling;

/// <summary>
/// Keeps one Quartz trigger per distinct schedule of the policies in force. Reloaded policies change the triggers without a restart; schedules that
/// stay are not touched, so their rhythm goes on. Missed firings are skipped, not caught up.
/// </summary>
sealed class CycleScheduler(ISchedulerFactory factory, PolicyCatalog catalog, ILease lease, TimeProvider time, ILogger<CycleScheduler> log) : IHostedService, IDisposable
{
    /// <summary>A firing that is later than this, or than half its interval, is a misfire and is skipped: a slow cycle is not followed by a burst.</summary>
    static readonly TimeSpan LongestLateness = TimeSpan.FromSeconds(1);

    readonly SemaphoreSlim gate = new(1, 1);
    readonly HashSet<EvaluationSchedule> present = [];
    IDisposable? subscription;
    IScheduler? scheduler;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        scheduler = await factory.GetScheduler(cancellationToken);
        lease.Gained += RunAllNow;
        subscription = catalog.Subscribe(changed => _ = ApplyAsync(scheduler, CancellationToken.None));
        await ApplyAsync(scheduler, cancellationToken);
        await scheduler.Start(cancellationToken);
    }

    /// <summary>Lets a cycle that is running come to its end: it stops by itself as soon as the process is told to stop.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        lease.Gained -= RunAllNow;
        subscription?.Dispose();
        if (Interlocked.Exchange(ref scheduler, null) is not { } started)
            return;
        try
        {
            await started.Shutdown(true, cancellationToken).AsTask().WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            log.CycleLeftBehind();
        }
    }

    /// <summary>Who has just become the one that acts does not wait for the next time of each schedule.</summary>
    void RunAllNow() => _ = RunAllAsync();

    async Task RunAllAsync()
    {
        await gate.WaitAsync();
        try
        {
            foreach (var schedule in present)
                await TryAsync(schedule, async () => await (scheduler?.TriggerJob(CycleJob.KeyOf(schedule)) ?? ValueTask.CompletedTask));
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Sets the schedules of the policies in force now; of several changes at a time the last to come here sees the newest.</summary>
    async Task ApplyAsync(IScheduler scheduler, CancellationToken cancellation)
    {
        await gate.WaitAsync(cancellation);
        try
        {
            var set = catalog.Current;
            var wanted = set.Evaluated.Select(each => each.Policy.Schedule).ToHashSet();
            foreach (var schedule in present.Except(wanted).ToList())
                if (await TryAsync(schedule, async () => await scheduler.DeleteJob(CycleJob.KeyOf(schedule), cancellation)))
                    present.Remove(schedule);
            foreach (var schedule in wanted.Except(present).ToList())
                if (await TryAsync(schedule, async () => await scheduler.ScheduleJob(CycleJob.For(schedule), TriggerOf(schedule), cancellationToken: cancellation)))
                    present.Add(schedule);
            log.Scheduled(set.Policies.Count, present.Count);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>A schedule that cannot be set, for instance a cron expression whose last time is over, does not disturb the others.</summary>
    async Task<bool> TryAsync(EvaluationSchedule schedule, Func<Task> change)
    {
        try
        {
            await change();
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.NotScheduled(schedule, e);
            return false;
        }
    }

    ITrigger TriggerOf(EvaluationSchedule schedule)
    {
        var trigger = TriggerBuilder.Create(time).WithIdentity(schedule.ToString(), "cycles");
        return schedule switch
        {
            IntervalSchedule every => trigger.StartNow().WithMisfireThreshold(LatenessOf(every.Interval)).WithSimpleSchedule(simple => simple
                .WithInterval(every.Interval).RepeatForever().WithMisfireInstruction(SimpleTriggerMisfireInstruction.NextWithRemainingCount)).Build(),
            CronSchedule cron => trigger.WithMisfireThreshold(LongestLateness).WithCronSchedule(cron.Expression, builder => builder
                .InTimeZone(TimeZoneInfo.FindSystemTimeZoneById(cron.TimeZone)).WithMisfireInstruction(CronTriggerMisfireInstruction.DoNothing)).Build(),
            _ => throw new ArgumentOutOfRangeException(nameof(schedule), schedule, null),
        };
    }

    /// <summary>In whole milliseconds, Quartz refuses others.</summary>
    static TimeSpan LatenessOf(TimeSpan interval) =>
        interval / 2 >= LongestLateness ? LongestLateness : TimeSpan.FromMilliseconds(Math.Max(1, Math.Floor(interval.TotalMilliseconds / 2)));

    public void Dispose() => gate.Dispose();
}
