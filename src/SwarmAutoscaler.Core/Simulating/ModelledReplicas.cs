namespace SwarmAutoscaler.Simulating;

/// <summary>
/// Which of a modelled service's replicas run. New ones run once the startup time has passed. Fewer is fewer at once: those that have not started yet go
/// first, the newest of them before the others.
/// </summary>
sealed class ModelledReplicas(int running, TimeSpan startup)
{
    readonly List<(TimeSpan ReadyAt, int Replicas)> starting = [];

    public int Running { get; private set; } = running;

    public int All => Running + starting.Sum(batch => batch.Replicas);

    /// <summary>When the next ones run; null when none is starting.</summary>
    public TimeSpan? NextReady => starting.Count > 0 ? starting[0].ReadyAt : null;

    public void SetTo(int replicas, TimeSpan now)
    {
        int more = replicas - All;
        if (more > 0)
            starting.Add((now + startup, more));
        else
            Remove(-more);
        AdvanceTo(now);
    }

    /// <summary>What is ready at this very moment runs.</summary>
    public void AdvanceTo(TimeSpan now)
    {
        while (NextReady <= now)
        {
            Running += starting[0].Replicas;
            starting.RemoveAt(0);
        }
    }

    void Remove(int replicas)
    {
        while (replicas > 0 && starting.Count > 0)
        {
            var (readyAt, count) = starting[^1];
            int removed = Math.Min(replicas, count);
            replicas -= removed;
            starting.RemoveAt(starting.Count - 1);
            if (count > removed)
                starting.Add((readyAt, count - removed));
        }
        Running -= replicas;
    }
}
