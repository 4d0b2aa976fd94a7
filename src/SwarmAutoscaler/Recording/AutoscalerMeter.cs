using System.Diagnostics.Metrics;

namespace SwarmAutoscaler.Recording;

/// <summary>
/// The instruments of this process, named as in the policy contract. Names here are without unit and <c>_total</c>, which the text format
/// appends. Instruments per service are observed (<see cref="ServiceInstruments"/>) and vanish with the policy.
/// </summary>
sealed class AutoscalerMeter : IDisposable
{
    public const string Name = "swarm_autoscaler";

    /// <summary>Seconds. A request is good below 0.1 and given up at 10, the longest time-out of a source.</summary>
    static readonly InstrumentAdvice<double> RequestBuckets = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    };

    /// <summary>Seconds. A cycle is bounded by the sources' time-outs and the writes after them; lateness counts once it nears an interval.</summary>
    static readonly InstrumentAdvice<double> EvaluationBuckets = new()
    {
        HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60],
    };

    readonly Counter<long> sourceRequests;
    readonly Histogram<double> sourceDuration;
    readonly Counter<long> engineRequests;
    readonly Histogram<double> evaluationDuration;
    readonly Histogram<double> evaluationLateness;

    /// <param name="meterName">What a page subscribes to: pages of equally named meters would show each other's numbers.</param>
    public AutoscalerMeter(string meterName = Name)
    {
        Meter = new Meter(meterName);
        sourceRequests = Meter.CreateCounter<long>("swarm_autoscaler_source_requests", null, "Requests to metric backends.");
        sourceDuration = Meter.CreateHistogram("swarm_autoscaler_source_request_duration", "s", "Time of a request to a metric backend.", null, RequestBuckets);
        engineRequests = Meter.CreateCounter<long>("swarm_autoscaler_engine_requests", null, "Requests to the Docker engine.");
        evaluationDuration = Meter.CreateHistogram(
            "swarm_autoscaler_evaluation_duration", "s", "Time from the start of a cycle until its last change was applied.", null, EvaluationBuckets);
        evaluationLateness = Meter.CreateHistogram(
            "swarm_autoscaler_evaluation_lateness", "s", "How long after its scheduled time a cycle started.", null, EvaluationBuckets);
    }

    /// <summary>Where the other instrument classes of this folder add theirs.</summary>
    public Meter Meter { get; }

    /// <summary>One request (or pipelined round trip) to a backend. <paramref name="outcome"/> is <c>ok</c> or a reason word.</summary>
    public void SourceRequested(string source, string connection, string outcome, TimeSpan duration)
    {
        sourceRequests.Add(1, new("source", source), new("connection", connection), new("outcome", outcome));
        sourceDuration.Record(duration.TotalSeconds, new("source", source), new("connection", connection));
    }

    /// <summary>One request to the engine. <paramref name="operation"/> is for instance <c>list_services</c>; <paramref name="outcome"/> <c>ok</c> or a reason word.</summary>
    public void EngineRequested(string operation, string outcome) =>
        engineRequests.Add(1, new("operation", operation), new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>One cycle has ended.</summary>
    /// <param name="duration">From its start until its last change was applied.</param>
    /// <param name="lateness">Actual start − scheduled start, 0 s or more.</param>
    public void Evaluated(TimeSpan duration, TimeSpan lateness)
    {
        evaluationDuration.Record(duration.TotalSeconds);
        evaluationLateness.Record(lateness.TotalSeconds);
    }

    public void Dispose() => Meter.Dispose();
}
