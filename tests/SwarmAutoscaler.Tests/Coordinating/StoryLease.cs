namespace SwarmAutoscaler.Coordinating;

/// <summary>A lease that is held or not as a test says.</summary>
sealed class StoryLease : ILease
{
    public bool MayAct { get; set; } = true;

    public LeaseStanding Standing => new("me-1", MayAct ? "me-1" : Holder, MayAct, Problem);

    public string? Holder { get; set; } = "other-2";

    public string? Problem { get; set; }

    public event Action? Gained;

    /// <summary>What becomes of storing; null means that it is stored.</summary>
    public Func<string?> Keeping { get; set; } = () => null;

    public int Kept { get; private set; }

    public void Gain()
    {
        MayAct = true;
        Gained?.Invoke();
    }

    public Task<string?> KeepAsync(CancellationToken cancellation)
    {
        Kept++;
        return Task.FromResult(Keeping());
    }
}
