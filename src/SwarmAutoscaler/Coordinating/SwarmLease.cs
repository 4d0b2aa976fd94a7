using System.Security.Cryptography;

namespace SwarmAutoscaler.Coordinating;

/// <summary>
/// The lease in Swarm's Raft store: looks, takes, renews and gives back, on its own task and with its own short time-outs. How it is judged stands in
/// <see cref="LeaseClaim"/>. Whoever gains it reads the stored history before it acts.
/// </summary>
sealed class SwarmLease(
    IConfigStore configs, string name, StoredHistories stored, LeaseTiming timing, TimeProvider time, ILogger<SwarmLease> log) : ILease, IHostedService, IDisposable
{
    readonly string self = $"{Environment.MachineName}-{RandomNumberGenerator.GetHexString(6, lowercase: true)}";
    readonly CancellationTokenSource stopping = new();
    readonly TaskCompletionSource stopped = new();
    readonly TaskCompletionSource known = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly long origin = time.GetTimestamp();
    LeaseClaim? claim;
    Task loop = Task.CompletedTask;
    volatile string? problem;
    string? holder;
    bool acted;

    public event Action? Gained;

    public bool MayAct => Claim.MayAct(Now) && stored.IsCurrent;

    public LeaseStanding Standing
    {
        get
        {
            bool mayAct = MayAct;
            return new LeaseStanding(self, mayAct ? self : Volatile.Read(ref holder), mayAct, problem ?? stored.Problem ?? stored.Unusable);
        }
    }

    LeaseClaim Claim => claim ??= new LeaseClaim(self, timing);

    TimeSpan Now => time.GetElapsedTime(origin);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = Claim;
        loop = RunAsync();
        return Task.CompletedTask;
    }

    /// <summary>Stores what is not stored yet and gives the lease back, so that another instance need not wait until it runs out.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        stopping.Cancel();
        stopped.TrySetResult();
        await loop;
        if (MayAct)
            await SaveLastAsync(cancellationToken);
        stored.IsCurrent = false;
        bool held = Claim.MayAct(Now);
        Claim.GiveUp();
        if (held)
            await ReleaseAsync(cancellationToken);
    }

    public Task<string?> KeepAsync(CancellationToken cancellation) =>
        MayAct ? stored.SaveAsync(() => MayAct, isLast: false, cancellation) : Task.FromResult<string?>("this instance does not hold the lease any more");

    /// <summary>Waits, but not longer than this, until it is known who acts: this instance, or one that was seen to be alive.</summary>
    public async Task WaitUntilKnownAsync(TimeSpan longest, CancellationToken cancellation)
    {
        try
        {
            await known.Task.WaitAsync(longest, time, cancellation);
        }
        catch (TimeoutException)
        {
            // the lease is out of reach, which was told
        }
    }

    public void Dispose() => stopping.Dispose();

    async Task RunAsync()
    {
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                var pause = await StepAsync(stopping.Token);
                await Task.WhenAny(Task.Delay(pause, time, CancellationToken.None), stopped.Task);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // told to stop
        }
    }

    /// <summary>One look and what follows from it. Nothing unexpected ends the loop: the lease would run out, and this instance never act again.</summary>
    async Task<TimeSpan> StepAsync(CancellationToken cancellation)
    {
        try
        {
            var lookup = await configs.ReadAsync(name, cancellation);
            Report(lookup is UnreadConfig unread ? (unread.Because, unread.IsForbidden) : null);
            var move = Claim.Consider(lookup, Now);
            if (move is LeaseWrite write)
                move = await WriteAsync(write, cancellation);
            await SettleAsync(cancellation);
            return ((LeaseWait)move).Time;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.StepFailed(e);
            return timing.Poll;
        }
    }

    async Task<LeaseMove> WriteAsync(LeaseWrite write, CancellationToken cancellation)
    {
        var sentAt = Now; // before anything leaves: whoever sees this write sees it later
        var outcome = await PutAsync(write.Over, new LeaseRecord(self, write.Sequence, time.GetUtcNow(), stored.Saves), cancellation);
        if (!Claim.MayAct(Now))
            stored.IsCurrent = false; // it had run out, and somebody else may have acted in between
        if (outcome.Kind is ConfigWriteKind.Refused or ConfigWriteKind.Unknown)
            Report((outcome.Because, outcome.IsForbidden));
        return Claim.Sent(write, outcome.Kind, sentAt, Now);
    }

    Task<ConfigWrite> PutAsync(ConfigLookup over, LeaseRecord record, CancellationToken cancellation) => over is FoundConfig found
        ? configs.UpdateAsync(found, record.In(found.Labels), cancellation)
        : configs.CreateAsync(name, (AbsentConfig)over, record.In(new Dictionary<string, string>()), cancellation);

    /// <summary>Loads the history where that is due, and says what has changed.</summary>
    async Task SettleAsync(CancellationToken cancellation)
    {
        bool holds = Claim.MayAct(Now);
        var record = Claim.Record;
        if (!holds)
            stored.IsCurrent = false;
        if (holds ? !stored.IsCurrent : record is { } theirs && stored.IsBehind(theirs))
            await stored.LoadAsync(record, isOurs: holds, cancellation);
        bool acts = MayAct;
        string? before = holder;
        Volatile.Write(ref holder, holds ? self : record is { IsReleased: false } ? record.Holder : null);
        if (acts || Claim.HasSeenLife)
            known.TrySetResult();
        if (acts && !acted)
            log.LeaseGained(self, before is null || before == self ? "nobody" : before);
        else if (!acts && acted)
            log.LeaseLost(self, holder ?? "nobody");
        else if (!holds && holder is { } other && other != before)
            log.LeaseSeen(self, other);
        bool gained = acts && !acted;
        acted = acts;
        if (gained)
            Gained?.Invoke();
    }

    async Task SaveLastAsync(CancellationToken cancellation)
    {
        try
        {
            await stored.SaveAsync(() => MayAct, isLast: true, cancellation);
        }
        catch (OperationCanceledException)
        {
            // what was stored before is all that the next one gets
        }
    }

    async Task ReleaseAsync(CancellationToken cancellation)
    {
        try
        {
            if (await configs.ReadAsync(name, cancellation) is FoundConfig found && LeaseRecord.Read(found.Labels) is { } record && record.Holder == self
                && await PutAsync(found, record with { Holder = "", Sequence = record.Sequence + 1, Alive = time.GetUtcNow(), Saved = stored.Saves }, cancellation) is { Kind: ConfigWriteKind.Written })
                log.LeaseReleased(self);
            else
                log.LeaseNotReleased(self);
        }
        catch (OperationCanceledException)
        {
            log.LeaseNotReleased(self);
        }
    }

    /// <summary>A problem is one line when it begins and one when it is over, not one for each try.</summary>
    void Report((string Because, bool IsForbidden)? met)
    {
        string? before = problem;
        problem = met?.Because;
        if (before is null && met is { IsForbidden: true } forbidden)
            log.ConfigsForbidden(forbidden.Because);
        else if (before is null && met is { } failed)
            log.LeaseOutOfReach(failed.Because);
        else if (before is not null && met is null)
            log.LeaseInReach();
    }
}
