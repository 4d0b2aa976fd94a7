using SwarmAutoscaler.Measuring;

namespace SwarmAutoscaler.Applying;

/// <summary>
/// Notices what other people do to services, from what is read and from what the engine's events tell, and which services are to be left alone for a
/// moment because of it. Neither our own writes count nor what Swarm itself does to a service in a rollout. Only in memory: after a start the time of
/// each service's last update is all that is known.
/// </summary>
sealed class OutsideUpdates(TimeProvider time)
{
    readonly Lock gate = new();
    readonly QuietTimes quiet = new(time);
    readonly Dictionary<string, Known> services = new(StringComparer.Ordinal);
    readonly HashSet<string> ready = new(StringComparer.Ordinal);
    long? lookedAtAll;

    /// <summary>The moment to remember before the engine is asked: what happens from now on may be missing in its answer.</summary>
    public long Look() => time.GetTimestamp();

    /// <summary>This version was seen before, there is nothing to learn from it.</summary>
    public bool Knows(string id, ulong version)
    {
        lock (gate)
            return services.TryGetValue(id, out var known) && known.Version >= version;
    }

    /// <summary>Takes note of services as they were read.</summary>
    /// <param name="listed">Each with its trace, unless that version <see cref="Knows">is known</see>.</param>
    /// <param name="look">The moment before the engine was asked.</param>
    /// <param name="areAll">There are no others.</param>
    public void See(IReadOnlyCollection<ListedService> listed, long look, bool areAll)
    {
        lock (gate)
        {
            foreach (var service in listed)
                See(service, look);
            if (!areAll)
                return;
            lookedAtAll = look;
            if (services.Count > listed.Count)
                foreach (string gone in services.Keys.Except(listed.Select(service => service.State.Id)).ToList())
                    services.Remove(gone);
        }
    }

    /// <summary>We are about to change a service's count. To be called before it is sent: the engine's event may come before its answer.</summary>
    public void Writing(string id, CountWrite write)
    {
        lock (gate)
            if (services.TryGetValue(id, out var known))
                known.Write = write;
    }

    /// <summary>Takes note of an event.</summary>
    public void Hear(ServiceEvent told)
    {
        lock (gate)
        {
            var known = services.GetValueOrDefault(told.Id);
            if (told.Action == "remove")
            {
                services.Remove(told.Id);
                ready.Add(told.Name);
                return;
            }
            if (known?.Trace.UpdatedAt >= told.At)
                return; // read before it was heard of
            if (known is not null)
                known.HeardUntil = told.At;
            if (told.IsRollout)
            {
                if (told.IsEndOfRollout)
                    ready.Add(told.Name);
            }
            else if (told.Action == "create" && KeyOfUnknown(told).Stack is null)
                ready.Add(told.Name); // a service of its own is made by one request, nothing comes after it
            else if (told.Count is null || told.Count != known?.Write)
                quiet.Note(known?.Key ?? KeyOfUnknown(told), told.Name, TimeSpan.Zero);
        }
    }

    /// <summary>The quiet time that the service is in now.</summary>
    public QuietTime? QuietOf(string id)
    {
        lock (gate)
            return quiet.IsEmpty ? null : quiet.Of(services.GetValueOrDefault(id)?.Key ?? new QuietKey(null, id));
    }

    /// <summary>
    /// The names of the services that are worth a look since this was last asked: their quiet time or a rollout has ended, or they were made or
    /// removed. They may have been decided on while they could not be changed.
    /// </summary>
    public IReadOnlySet<string> TakeReady()
    {
        lock (gate)
        {
            var (names, ended) = (ready.ToHashSet(StringComparer.Ordinal), quiet.TakeEnded());
            ready.Clear();
            foreach (var each in ended.Values)
                names.UnionWith(each);
            if (ended.Count > 0)
                names.UnionWith(services.Values.Where(known => ended.ContainsKey(known.Key)).Select(known => known.Name));
            return names;
        }
    }

    void See(ListedService service, long look)
    {
        var (state, known) = (service.State, services.GetValueOrDefault(service.State.Id));
        if (service.Trace is { } trace && (known is null || state.Version > known.Version))
        {
            bool isOutside = known is null
                ? trace.Stack is not null || !trace.IsAsCreated
                : !(trace.IsAsCreated || trace.IsRolloutOf(known.Trace) || trace.IsWrite(known.Write, known.Trace));
            var next = new Known(state.Name, new QuietKey(trace.Stack, state.Id), state.Version, trace) { Write = known?.Write, HeardUntil = known?.HeardUntil };
            bool isToldOf = known is not null && known.HeardUntil >= trace.UpdatedAt && quiet.IsNotedSince(next.Key, known.LookedAt);
            if (isOutside && !isToldOf)
                quiet.Note(next.Key, state.Name, AgeOf(trace, known?.LookedAt ?? lookedAtAll));
            services[state.Id] = known = next;
        }
        if (known is not null)
            known.LookedAt = Math.Max(known.LookedAt, look);
    }

    /// <summary>
    /// How long ago the update was. The engine's clock is believed where it can be right: between the last look, which did not show the update, and now.
    /// Otherwise it has only just happened. On the first look after a start there is nothing but that clock.
    /// </summary>
    TimeSpan AgeOf(ServiceTrace trace, long? lastLook)
    {
        if (trace.UpdatedAt is not { } updated)
            return lastLook is null ? TimeSpan.MaxValue : TimeSpan.Zero;
        var age = time.GetUtcNow() - updated;
        return age >= TimeSpan.Zero && (lastLook is not { } look || age <= time.GetElapsedTime(look)) ? age : TimeSpan.Zero;
    }

    /// <summary>A service that is not known yet belongs to the stack whose name it begins with.</summary>
    QuietKey KeyOfUnknown(ServiceEvent told) => services.Values
        .Select(known => known.Key)
        .FirstOrDefault(key => key.Stack is { } stack && told.Name.StartsWith($"{stack}_", StringComparison.Ordinal), new QuietKey(null, told.Id));

    /// <summary>A service as it was last seen.</summary>
    sealed class Known(string name, QuietKey key, ulong version, ServiceTrace trace)
    {
        public string Name { get; } = name;

        public QuietKey Key { get; } = key;

        public ulong Version { get; } = version;

        public ServiceTrace Trace { get; } = trace;

        /// <summary>The moment before the engine was asked.</summary>
        public long LookedAt { get; set; }

        /// <summary>The last event's time, by the engine's clock.</summary>
        public DateTimeOffset? HeardUntil { get; set; }

        /// <summary>The last change we sent.</summary>
        public CountWrite? Write { get; set; }
    }
}
