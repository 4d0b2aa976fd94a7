using System.Collections.Immutable;
using System.Globalization;

namespace SwarmAutoscaler.Coordinating;

/// <summary>
/// The pauses in a config object of their own, one label for each: any instance may write them, by compare-and-set, whether it holds the lease or not. The one
/// that acts reads them with every cycle, so that a pause that another instance took counts from its next evaluation on.
/// </summary>
sealed class StoredPauses(IConfigStore configs, string name, TimeProvider time, ILogger<StoredPauses> log) : IPauses, IDisposable
{
    /// <summary>A label's name is this and the service's.</summary>
    const string Prefix = "swarm-autoscaler.pause.";

    /// <summary>How often a write that was overtaken, or whose outcome is not known, is made again on a fresh read.</summary>
    const int MostAttempts = 5;

    static readonly TimeSpan StaleFor = new LeaseTiming().StaleFor;

    readonly SemaphoreSlim gate = new(1, 1);
    volatile ImmutableDictionary<string, Pause> known = ImmutableDictionary<string, Pause>.Empty;
    volatile string? doubt = "it was not read yet";
    ulong version;
    long? behindSince;
    long asked, served;

    public bool SurviveRestart => true;

    public string? Doubt => doubt;

    public Pause? Of(string service, DateTimeOffset now) => known.GetValueOrDefault(service) is { } pause && !pause.IsOver(now) ? pause : null;

    /// <summary>What cannot be read stays as it was last known; what was never read is in doubt. Cycles that ask at a time share a read that began after they asked.</summary>
    public async Task RefreshAsync(CancellationToken cancellation)
    {
        long turn = Interlocked.Increment(ref asked);
        await gate.WaitAsync(cancellation);
        try
        {
            if (served >= turn)
                return;
            long all = Interlocked.Read(ref asked);
            TakeOver(await configs.ReadAsync(name, cancellation));
            served = all;
        }
        finally
        {
            gate.Release();
        }
    }

    public async Task<string?> SetAsync(string service, Pause? pause, CancellationToken cancellation)
    {
        await gate.WaitAsync(cancellation);
        try
        {
            string because = "";
            for (int attempt = 0; attempt < MostAttempts; attempt++)
            {
                var lookup = await configs.ReadAsync(name, cancellation);
                if (lookup is UnreadConfig unread)
                    return unread.Because;
                TakeOver(lookup);
                if (known.GetValueOrDefault(service) == pause)
                    return null; // as it should be, perhaps by a write of ours whose answer was lost
                var wanted = With(service, pause);
                var outcome = await WriteAsync(lookup, wanted, cancellation);
                if (outcome.Kind == ConfigWriteKind.Written)
                    (known, version) = (wanted, version + 1); // whoever shows an older one is behind
                if (outcome.Kind is ConfigWriteKind.Written or ConfigWriteKind.Refused)
                    return outcome.Kind == ConfigWriteKind.Written ? null : outcome.Because;
                because = outcome.Because;
            }
            return because;
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();

    /// <summary>Pauses that are over go with the next write.</summary>
    ImmutableDictionary<string, Pause> With(string service, Pause? pause)
    {
        var now = time.GetUtcNow();
        return (pause is null ? known.Remove(service) : known.SetItem(service, pause)).Where(each => !each.Value.IsOver(now)).ToImmutableDictionary(StringComparer.Ordinal);
    }

    /// <summary>Labels of somebody else stay.</summary>
    Task<ConfigWrite> WriteAsync(ConfigLookup over, ImmutableDictionary<string, Pause> wanted, CancellationToken cancellation)
    {
        var labels = ((over as FoundConfig)?.Labels ?? new Dictionary<string, string>())
            .Where(label => !label.Key.StartsWith(Prefix, StringComparison.Ordinal))
            .Concat(wanted.Select(each => KeyValuePair.Create(Prefix + each.Key, Write(each.Value))))
            .ToDictionary(StringComparer.Ordinal);
        return over is FoundConfig found ? configs.UpdateAsync(found, labels, cancellation) : configs.CreateAsync(name, (AbsentConfig)over, labels, cancellation);
    }

    /// <summary>
    /// A manager that is behind the others knows less than we do; so does one to which the config is not there, unless nothing was ever in it. If that is all
    /// that is heard for <see cref="LeaseTiming.StaleFor"/>, it is the truth: the Swarm was restored from a backup.
    /// </summary>
    void TakeOver(ConfigLookup lookup)
    {
        switch (lookup)
        {
            case UnreadConfig unread:
                if (doubt is not null)
                    doubt = unread.Because;
                return;
            case FoundConfig found when found.Version >= version || IsTheTruth():
                (version, behindSince) = (found.Version, null);
                known = found.Labels.Where(label => label.Key.StartsWith(Prefix, StringComparison.Ordinal))
                    .ToImmutableDictionary(label => label.Key[Prefix.Length..], label => Read(label.Key, label.Value), StringComparer.Ordinal);
                break;
        }
        doubt = null;
    }

    bool IsTheTruth()
    {
        behindSince ??= time.GetTimestamp();
        return time.GetElapsedTime(behindSince.Value) >= StaleFor;
    }

    /// <summary>What somebody else has written so that it cannot be read was meant as a pause, and lasts until it is resumed.</summary>
    Pause Read(string label, string text)
    {
        string[] ends = text.Split('/');
        if (ends.Length == 2 && Time(ends[0]) is { } since && (ends[1].Length == 0 || Time(ends[1]) is not null))
            return new Pause(since, Time(ends[1]));
        log.PauseNotUnderstood(label, text);
        return new Pause(DateTimeOffset.UnixEpoch, null);
    }

    /// <summary>An interval as ISO 8601 writes it, without its end where it has none.</summary>
    static string Write(Pause pause) => string.Create(CultureInfo.InvariantCulture, $"{pause.Since.UtcDateTime:O}/{pause.Until?.UtcDateTime:O}");

    static DateTimeOffset? Time(string text) =>
        DateTimeOffset.TryParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;
}
