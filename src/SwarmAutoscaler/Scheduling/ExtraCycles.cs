using SwarmAutoscaler.Applying;
using SwarmAutoscaler.Coordinating;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Scheduling;

/// <summary>
/// Evaluates between two cycles what other people's changes have made worth a look: a service whose quiet time or rollout has just ended, or that was
/// made or removed. All of them at a time with one listing, so that a thousand services deployed at once cost a few evaluations. Such an evaluation is dated
/// with the moment it begins; the schedules go on in their exact steps.
/// </summary>
sealed class ExtraCycles(
    OutsideUpdates outside, PolicyCatalog catalog, ServiceHistories histories, ScalingCycle cycle, TimeProvider time, ILogger<ExtraCycles> log) : BackgroundService
{
    /// <summary>Between two looks: 500 ms.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(500);

    /// <summary>After an extra evaluation there is none for so many times as long as it took: in a large Swarm events never keep the engine busy.</summary>
    const int Rest = 4;

    /// <summary>Evaluation is due; a service that a cycle has at this moment has to wait, for the cycle may have read it before.</summary>
    readonly HashSet<string> waiting = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            long started = time.GetTimestamp();
            await LookAsync(stoppingToken);
            var rest = time.GetElapsedTime(started) * Rest;
            await Task.Delay(rest > Pace ? rest : Pace, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task LookAsync(CancellationToken stopping)
    {
        waiting.UnionWith(outside.TakeReady());
        if (waiting.Count == 0)
            return;
        var free = waiting.Where(service => !histories.IsTaken(service)).ToHashSet(StringComparer.Ordinal);
        waiting.ExceptWith(free);
        var due = catalog.Current.Evaluated.Where(each => free.Contains(each.Policy.Service)).ToList();
        if (due.Count == 0)
            return;
        try
        {
            await cycle.RunAsync(due, time.GetUtcNow(), stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // the process stops; what was not evaluated will be by the next instance
        }
        catch (Exception e)
        {
            log.ExtraCycleLost(due.Count, e);
        }
    }
}
