using SwarmAutoscaler.Applying;
using SwarmAutoscaler.Constraining;
using SwarmAutoscaler.Coordinating;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;
using SwarmAutoscaler.Recording;

namespace SwarmAutoscaler;

/// <summary>One evaluation of all policies that are due: measure → decide → constrain → apply → record.</summary>
sealed class ScalingCycle(
    ISwarm swarm, MetricSources sources, ServiceHistories histories, ReplicaCaps replicaCaps, DecisionRecorder recorder, AutoscalerMeter meter, CycleOptions options,
    TimeProvider time, ILogger<ScalingCycle> log)
{
    /// <summary>Changes sent to the engine at a time.</summary>
    const int ConcurrentChanges = 8;

    /// <summary>How long a change that is already on its way is waited for when the process stops, well inside Docker's default grace of 10 s.</summary>
    public static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(5);

    /// <summary>A change is not begun on readings older than this, for instance when the engine was frozen in between; the next cycle decides on new ones.</summary>
    public static readonly TimeSpan LongestAge = TimeSpan.FromSeconds(30);

    /// <param name="due">The policies to evaluate.</param>
    /// <param name="dueAt">
    /// When the cycle was due: the time of its decisions and changes. It comes in exact steps where the clock jitters, so that a change made one interval
    /// ago is outside a period or cooldown of one interval, and not sometimes.
    /// </param>
    /// <param name="stopping">The process stops: nothing new is begun, a change that is on its way gets <see cref="StopGrace"/>. Then this throws.</param>
    /// <returns>False when something was not evaluated, because the engine did not answer or an evaluation failed unexpectedly.</returns>
    public async Task<bool> RunAsync(IReadOnlyList<DuePolicy> due, DateTimeOffset dueAt, CancellationToken stopping)
    {
        var (started, lateness) = (time.GetTimestamp(), time.GetUtcNow() - dueAt);
        var taken = due.Where(each => histories.TryTake(each.Policy.Service)).ToList();
        try
        {
            return await MeasureAsync(taken, dueAt, stopping) is { } measured && await EvaluateAsync(measured, stopping);
        }
        finally
        {
            foreach (var each in taken)
                histories.GiveBack(each.Policy.Service);
            meter.Evaluated(time.GetElapsedTime(started), lateness > TimeSpan.Zero ? lateness : TimeSpan.Zero); // the scheduler may be some milliseconds early
        }
    }

    /// <summary>One listing by the engine and one round of all sources, at the same time. Null when the engine did not answer.</summary>
    async Task<IReadOnlyList<MeasuredPolicy>?> MeasureAsync(List<DuePolicy> due, DateTimeOffset dueAt, CancellationToken stopping)
    {
        if (due.Count == 0)
            return [];
        var listing = swarm.ListAsync(due.Select(each => each.Policy.Service).ToHashSet(StringComparer.Ordinal), stopping);
        // Policies that share a schedule share its time-out. Where schedules are mixed no next cycle waits for this one, so the longest will do.
        var readings = sources.ReadAsync([.. due.Select(each => each.Policy)], due.Max(each => each.Policy.Schedule.SourceTimeout), stopping);
        await Task.WhenAll(listing, readings);
        if (await listing is not Listed listed)
        {
            log.EngineSilent(due.Count, ((NotListed)await listing).Because);
            return null;
        }
        var read = await readings;
        var caps = replicaCaps.In(listed.Services, stopping);
        return await CappedAsync(caps, [.. due.Select((each, i) => new MeasuredPolicy(each, caps, new Observation
        {
            Now = dueAt,
            Service = listed.Services.GetValueOrDefault(each.Policy.Service),
            Readings = ResourceUse.InShares(each.Policy.Metrics, read[i], listed.Services.GetValueOrDefault(each.Policy.Service)),
            ObserveOnly = options.ObserveOnly,
        }))]);
    }

    /// <summary>With what can be placed and afforded at most, where that is less than what would be decided.</summary>
    async Task<IReadOnlyList<MeasuredPolicy>> CappedAsync(CycleCaps caps, IReadOnlyList<MeasuredPolicy> measured)
    {
        var capped = await caps.AddToAsync([.. measured.Select(each => new Undecided(each.Due, each.Observation, histories.Of(each.Due.Policy.Service)))]);
        return [.. measured.Zip(capped, (each, observation) => each with { Observation = observation })];
    }

    async Task<bool> EvaluateAsync(IReadOnlyList<MeasuredPolicy> measured, CancellationToken stopping)
    {
        using var sending = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var _ = stopping.Register(() => sending.CancelAfter(StopGrace)); // a change that is on its way is not broken off at once
        int failed = 0;
        await Parallel.ForEachAsync(measured, new ParallelOptions { MaxDegreeOfParallelism = ConcurrentChanges, CancellationToken = stopping }, async (each, _) =>
        {
            if (!await EvaluateAsync(each, sending.Token, stopping))
                Interlocked.Increment(ref failed);
        });
        return failed == 0;
    }

    /// <summary>
    /// Decide, apply, record. When somebody else was quicker, the decision is made again from a fresh read, once. The one place where an unexpected failure
    /// of one service stops; it does not disturb the others.
    /// </summary>
    async Task<bool> EvaluateAsync(MeasuredPolicy measured, CancellationToken sending, CancellationToken stopping)
    {
        var policy = measured.Due.Policy;
        try
        {
            var before = histories.Of(policy.Service);
            var decision = Decide(measured, before);
            var outcome = await ApplyAsync(measured, decision, sending);
            if (outcome?.Kind == ApplyOutcomeKind.Conflict && !stopping.IsCancellationRequested && await ReadAgainAsync(measured, before, outcome, sending) is { } fresh)
            {
                decision = Decide(fresh, before);
                outcome = await ApplyAsync(fresh, decision, sending);
            }
            measured.Caps.Settle(policy.Service, decision.Desired, outcome);
            histories.Remember(policy.Service, Remembered(decision, outcome, policy));
            recorder.Record(decision, policy, outcome);
            return true;
        }
        catch (OperationCanceledException) when (sending.IsCancellationRequested || stopping.IsCancellationRequested)
        {
            return false; // the process stops, and nothing was sent
        }
        catch (Exception e)
        {
            log.EvaluationFailed(policy.Service, e);
            return false;
        }
    }

    static ScalingDecision Decide(MeasuredPolicy measured, ScalingHistory before) => new Undecided(measured.Due, measured.Observation, before).Decide();

    /// <summary>Sends the change, if there is one. It is remembered as tried before it leaves: whatever happens then, it is known as ours when it is seen.</summary>
    async Task<ApplyOutcome?> ApplyAsync(MeasuredPolicy measured, ScalingDecision decision, CancellationToken sending)
    {
        if (decision.Action == ScalingAction.Hold)
            return null;
        if (time.GetUtcNow() - decision.At is { } age && age > LongestAge)
            return new ApplyOutcome(ApplyOutcomeKind.Refused, $"nothing was sent: the decision is {age.TotalSeconds:0} s old");
        histories.Remember(decision.Service, decision.History.WithAttempt(time.GetUtcNow(), decision.Desired));
        return await swarm.ScaleAsync(measured.Observation.Service!, decision.Desired, sending);
    }

    async Task<MeasuredPolicy?> ReadAgainAsync(MeasuredPolicy measured, ScalingHistory before, ApplyOutcome conflict, CancellationToken sending)
    {
        var service = measured.Observation.Service!;
        log.ConflictMet(service.Name, conflict.Because);
        var lookup = await swarm.ReadAsync(service.Id, sending);
        if (lookup.Service is { } fresh)
        {
            var again = new Undecided(measured.Due, measured.Observation with { Service = fresh }, before);
            return measured with { Observation = await measured.Caps.AddToAsync(again) };
        }
        log.NotReadAgain(service.Name, lookup.Because);
        return null;
    }

    ScalingHistory Remembered(ScalingDecision decision, ApplyOutcome? outcome, ScalingPolicy policy) => outcome?.Kind switch
    {
        ApplyOutcomeKind.Applied => decision.History.WithChange(decision.At, decision.Current, decision.Desired, policy),
        ApplyOutcomeKind.Unknown => decision.History.WithAttempt(time.GetUtcNow(), decision.Desired),
        _ => decision.History,
    };

    readonly record struct MeasuredPolicy(DuePolicy Due, CycleCaps Caps, Observation Observation);
}

/// <summary>What holds for all cycles.</summary>
/// <param name="ObserveOnly">Decide and record, change nothing.</param>
sealed record CycleOptions(bool ObserveOnly);
