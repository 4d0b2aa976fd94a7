namespace SwarmAutoscaler.Coordinating;

/// <summary>
/// Which services are paused. A pause belongs to the service's name and not to its policy: it stays while a policy is edited or moved between files.
/// </summary>
interface IPauses
{
    /// <summary>A restart, and another instance that takes over, know the pauses too.</summary>
    bool SurviveRestart { get; }

    /// <summary>Why it is not known which services are paused; null when it is. What may be paused is left alone.</summary>
    string? Doubt { get; }

    /// <summary>The pause in force, as far as this instance knows; null when there is none.</summary>
    Pause? Of(string service, DateTimeOffset now);

    /// <summary>Takes over what other instances have set since; to be called with every cycle.</summary>
    Task RefreshAsync(CancellationToken cancellation);

    /// <summary>Pauses a service, or resumes it with null. Whichever instance is asked, the one that acts gets to know.</summary>
    /// <returns>Null when it is done; else one sentence that says why not.</returns>
    Task<string?> SetAsync(string service, Pause? pause, CancellationToken cancellation);
}

/// <summary>The pauses of a sole instance, in memory: a restart forgets them.</summary>
sealed class MemoryPauses : IPauses
{
    readonly Lock gate = new();
    readonly Dictionary<string, Pause> pauses = new(StringComparer.Ordinal);

    public bool SurviveRestart => false;

    public string? Doubt => null;

    public Task RefreshAsync(CancellationToken cancellation) => Task.CompletedTask;

    public Pause? Of(string service, DateTimeOffset now)
    {
        lock (gate)
            return pauses.GetValueOrDefault(service) is { } pause && !pause.IsOver(now) ? pause : null;
    }

    public Task<string?> SetAsync(string service, Pause? pause, CancellationToken cancellation)
    {
        lock (gate)
            if (pause is null)
                pauses.Remove(service);
            else
                pauses[service] = pause;
        return Task.FromResult<string?>(null);
    }
}
