using SwarmAutoscaler.Applying;
using SwarmAutoscaler.Constraining;
using SwarmAutoscaler.Coordinating;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;
using SwarmAutoscaler.Recording;

namespace SwarmAutoscaler;

/// <summary>One evaluation of all policies that are due: measure → decide → constrain → apply → record.</summary>
sealed class ScalingCycle(
    ISwarm swarm, ILease lease, MetricSources sources, ServiceHistories histories, ReplicaCaps replicaCaps, IPauses pauses, DecisionRecorder recorder,
    AutoscalerMeter meter, CycleOptions options, TimeProvider time, ILogger<ScalingCycle> log)
{
    /// <summary>Changes sent to the engine at a time.</summary>
    const int ConcurrentChanges = 8;

    /// <summary>How long a change that is already on its way is waited for when the process stops, well inside Docker's default grace of 10 s.</summary>
    public static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(5);

    /// <summary>A change is not begun on readings older than this, for instance when the engine was frozen in between; the next cycle decides on new ones.</summary>
    public static readonly TimeSpan LongestAge = TimeSpan.FromSeconds(30);

    /// <summary>A write that took longer counts from its answer and not from its decision: an engine without a leader holds it for seconds, and no cooldown may end early for that.</summary>
    static readonly TimeSpan PromptWrite = TimeSpan.FromSeconds(1);

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
            return taken.Count == 0 || (await MeasureAsync(taken, dueAt, stopping) is { } measured && await EvaluateAsync(measured, stopping));
        }
        finally
        {
            foreach (var each in taken)
                histories.GiveBack(each.Policy.Service);
            meter.Evaluated(time.GetElapsedTime(started), lateness > TimeSpan.Zero ? lateness : TimeSpan.Zero); // the scheduler may be some milliseconds early
        }
    }

    /// <summary>One listing by the engine and one round of all sources, at the same time. Null when the engine did not answer.</summary>
    async Task<MeasuredPolicies?> MeasureAsync(List<DuePolicy> due, DateTimeOffset dueAt, CancellationToken stopping)
    {
        var listing = swarm.ListAsync(due.Select(each => each.Policy.Service).ToHashSet(StringComparer.Ordinal), stopping);
        // Policies that share a schedule share its time-out. Where schedules are mixed no next cycle waits for this one, so the longest will do.
        var readings = sources.ReadAsync([.. due.Select(each => each.Policy)], due.Max(each => each.Policy.Schedule.SourceTimeout), stopping);
        await Task.WhenAll(listing, readings, pauses.RefreshAsync(stopping));
        if (await listing is not Listed listed)
        {
            log.EngineSilent(due.Count, ((NotListed)await listing).Because);
            return null;
        }
        var read = await readings;
        int term = histories.Term;
        return new MeasuredPolicies(term, replicaCaps.In(listed.Services, stopping), [.. due.Select((each, i) => Paused(new Undecided(each, new Observation
        {
            Now = dueAt,
            Service = listed.Services.GetValueOrDefault(each.Policy.Service),
            Readings = ResourceUse.InShares(each.Policy.Metrics, read[i], listed.Services.GetValueOrDefault(each.Policy.Service)),
            ObserveOnly = options.ObserveOnly,
            IsLeader = lease.MayAct,
        }, histories.Of(each.Policy.Service))))]);
    }

    /// <summary>Decides all, under the caps that they share, and carries the decisions out.</summary>
    async Task<bool> EvaluateAsync(MeasuredPolicies measured, CancellationToken stopping)
    {
        using var sending = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var _ = stopping.Register(() => sending.CancelAfter(StopGrace)); // a change that is on its way is not broken off at once
        var capped = await measured.Caps.AddToAsync(measured.Undecided);
        var decided = measured.Undecided.Zip(capped, (each, observation) => TryDecide(each with { Observation = observation }, measured)).OfType<DecidedPolicy>().ToList();
        stopping.ThrowIfCancellationRequested();
        string? unstored = await AnnounceAsync(decided, sending.Token);
        int failed = measured.Undecided.Count - decided.Count;
        await Parallel.ForEachAsync(decided, new ParallelOptions { MaxDegreeOfParallelism = ConcurrentChanges, CancellationToken = stopping }, async (each, _) =>
        {
            if (!await CarryOutAsync(each, unstored, sending.Token, stopping))
                Interlocked.Increment(ref failed);
        });
        await lease.KeepAsync(sending.Token);
        return failed == 0;
    }

    /// <summary>Null when the evaluation fails unexpectedly; it does not disturb the others.</summary>
    DecidedPolicy? TryDecide(Undecided undecided, MeasuredPolicies measured)
    {
        try
        {
            return new DecidedPolicy(undecided, Paused(undecided).Decide(), measured);
        }
        catch (Exception e)
        {
            measured.Caps.Settle(undecided.Due.Policy.Service, decided: 0, outcome: null);
            log.EvaluationFailed(undecided.Due.Policy.Service, e);
            return null;
        }
    }

    /// <summary>
    /// What is about to be tried is remembered as tried, and stored, before it is sent: whatever happens then, and whoever acts then, it is known as ours
    /// when it is seen. One write for all changes of a cycle. Null when it is stored.
    /// </summary>
    async Task<string?> AnnounceAsync(IEnumerable<DecidedPolicy> decided, CancellationToken sending)
    {
        var changes = decided.Where(each => each.Decision.Action != ScalingAction.Hold).ToList();
        if (changes.Count == 0)
            return null;
        foreach (var each in changes)
            Remember(each, each.Decision.History.WithAttempt(time.GetUtcNow(), each.Decision.Desired));
        return await lease.KeepAsync(sending);
    }

    /// <summary>
    /// Apply and record. When somebody else was quicker, the decision is made again from a fresh read, once. With <see cref="TryDecide"/> the one place
    /// where an unexpected failure of one service stops.
    /// </summary>
    async Task<bool> CarryOutAsync(DecidedPolicy decided, string? unstored, CancellationToken sending, CancellationToken stopping)
    {
        var policy = decided.Undecided.Due.Policy;
        try
        {
            var (outcome, changedAt) = await ApplyAsync(decided, unstored, sending);
            if (outcome?.Kind == ApplyOutcomeKind.Conflict && !stopping.IsCancellationRequested && await ReadAgainAsync(decided, outcome, sending) is { } fresh)
            {
                decided = decided with { Undecided = fresh, Decision = Paused(fresh).Decide() };
                (outcome, changedAt) = await ApplyAsync(decided, await AnnounceAsync([decided], sending), sending);
            }
            decided.Measured.Caps.Settle(policy.Service, decided.Decision.Desired, outcome);
            Remember(decided, Remembered(decided.Decision, outcome, changedAt, policy));
            recorder.Record(decided.Decision, policy, outcome);
            return true;
        }
        catch (OperationCanceledException) when (sending.IsCancellationRequested || stopping.IsCancellationRequested)
        {
            return false; // the process stops, and nothing was sent
        }
        catch (Exception e)
        {
            decided.Measured.Caps.Settle(policy.Service, decided: 0, outcome: null);
            log.EvaluationFailed(policy.Service, e);
            return false;
        }
    }

    /// <summary>
    /// Pauses are asked for when budgets are divided, and again at the last moment: a pause that was confirmed is not overtaken by a cycle that has been
    /// measuring since before.
    /// </summary>
    Undecided Paused(Undecided undecided) => undecided.Heeding(pauses, time.GetUtcNow());

    /// <summary>Sends the change, if there is one and it was announced; the time is the one that it counts from.</summary>
    async Task<(ApplyOutcome? Outcome, DateTimeOffset ChangedAt)> ApplyAsync(DecidedPolicy decided, string? unstored, CancellationToken sending)
    {
        var decision = decided.Decision;
        if (decision.Action == ScalingAction.Hold)
            return (null, decision.At);
        if (WhyNotSent(decided, unstored) is { } because)
            return (new ApplyOutcome(ApplyOutcomeKind.Refused, $"nothing was sent: {because}"), decision.At);
        long sent = time.GetTimestamp();
        var outcome = await swarm.ScaleAsync(decided.Undecided.Observation.Service!, decision.Desired, sending);
        return (outcome, time.GetElapsedTime(sent) > PromptWrite ? time.GetUtcNow() : decision.At);
    }

    /// <summary>Null when the change may be sent. Whoever lost the lease in between and has it again has loaded what the other one did, and must look again.</summary>
    string? WhyNotSent(DecidedPolicy decided, string? unstored)
    {
        var decision = decided.Decision;
        if (unstored is not null)
            return $"what is remembered could not be stored first: {unstored}";
        if (histories.Term != decided.Measured.Term)
            return "what is remembered was loaded anew since it was decided";
        if (time.GetUtcNow() - decision.At is { } age && age > LongestAge)
            return $"the decision is {age.TotalSeconds:0} s old";
        return pauses.Of(decision.Service, time.GetUtcNow()) is { } pause ? $"meanwhile it is {pause.Because}" : null; // since it was decided and stored
    }

    async Task<Undecided?> ReadAgainAsync(DecidedPolicy decided, ApplyOutcome conflict, CancellationToken sending)
    {
        var (undecided, service) = (decided.Undecided, decided.Undecided.Observation.Service!);
        log.ConflictMet(service.Name, conflict.Because);
        var lookup = await swarm.ReadAsync(service.Id, sending);
        if (lookup.Service is { } fresh)
        {
            var again = undecided with { Observation = undecided.Observation with { Service = fresh, IsLeader = lease.MayAct } };
            return again with { Observation = await decided.Measured.Caps.AddToAsync(again) };
        }
        log.NotReadAgain(service.Name, lookup.Because);
        return null;
    }

    ScalingHistory Remembered(ScalingDecision decision, ApplyOutcome? outcome, DateTimeOffset changedAt, ScalingPolicy policy) => outcome?.Kind switch
    {
        ApplyOutcomeKind.Applied => decision.History.WithChange(changedAt, decision.Current, decision.Desired, policy),
        ApplyOutcomeKind.Unknown => decision.History.WithAttempt(time.GetUtcNow(), decision.Desired),
        _ => decision.History,
    };

    void Remember(DecidedPolicy decided, ScalingHistory history) =>
        histories.Remember(decided.Undecided.Due.Policy, history, decided.Decision.At, decided.Measured.Term);

    /// <param name="Term">When the histories were looked up, in <see cref="ServiceHistories.Term"/>.</param>
    /// <param name="Caps">What can be placed and afforded in this cycle.</param>
    /// <param name="Undecided">The policies and all that their decisions are made from.</param>
    sealed record MeasuredPolicies(int Term, CycleCaps Caps, IReadOnlyList<Undecided> Undecided);

    sealed record DecidedPolicy(Undecided Undecided, ScalingDecision Decision, MeasuredPolicies Measured);
}
