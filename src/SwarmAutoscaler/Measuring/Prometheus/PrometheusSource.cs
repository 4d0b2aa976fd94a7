using System.Collections.Immutable;
using SwarmAutoscaler.Policies;
using SwarmAutoscaler.Recording;

namespace SwarmAutoscaler.Measuring.Prometheus;

/// <summary>
/// Reads numbers from Prometheus, or a server that speaks its query protocol. Each distinct query text is one request a cycle, however many
/// metrics share it: the vector is picked apart by label.
/// </summary>
sealed class PrometheusSource(AutoscalerMeter meter, TimeProvider time, ILogger<PrometheusSource> log) : IMetricSource, IDisposable
{
    /// <summary>So many different warnings are told; a server that invents new ones does not fill the log or the memory.</summary>
    const int MostWarnings = 1000;

    readonly PrometheusClients clients = new(time);
    readonly ContainerSeriesProbe probe = new(time);
    readonly HashSet<(string Connection, string Warning)> warned = [];

    public string Kind => "prometheus";

    /// <summary>Connections with a client, for tests.</summary>
    public int ClientCount => clients.Count;

    public MetricConnection? ReadConnection(string name, FieldReader fields) => PrometheusConnection.Read(name, fields);

    public MetricQuery? ReadQuery(FieldReader fields, MetricConnection connection, MetricContext context) =>
        PrometheusQuery.Read(fields, (PrometheusConnection)connection, context);

    public async Task<IReadOnlyList<MetricReading>> ReadAsync(IReadOnlyList<MetricSpec> metrics, CancellationToken deadline)
    {
        clients.DropUnused();
        var readings = new MetricReading[metrics.Count];
        var requests = metrics
            .Select((metric, index) => new Asked(index, (PrometheusQuery)metric.Query, metric.EmptyIsZero))
            .GroupBy(asked => (asked.Query.Server, asked.Query.Text));

        // Bounded for each server by itself: one that hangs holds up nobody else's queries.
        await Task.WhenAll(requests.GroupBy(request => request.Key.Server).Select(server =>
            Parallel.ForEachAsync(server, new ParallelOptions { MaxDegreeOfParallelism = PrometheusClient.Concurrency }, async (request, _) =>
                await AnswerAsync([.. request], readings, deadline))));
        return readings;
    }

    public void Dispose() => clients.Dispose();

    /// <summary>One request, and the readings of all metrics that share it.</summary>
    async Task AnswerAsync(List<Asked> metrics, MetricReading[] readings, CancellationToken deadline)
    {
        var query = metrics[0].Query;
        var answer = await AskAsync(query, [.. metrics.Select(metric => metric.Query.Label).OfType<string>().Distinct()], deadline);
        TellWarnings(query, answer);
        var unexplained = answer is { Failure: null, Series: 0 } ? metrics.Find(metric => metric is { Query.Resource: not null, EmptyIsZero: false }).Query : null;
        var hint = unexplained is null ? null : await probe.ExplainAsync(unexplained, other => AskAsync(other, [other.Label!], deadline));
        foreach (var metric in metrics)
            readings[metric.Index] = answer.Read(metric.Query, metric.EmptyIsZero, hint);
    }

    async Task<QueryAnswer> AskAsync(PrometheusQuery query, ImmutableArray<string> labels, CancellationToken deadline)
    {
        if (deadline.IsCancellationRequested)
            return QueryAnswer.Failed(MissingReason.Timeout, "the deadline had passed before the request was sent");
        PrometheusClient client;
        try
        {
            client = clients.Get(query.Server);
        }
        catch (IOException e)
        {
            return QueryAnswer.Failed(MissingReason.Unreachable, e.Message);
        }
        long start = time.GetTimestamp();
        var answer = await client.AskAsync(query.Text, labels, deadline);
        meter.SourceRequested(Kind, query.Server.Name, answer.Failure?.Reason.Word() ?? "ok", time.GetElapsedTime(start));
        return answer;
    }

    /// <summary>A warning often means a partial answer, which is used all the same; it is told once.</summary>
    void TellWarnings(PrometheusQuery query, QueryAnswer answer)
    {
        foreach (var warning in answer.Warnings)
        {
            bool isNew;
            lock (warned)
                isNew = warned.Count < MostWarnings && warned.Add((query.Server.Name, warning));
            if (isNew)
                Log.Warned(log, query.Server.Name, warning, query.Text);
        }
    }

    readonly record struct Asked(int Index, PrometheusQuery Query, bool EmptyIsZero);
}
