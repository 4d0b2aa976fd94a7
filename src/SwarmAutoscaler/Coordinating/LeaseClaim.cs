namespace SwarmAutoscaler.Coordinating;

/// <summary>
/// One instance's claim to the lease: what it has seen, what it has written, and until when it may act. No clock and no I/O: times are its own monotonic
/// clock, given with each call. Not for several threads, but for <see cref="MayAct"/>.
/// </summary>
sealed class LeaseClaim(string self, LeaseTiming timing)
{
    static readonly TimeSpan Never = TimeSpan.MinValue;

    Sight? seen;
    (long Sequence, TimeSpan SentAt)? unresolved;
    long lastSequence;
    TimeSpan lastSent = Never;
    bool madeIt;
    long holdsFrom, holdsUntil = Never.Ticks; // read by other threads

    /// <summary>Whether the lease is held at this moment. It has run out by itself when nobody came to renew it.</summary>
    public bool MayAct(TimeSpan now) => now.Ticks >= Interlocked.Read(ref holdsFrom) && now.Ticks < Interlocked.Read(ref holdsUntil);

    /// <summary>What was last read; null while nothing usable was, and when the labels are nobody's.</summary>
    public LeaseRecord? Record => seen?.Record;

    /// <summary>The record was seen to change: whoever wrote it is alive, or was within the lease's duration.</summary>
    public bool HasSeenLife { get; private set; }

    /// <summary>What to do after a read.</summary>
    /// <param name="lookup">What it showed.</param>
    /// <param name="now">When the answer had come.</param>
    public LeaseMove Consider(ConfigLookup lookup, TimeSpan now)
    {
        if (lookup is UnreadConfig || !Notice(lookup, now))
            return Wait(MayAct(now) ? timing.Retry : timing.Poll);
        if (seen!.Record is { } record && record.Holder == self)
            return OfHolder(record, lookup, now);
        if (lookup is AbsentConfig)
            return Make(lookup, now);
        Interlocked.Exchange(ref holdsUntil, Never.Ticks);
        var left = seen.Record is { IsReleased: true } ? TimeSpan.Zero : seen.Since + timing.Duration - now;
        return left <= TimeSpan.Zero ? Write(lookup) : Wait(left < timing.Poll ? left : timing.Poll);
    }

    /// <summary>What became of the write. Whether it counts is decided by when it was sent, not by when its answer came.</summary>
    public LeaseMove Sent(LeaseWrite write, ConfigWriteKind outcome, TimeSpan sentAt, TimeSpan now)
    {
        (lastSequence, unresolved) = (write.Sequence, outcome == ConfigWriteKind.Unknown ? (write.Sequence, sentAt) : null);
        if (outcome != ConfigWriteKind.Written)
            return Wait(MayAct(now) ? timing.Retry : timing.Poll);
        Hold(sentAt, now);
        return Wait(timing.Renewal - (now - sentAt));
    }

    /// <summary>This instance acts no more, whatever becomes of giving the lease back.</summary>
    public void GiveUp() => Interlocked.Exchange(ref holdsUntil, Never.Ticks);

    LeaseMove OfHolder(LeaseRecord record, ConfigLookup lookup, TimeSpan now)
    {
        if (unresolved is { } write && write.Sequence == record.Sequence)
        {
            Hold(write.SentAt, now);
            unresolved = null;
        }
        var due = lastSent == Never ? now : lastSent + timing.Renewal;
        return due <= now || !MayAct(now) ? Write(lookup) : Wait(due - now);
    }

    /// <summary>
    /// Nothing tells whether an absent lease was there a moment ago, removed by hand while somebody held it. So whoever makes it waits before acting until
    /// that one has stopped; unless it is the one that held it.
    /// </summary>
    LeaseWrite Make(ConfigLookup absent, TimeSpan now)
    {
        madeIt |= !MayAct(now);
        return Write(absent);
    }

    void Hold(TimeSpan sentAt, TimeSpan now)
    {
        lastSent = sentAt;
        if (madeIt)
            Interlocked.Exchange(ref holdsFrom, (now + timing.Duration).Ticks);
        madeIt = false;
        Interlocked.Exchange(ref holdsUntil, (sentAt + timing.Holding).Ticks);
    }

    /// <summary>Takes note of what a read showed; false when it is older than what was seen before.</summary>
    bool Notice(ConfigLookup lookup, TimeSpan now)
    {
        var (id, version, record) = lookup is FoundConfig found ? (found.Id, found.Version, LeaseRecord.Read(found.Labels)) : ("", 0UL, null);
        if (seen is null)
            seen = new Sight(id, version, record, now, now);
        else if (seen.Id == id && seen.Version == version)
            seen = seen with { LastHeard = now };
        else if (id.Length > 0 && version < seen.Version && now - seen.LastHeard < timing.StaleFor)
            return false;
        else
        {
            HasSeenLife |= id.Length > 0 && seen.Id.Length > 0;
            seen = new Sight(id, version, record, now, now);
        }
        return true;
    }

    LeaseWrite Write(ConfigLookup lookup) => new(lookup, Math.Max(seen?.Record?.Sequence ?? 0, lastSequence) + 1);

    static LeaseWait Wait(TimeSpan time) => new(time > TimeSpan.Zero ? time : TimeSpan.Zero);

    /// <param name="Id">Empty when the object was absent.</param>
    /// <param name="Version">0 when the object was absent.</param>
    /// <param name="Record">Null when nobody's.</param>
    /// <param name="Since">When this version was first seen.</param>
    /// <param name="LastHeard">When it was last seen.</param>
    sealed record Sight(string Id, ulong Version, LeaseRecord? Record, TimeSpan Since, TimeSpan LastHeard);
}

/// <summary>What an instance does next.</summary>
abstract record LeaseMove;

/// <summary>Look again after this time.</summary>
sealed record LeaseWait(TimeSpan Time) : LeaseMove;

/// <summary>Take or renew the lease, where it was found absent or in this version.</summary>
sealed record LeaseWrite(ConfigLookup Over, long Sequence) : LeaseMove;
