using SwarmAutoscaler.Applying;
using SwarmAutoscaler.Constraining;
using SwarmAutoscaler.Coordinating;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;
using SwarmAutoscaler.Recording;

namespace SwarmAutoscaler;

/// <summary>One evaluation of all policies that are due: measure → decide → constrain → apply → record.</summary>
sealed class ScalingCycle(
    ISwarm swarm, MetricSources sources, ServiceHistories histories, DecisionRecorder recorder, AutoscalerMeter meter, CycleOptions options, TimeProvider time, ILogger<ScalingCycle> log)
{
    /// <summary>Changes sent to the engine at a time.</summary>
    const int ConcurrentChanges = 8;

    /// <summary>How long a change that is already on its way is waited for when the process stops, well inside Docker's default grace of 10 s.</summary>
    static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(5);

    /// <param name="due">The policies to evaluate.</param>
    /// <param name="lateness">How long after its scheduled time the cycle starts.</param>
    /// <param name="stopping">The process stops: nothing new is begun, a change that is on its way gets <see cref="StopGrace"/>.</param>
    /// <returns>False when the engine did not answer, so that nothing was decided.</returns>
    public async Task<bool> RunAsync(IReadOnlyList<ScalingPolicy> due, TimeSpan lateness, CancellationToken stopping)
    {
        long started = time.GetTimestamp();
        var taken = due.Where(policy => histories.TryTake(policy.Service)).ToList();
        try
        {
            var measured = await MeasureAsync(taken, stopping);
            if (measured is null)
                return false;
            using var sending = new CancellationTokenSource();
            using var _ = stopping.Register(() => sending.CancelAfter(StopGrace)); // a change that is on its way is not broken off at once
            await Parallel.ForEachAsync(measured, new ParallelOptions { MaxDegreeOfParallelism = ConcurrentChanges, CancellationToken = stopping },
                async (one, unused) => await EvaluateAsync(one, sending.Token));
            return true;
        }
        finally
        {
            foreach (var policy in taken)
                histories.GiveBack(policy.Service);
            meter.Evaluated(time.GetElapsedTime(started), lateness);
        }
    }

    /// <summary>One list call to the engine and one round of all sources, at the same time. Null when the engine did not answer.</summary>
    async Task<IReadOnlyList<MeasuredPolicy>?> MeasureAsync(List<ScalingPolicy> due, CancellationToken stopping)
    {
        if (due.Count == 0)
            return [];
        var listing = swarm.ListAsync(stopping);
        var readings = sources.ReadAsync(due, due.Min(policy => policy.Schedule.SourceTimeout), stopping);
        await Task.WhenAll(listing, readings);
        if (await listing is not Listed listed)
        {
            log.EngineSilent(due.Count, ((NotListed)await listing).Because);
            return null;
        }
        var read = await readings;
        return [.. due.Select((policy, i) => new MeasuredPolicy(policy, new Observation
        {
            Now = time.GetUtcNow(),
            Service = listed.Services.GetValueOrDefault(policy.Service),
            Readings = read[i],
            ObserveOnly = options.ObserveOnly,
        }))];
    }

    /// <summary>Decide, apply, record. The one place where an unexpected failure of one service stops; it does not disturb the others.</summary>
    async Task EvaluateAsync(MeasuredPolicy measured, CancellationToken sending)
    {
        var policy = measured.Policy;
        try
        {
            var before = histories.Of(policy.Service);
            var decision = DecisionEngine.Decide(policy, measured.Observation, before);
            ApplyOutcome? outcome = null;
            if (decision.Action != ScalingAction.Hold)
                (decision, outcome) = await ApplyAsync(measured, decision, before, sending);
            histories.Remember(policy.Service, Remembered(decision, outcome, policy));
            recorder.Record(decision, policy, outcome);
        }
        catch (Exception e)
        {
            log.EvaluationFailed(policy.Service, e);
        }
    }

    /// <summary>Sends the change. When somebody else was quicker, the decision is made again from a fresh read, once.</summary>
    async Task<(ScalingDecision, ApplyOutcome?)> ApplyAsync(MeasuredPolicy measured, ScalingDecision decision, ScalingHistory before, CancellationToken sending)
    {
        var service = measured.Observation.Service!;
        var outcome = await swarm.ScaleAsync(service, decision.Desired, sending);
        if (outcome.Kind != ApplyOutcomeKind.Conflict)
            return (decision, outcome);

        log.ConflictMet(decision.Service, outcome.Because);
        var lookup = await swarm.ReadAsync(service.Id, sending);
        if (lookup.Service is not { } fresh)
            return (decision, outcome with { Because = $"{outcome.Because}; reading it again failed: {lookup.Because}" });
        var again = DecisionEngine.Decide(measured.Policy, measured.Observation with { Now = time.GetUtcNow(), Service = fresh }, before);
        return again.Action == ScalingAction.Hold ? (again, null) : (again, await swarm.ScaleAsync(fresh, again.Desired, sending));
    }

    ScalingHistory Remembered(ScalingDecision decision, ApplyOutcome? outcome, ScalingPolicy policy) => outcome?.Kind switch
    {
        ApplyOutcomeKind.Applied => decision.History.WithChange(time.GetUtcNow(), decision.Current, decision.Desired, policy),
        ApplyOutcomeKind.Unknown => decision.History.WithAttempt(time.GetUtcNow(), decision.Desired),
        _ => decision.History,
    };

    readonly record struct MeasuredPolicy(ScalingPolicy Policy, Observation Observation);
}

/// <summary>What holds for all cycles.</summary>
/// <param name="ObserveOnly">Decide and record, change nothing.</param>
sealed record CycleOptions(bool ObserveOnly);
