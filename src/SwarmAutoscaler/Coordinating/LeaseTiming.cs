namespace SwarmAutoscaler.Coordinating;

/// <summary>
/// The times of the lease. A contender takes over when it has seen one and the same version for <see cref="Duration"/>; the holder counts from before it
/// sent the write that made this version, and stops <see cref="Margin"/> earlier. So it has always stopped before anybody can take over.
/// </summary>
sealed record LeaseTiming
{
    /// <summary>6 s. How long a contender must have seen no change before it takes over.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>1.5 s. So much earlier the holder stops: for a request that is on its way, and for clocks that do not run alike.</summary>
    public TimeSpan Margin { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>2 s. The holder renews so often, which leaves time for a second try at another manager.</summary>
    public TimeSpan Renewal { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>0.5 s. A contender looks so often; a look is a read, and writes nothing.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>0.2 s. After a failed renewal it is tried again so soon, at the next manager if there are several.</summary>
    public TimeSpan Retry { get; init; } = TimeSpan.FromSeconds(0.2);

    /// <summary>
    /// 30 s. An answer with a version older than one seen before comes from a manager that is behind or cut off, and says nothing. If it is all that is
    /// heard for so long, it is the truth: the Swarm was restored from a backup.
    /// </summary>
    public TimeSpan StaleFor { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the holder acts after it began to send a renewal that succeeded.</summary>
    public TimeSpan Holding => Duration - Margin;
}
