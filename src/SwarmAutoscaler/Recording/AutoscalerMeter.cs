using System.Diagnostics.Metrics;

namespace SwarmAutoscaler.Recording;

/// <summary>The instruments of this process, named as in the policy contract. Instruments per service show current state and vanish with the policy.</summary>
sealed class AutoscalerMeter : IDisposable
{
    public const string Name = "swarm_autoscaler";

    readonly Meter meter = new(Name);
    readonly Counter<long> sourceRequests;
    readonly Histogram<double> sourceDuration;
    readonly Counter<long> engineRequests;

    public AutoscalerMeter()
    {
        sourceRequests = meter.CreateCounter<long>("swarm_autoscaler_source_requests", null, "Requests to metric backends.");
        sourceDuration = meter.CreateHistogram<double>("swarm_autoscaler_source_request_duration", "s", "Time of a request to a metric backend.");
        engineRequests = meter.CreateCounter<long>("swarm_autoscaler_engine_requests", null, "Requests to the Docker engine.");
    }

    /// <summary>One request (or pipelined round trip) to a backend. <paramref name="outcome"/> is <c>ok</c> or a reason word.</summary>
    public void SourceRequested(string source, string connection, string outcome, TimeSpan duration)
    {
        sourceRequests.Add(1, new("source", source), new("connection", connection), new("outcome", outcome));
        sourceDuration.Record(duration.TotalSeconds, new("source", source), new("connection", connection));
    }

    /// <summary>One request to the engine. <paramref name="operation"/> is for instance <c>list_services</c>; <paramref name="outcome"/> <c>ok</c> or a reason word.</summary>
    public void EngineRequested(string operation, string outcome) =>
        engineRequests.Add(1, new("operation", operation), new KeyValuePair<string, object?>("outcome", outcome));

    public void Dispose() => meter.Dispose();
}
