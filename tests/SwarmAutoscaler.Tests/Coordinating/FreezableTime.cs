using SwarmAutoscaler.TestSupport;

namespace SwarmAutoscaler.Coordinating;

/// <summary>The clock of one process: the world's, but while the process is frozen nothing happens in it; what was due happens when it thaws.</summary>
sealed class FreezableTime(ManualTime world) : TimeProvider
{
    readonly Queue<Action> waiting = [];

    public bool IsFrozen { get; private set; }

    public override long TimestampFrequency => world.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => world.GetUtcNow();

    public override long GetTimestamp() => world.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => world.CreateTimer(_ =>
    {
        if (IsFrozen)
            waiting.Enqueue(() => callback(state));
        else
            callback(state);
    }, null, dueTime, period);

    public void Freeze() => IsFrozen = true;

    public void Thaw()
    {
        IsFrozen = false;
        while (!IsFrozen && waiting.TryDequeue(out var due))
            due();
    }
}
