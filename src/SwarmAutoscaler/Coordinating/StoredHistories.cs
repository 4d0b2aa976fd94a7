namespace SwarmAutoscaler.Coordinating;

/// <summary>
/// What is remembered, in a config object beside the lease: so that renewing the lease does not write it again. Written by the holder of the lease only,
/// whole, by compare-and-set, and only when a fact has changed; several cycles that want it stored at a time share a write.
/// </summary>
sealed class StoredHistories(
    IConfigStore configs, string name, ServiceHistories histories, TimeProvider time, ILogger<StoredHistories> log) : IDisposable
{
    /// <summary>The longest a cycle waits until it is stored. Default 4 s.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>Writes of unknown outcome that are remembered.</summary>
    const int MostUnknown = 100;

    const string WriteLabel = "swarm-autoscaler.write";

    readonly SemaphoreSlim gate = new(1, 1);
    readonly string writer = Guid.NewGuid().ToString("N")[..12];
    IReadOnlyDictionary<string, RememberedHistory> last = new Dictionary<string, RememberedHistory>();
    Dictionary<string, byte[]> facts = new(StringComparer.Ordinal);
    HashSet<string?> ours = [];
    ulong version;
    long loadedSaves = -1;
    string? loadedFrom;
    volatile bool isCurrent;
    bool toldNotLoaded;

    /// <summary>This instance has read what the holder before it stored, and nobody else has written since: it may act, and write in turn.</summary>
    public bool IsCurrent { get => isCurrent; set => isCurrent = value; }

    /// <summary>Why it could not be read or written the last time; null when it could.</summary>
    public string? Problem { get; private set; }

    /// <summary>Why what was found in it could not be used, when this instance began to act; null when it could.</summary>
    public string? Unusable { get; private set; }

    /// <summary>Counts the writes of this instance.</summary>
    public long Saves { get; private set; }

    /// <summary>The holder has written since this instance read.</summary>
    public bool IsBehind(LeaseRecord record) => !record.IsReleased && (loadedFrom, loadedSaves) != (record.Holder, record.Saved);

    /// <summary>Reads what is stored and goes on with it. Nothing is current when that fails.</summary>
    /// <param name="record">The last holder's record, which says until when it was alive; null when nobody held the lease.</param>
    /// <param name="isOurs">This instance holds the lease now, and acts once this has succeeded.</param>
    /// <param name="cancellation">Throws.</param>
    public async Task LoadAsync(LeaseRecord? record, bool isOurs, CancellationToken cancellation)
    {
        await gate.WaitAsync(cancellation);
        try
        {
            var lookup = await configs.ReadAsync(name, cancellation);
            if (lookup is UnreadConfig unread)
            {
                if (isOurs && !toldNotLoaded)
                    log.HistoryNotLoaded(unread.Because);
                (Problem, toldNotLoaded) = (unread.Because, isOurs);
                return;
            }
            (Problem, toldNotLoaded) = (null, false);
            if (isOurs)
                Unusable = null;
            Use(lookup as FoundConfig, record?.Alive ?? DateTimeOffset.MinValue, isOurs);
            (loadedFrom, loadedSaves) = (record?.Holder, record?.Saved ?? -1);
            facts.Clear(); // the first write of a new holder makes every write that its predecessor may still have under way fail
            (ours, version) = ([(lookup as FoundConfig)?.Labels.GetValueOrDefault(WriteLabel)], (lookup as FoundConfig)?.Version ?? 0);
            isCurrent = isOurs;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Null when everything is stored, else why not.</summary>
    /// <param name="mayAct">Whether this instance holds the lease; asked immediately before the write.</param>
    /// <param name="isLast">Nothing is evaluated after this.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public async Task<string?> SaveAsync(Func<bool> mayAct, bool isLast, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        string? because;
        try
        {
            await gate.WaitAsync(both.Token);
            try
            {
                because = await WriteChangesAsync(mayAct, isLast, both.Token);
            }
            finally
            {
                gate.Release();
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            because = "the engine did not answer in time";
        }
        if (because is not null && Problem is null)
            log.HistoryNotStored(because);
        Problem = because;
        return because;
    }

    public void Dispose() => gate.Dispose();

    async Task<string?> WriteChangesAsync(Func<bool> mayAct, bool isLast, CancellationToken cancellation)
    {
        var now = histories.Snapshot();
        var changed = Changed(now);
        if (changed.Count == 0 && now.Count == facts.Count && !isLast)
            return null;
        var lookup = await configs.ReadAsync(name, cancellation);
        if (lookup is UnreadConfig unread)
            return unread.Because;
        var found = lookup as FoundConfig;
        if (found is not null && found.Version < version)
            return "the manager that answered is behind the others";
        if (found is not null && !ours.Contains(found.Labels.GetValueOrDefault(WriteLabel)))
        {
            isCurrent = false; // it is read again before anything else happens
            return "another instance has stored since";
        }
        if (!mayAct())
            return "the lease has run out";
        return await WriteAsync(lookup, now, changed, isLast, cancellation);
    }

    async Task<string?> WriteAsync(
        ConfigLookup over, IReadOnlyDictionary<string, RememberedHistory> now, Dictionary<string, byte[]> changed, bool isLast, CancellationToken cancellation)
    {
        string write = $"{writer}-{Saves + 1}";
        var labels = new Dictionary<string, string>((over as FoundConfig)?.Labels ?? new Dictionary<string, string>())
        {
            [HistoryLabel.Name] = HistoryLabel.Write(now, isLast),
            [WriteLabel] = write,
        };
        Saves++;
        if (ours.Count >= MostUnknown)
            ours.Clear(); // whichever of them is found is then taken for another's, and read again before anything else happens
        ours.Add(write); // it may turn out to have been written, whatever the answer
        var outcome = over is FoundConfig found
            ? await configs.UpdateAsync(found, labels, cancellation)
            : await configs.CreateAsync(name, (AbsentConfig)over, labels, cancellation);
        if (outcome.Kind is ConfigWriteKind.Lost or ConfigWriteKind.Refused)
            ours.Remove(write);
        if (outcome.Kind != ConfigWriteKind.Written)
            return outcome.Because;
        (ours, version, last) = ([write], (over as FoundConfig)?.Version ?? 0, now);
        foreach (var (service, text) in changed)
            facts[service] = text;
        foreach (string service in facts.Keys.Where(service => !now.ContainsKey(service)).ToList())
            facts.Remove(service);
        return null;
    }

    /// <summary>The facts of the services that are not as they are stored; what was not touched since need not be written out to know.</summary>
    Dictionary<string, byte[]> Changed(IReadOnlyDictionary<string, RememberedHistory> now)
    {
        var changed = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (service, remembered) in now)
        {
            bool isStored = facts.TryGetValue(service, out byte[]? stored);
            if (isStored && ReferenceEquals(last.GetValueOrDefault(service), remembered))
                continue;
            byte[] text = HistoryText.Facts(remembered);
            if (!isStored || !text.AsSpan().SequenceEqual(stored))
                changed[service] = text;
        }
        return changed;
    }

    void Use(FoundConfig? found, DateTimeOffset alive, bool isOurs)
    {
        if (found is null)
            return;
        string? problem = null;
        if (found.Labels.GetValueOrDefault(HistoryLabel.Name) is { } text)
        {
            (var services, problem) = HistoryLabel.Read(text, alive);
            if (services is not null)
            {
                var now = time.GetUtcNow();
                histories.TakeOver(services, now);
                if (isOurs)
                    log.HistoryLoaded(services.Count, (long)(now - services.Values.Max(service => service.EvaluatedAt) ?? TimeSpan.Zero).TotalSeconds);
                return;
            }
        }
        else if (HistoryLabel.NewerThanOurs(found.Labels) is { } newer)
            problem = $"it was stored by a newer version, as {newer}, which is left as it is";
        if (problem is null || !isOurs)
            return;
        Unusable = $"what is remembered cannot be used: {problem}";
        log.HistoryUnusable(problem);
        histories.StartAfresh();
    }
}
