using SwarmAutoscaler.Measuring;

namespace SwarmAutoscaler.Simulating;

/// <summary>
/// A load that a modelled service works off. Between two evaluations arrivals and running replicas are constant piece by piece, and each piece is exact
/// arithmetic. Used for one play.
/// </summary>
public sealed class LoadRun : IStepSource
{
    /// <summary>A rest of arithmetic, not of work, as a share of what was due; it would keep a service from going idle.</summary>
    const double Noise = 1e-9;

    readonly ServiceModel model;
    readonly LoadCurve load;
    readonly IReadOnlyList<TimeSpan> evaluations;
    readonly ModelledReplicas replicas;
    readonly LoadTally tally = new();
    TimeSpan now;
    double queue;
    int next;

    /// <param name="service">The service before the first evaluation; of its replicas that do not run yet the startup begins at 0 s.</param>
    /// <param name="model">How it works.</param>
    /// <param name="load">What arrives.</param>
    /// <param name="evaluations">Rising, from 0 s to before the end of the load.</param>
    public LoadRun(ServiceState service, ServiceModel model, LoadCurve load, IReadOnlyList<TimeSpan> evaluations)
    {
        (this.model, this.load, this.evaluations) = (model, load, evaluations);
        replicas = new ModelledReplicas(Math.Min(service.Running, service.Wanted), model.Startup);
    }

    /// <summary>What it has come to so far; whole once there is no next evaluation.</summary>
    public LoadSummary Summary => tally.Summarize(now, queue);

    public ScenarioStep? Next(int replicas)
    {
        tally.Count(replicas, now);
        this.replicas.SetTo(replicas, now);
        bool isOver = next == evaluations.Count;
        var state = AdvanceTo(isOver ? load.End : evaluations[next++]);
        return isOver ? null : new ScenarioStep
        {
            At = now,
            Running = this.replicas.Running,
            Readings = [.. model.Metrics.Select(metric => metric.Read(state))],
            Load = state,
        };
    }

    LoadState AdvanceTo(TimeSpan until)
    {
        double elapsed = (until - now).TotalSeconds, arrived = 0, served = 0;
        while (now < until)
        {
            var (pieceArrived, pieceServed) = AdvancePiece(until);
            arrived += pieceArrived;
            served += pieceServed;
        }
        double capacity = replicas.Running * model.CapacityPerReplica;
        double arrivals = elapsed > 0 ? arrived / elapsed : load.ArrivalsAt(now);
        return new LoadState
        {
            ArrivalsPerSecond = arrivals,
            ServedPerSecond = elapsed > 0 ? served / elapsed : Math.Min(arrivals, capacity),
            CapacityPerSecond = capacity,
            Queue = queue,
        };
    }

    /// <summary>
    /// Until anything changes: what waits grows by arrivals − capacity, never below 0. Example: 10 waiting, 40 a second arriving, 50 a second possible: after
    /// 1 s none waits and 50 are done; after 2 s 90 are done, all there was.
    /// </summary>
    (double Arrived, double Served) AdvancePiece(TimeSpan until)
    {
        var end = load.HoldsUntil(now);
        if (until < end)
            end = until;
        if (replicas.NextReady < end)
            end = replicas.NextReady.Value;
        double seconds = (end - now).TotalSeconds, arrivals = load.ArrivalsAt(now), capacity = replicas.Running * model.CapacityPerReplica;
        double arrived = arrivals * seconds, possible = capacity * seconds, due = queue + arrived;
        bool isLeft = due - possible > Noise * Math.Max(1, due);
        double served = isLeft ? possible : due;
        queue = isLeft ? due - possible : 0;
        tally.Add(new LoadPiece(seconds, replicas.All, arrived, served, queue, IsOverCapacity: arrivals > capacity));
        now = end;
        replicas.AdvanceTo(now);
        return (arrived, served);
    }
}
