using Quartz;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Scheduling;

/// <summary>
/// Keeps one Quartz trigger per distinct schedule of the policies in force. Reloaded policies change the triggers without a restart; schedules that
/// stay are not touched, so their rhythm goes on. Missed firings are skipped, not caught up.
/// </summary>
sealed class CycleScheduler(ISchedulerFactory factory, PolicyCatalog catalog, ILogger<CycleScheduler> log) : IHostedService, IDisposable
{
    readonly SemaphoreSlim gate = new(1, 1);
    readonly HashSet<EvaluationSchedule> present = [];
    IDisposable? subscription;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var scheduler = await factory.GetScheduler(cancellationToken);
        subscription = catalog.Subscribe(set => _ = ApplyAsync(scheduler, set, CancellationToken.None));
        await ApplyAsync(scheduler, catalog.Current, cancellationToken);
        await scheduler.Start(cancellationToken);
    }

    /// <summary>Lets a cycle that is running come to its end: it stops by itself as soon as the process is told to stop.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        subscription?.Dispose();
        var scheduler = await factory.GetScheduler(cancellationToken);
        await scheduler.Shutdown(true, cancellationToken);
    }

    async Task ApplyAsync(IScheduler scheduler, PolicySet set, CancellationToken cancellation)
    {
        await gate.WaitAsync(cancellation);
        try
        {
            var wanted = set.Policies.Select(policy => policy.Schedule).ToHashSet();
            foreach (var schedule in present.Except(wanted).ToList())
            {
                await scheduler.DeleteJob(CycleJob.KeyOf(schedule), cancellation);
                present.Remove(schedule);
            }
            foreach (var schedule in wanted.Except(present).ToList())
            {
                await scheduler.ScheduleJob(CycleJob.For(schedule), TriggerOf(schedule), cancellationToken: cancellation);
                present.Add(schedule);
            }
            log.Scheduled(set.Policies.Count, wanted.Count);
        }
        catch (Exception e) when (e is SchedulerException)
        {
            log.NotScheduled(e);
        }
        finally
        {
            gate.Release();
        }
    }

    static ITrigger TriggerOf(EvaluationSchedule schedule)
    {
        var trigger = TriggerBuilder.Create().WithIdentity(schedule.ToString(), "cycles");
        return schedule switch
        {
            IntervalSchedule every => trigger.StartNow().WithSimpleSchedule(simple => simple
                .WithInterval(every.Interval).RepeatForever().WithMisfireInstruction(SimpleTriggerMisfireInstruction.NextWithRemainingCount)).Build(),
            CronSchedule cron => trigger.WithCronSchedule(cron.Expression, builder => builder
                .InTimeZone(TimeZoneInfo.FindSystemTimeZoneById(cron.TimeZone)).WithMisfireInstruction(CronTriggerMisfireInstruction.DoNothing)).Build(),
            _ => throw new ArgumentOutOfRangeException(nameof(schedule), schedule, null),
        };
    }

    public void Dispose() => gate.Dispose();
}
