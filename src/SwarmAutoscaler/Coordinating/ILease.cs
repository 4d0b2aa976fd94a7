namespace SwarmAutoscaler.Coordinating;

/// <summary>Of several instances exactly one acts: the one that holds the lease. It is also the one that keeps what is remembered.</summary>
interface ILease
{
    /// <summary>
    /// This instance may change services, at this moment: to be asked immediately before something is sent. False from some time before another instance
    /// can take over, however long this one was frozen.
    /// </summary>
    bool MayAct { get; }

    LeaseStanding Standing { get; }

    /// <summary>Raised when this instance has become the one that acts, with the history loaded.</summary>
    event Action? Gained;

    /// <summary>
    /// Stores what is remembered, as far as it has changed, within a few seconds. Null when it is stored, or need not be; else why not: then nothing may
    /// be sent that a successor would not know of.
    /// </summary>
    Task<string?> KeepAsync(CancellationToken cancellation);
}

/// <summary>Who acts, as far as this instance knows; for people.</summary>
/// <param name="Self">This instance: host name and a random part.</param>
/// <param name="Holder">Who holds the lease; null while nobody does or it is not known.</param>
/// <param name="MayAct">This instance acts.</param>
/// <param name="Problem">What is in the way of knowing or keeping it; null when nothing is.</param>
sealed record LeaseStanding(string Self, string? Holder, bool MayAct, string? Problem);

/// <summary>The only instance there is: it always acts, and what it remembers goes with it.</summary>
sealed class SoleInstance : ILease
{
    static readonly string Self = Environment.MachineName;

    public bool MayAct => true;

    public LeaseStanding Standing { get; } = new(Self, Self, true, null);

    public event Action? Gained { add { } remove { } }

    public Task<string?> KeepAsync(CancellationToken cancellation) => Task.FromResult<string?>(null);
}
