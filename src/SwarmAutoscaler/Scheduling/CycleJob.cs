using Quartz;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Scheduling;

/// <summary>Runs one cycle of the policies that share a schedule. Two runs of one schedule never overlap.</summary>
[DisallowConcurrentExecution]
sealed class CycleJob(
    PolicyCatalog catalog, ScalingCycle cycle, IHostApplicationLifetime lifetime, ILogger<CycleJob> log) : IJob
{
    const string ScheduleEntry = "schedule";

    public static IJobDetail For(EvaluationSchedule schedule) => JobBuilder.Create<CycleJob>()
        .WithIdentity(KeyOf(schedule))
        .UsingJobData(new JobDataMap { [ScheduleEntry] = schedule })
        .Build();

    public static JobKey KeyOf(EvaluationSchedule schedule) => new(schedule.ToString(), "cycles");

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var schedule = (EvaluationSchedule)context.MergedJobDataMap[ScheduleEntry]!;
        try
        {
            await cycle.RunAsync(catalog.Current.DueOn(schedule), context.ScheduledFireTimeUtc ?? context.FireTimeUtc, lifetime.ApplicationStopping);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // the process stops; what was not evaluated will be by the next instance
        }
        catch (Exception e)
        {
            log.CycleLost(schedule, e);
        }
    }
}
