namespace SwarmAutoscaler.TestSupport;

/// <summary>What happened in a trial, from both sides: what the engines saw, what the autoscalers say they did, and what the test did itself.</summary>
sealed record Chronicle
{
    /// <summary>Every change of a service that any manager reported, once each, oldest first.</summary>
    public IReadOnlyList<SeenUpdate> Updates { get; init; } = [];

    /// <summary>Every change that an instance's log tells of, applied or not.</summary>
    public IReadOnlyList<Claim> Claims { get; init; } = [];

    /// <summary>When which instance became the one that acts; none when instances run without a lease.</summary>
    public IReadOnlyList<Term> Terms { get; init; } = [];

    /// <summary>What the test itself did to services.</summary>
    public IReadOnlyList<HandWrite> ByHand { get; init; } = [];

    /// <summary>Instances that were killed: what they did last may stand in no log.</summary>
    public IReadOnlyList<Death> Deaths { get; init; } = [];

    /// <summary>The policies as they were written, oldest first.</summary>
    public IReadOnlyList<WrittenPolicy> Policies { get; init; } = [];

    /// <summary>How many replicas the metrics asked for, and since when.</summary>
    public IReadOnlyList<Asked> Demand { get; init; } = [];

    /// <summary>Times in which perhaps nobody could read the metrics, or the engine: what was asked for then need not have been seen.</summary>
    public IReadOnlyList<BlindTime> Blind { get; init; } = [];
}

/// <summary>A service was written: by us, by a person, or by Swarm itself.</summary>
/// <param name="At">The leader's clock when it was written: the same whichever manager tells of it.</param>
/// <param name="Service">The service's name.</param>
/// <param name="Id">The service's id: one that was removed and made anew has another.</param>
/// <param name="Count">The count before and after; null when it stayed.</param>
/// <param name="IsEmpty">Nothing that an event shows was changed: neither count, image nor state of an update.</param>
sealed record SeenUpdate(DateTimeOffset At, string Service, string Id, CountChange? Count, bool IsEmpty);

/// <summary>From one count to another.</summary>
sealed record CountChange(int From, int To)
{
    public override string ToString() => $"{From} -> {To}";
}

/// <summary>A change as an instance's log tells it.</summary>
/// <param name="At">When the line was written, after the engine's answer.</param>
/// <param name="Instance">Whose log.</param>
/// <param name="Service">The service.</param>
/// <param name="Count">From what to what.</param>
/// <param name="Reason">The stable word.</param>
/// <param name="Outcome">The word for what became of it.</param>
sealed record Claim(DateTimeOffset At, string Instance, string Service, CountChange Count, string Reason, string Outcome)
{
    public bool IsApplied => Outcome == "applied";

    /// <summary>It may have been applied, then or later.</summary>
    public bool IsUnknown => Outcome == "unknown";
}

/// <summary>An instance took the lease.</summary>
sealed record Term(DateTimeOffset At, string Instance);

/// <summary>The test wrote to a service.</summary>
/// <param name="From">Before the command.</param>
/// <param name="Until">After it, when a later effect of its own is not to be expected any more.</param>
/// <param name="Service">The service.</param>
sealed record HandWrite(DateTimeOffset From, DateTimeOffset Until, string Service)
{
    public bool Explains(SeenUpdate update) => update.Service == Service && From <= update.At && update.At <= Until;
}

/// <summary>An instance was killed.</summary>
sealed record Death(DateTimeOffset At, string Instance);

/// <summary>A policy was written; the instances pick it up some seconds later.</summary>
sealed record WrittenPolicy(DateTimeOffset At, string Service, ExpectedRules Rules);

/// <summary>The metrics ask for this many replicas from now on.</summary>
/// <param name="At">When it was set.</param>
/// <param name="Service">The service.</param>
/// <param name="Replicas">How many.</param>
/// <param name="Delay">So much later every evaluation sees it.</param>
sealed record Asked(DateTimeOffset At, string Service, int Replicas, TimeSpan Delay = default);

/// <summary>Nobody need have evaluated anything.</summary>
sealed record BlindTime(DateTimeOffset From, DateTimeOffset Until);

/// <summary>What a policy promises about every sequence of changes.</summary>
sealed record ExpectedRules(int Min, int Max)
{
    public TimeSpan CooldownUp { get; init; }

    public TimeSpan CooldownDown { get; init; }

    /// <summary>Never fewer than what was asked for within this time.</summary>
    public TimeSpan DownWindow { get; init; }

    /// <summary>At most so many more than at the period's start; null for no such limit.</summary>
    public (int Replicas, TimeSpan Period)? UpLimit { get; init; }
}
