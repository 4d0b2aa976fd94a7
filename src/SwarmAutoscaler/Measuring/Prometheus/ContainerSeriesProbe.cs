using System.Globalization;

namespace SwarmAutoscaler.Measuring.Prometheus;

/// <summary>
/// Finds out why a preset on container series gives nothing at all: nothing scraped, no label on the series, or too short a window. One further
/// query, at most once in ten minutes for a connection; what it found is repeated in between.
/// </summary>
sealed class ContainerSeriesProbe(TimeProvider time)
{
    const string Metric = "container_cpu_usage_seconds_total";
    const string Found = "found";

    static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    readonly Lock gate = new();
    readonly Dictionary<PrometheusConnection, Finding> findings = [];

    /// <summary>What is known about the empty answer to a query, or null.</summary>
    /// <param name="query">A built-in preset on container series, with its label.</param>
    /// <param name="ask">Sends one query and picks its series by one label.</param>
    public async Task<string?> ExplainAsync(PrometheusQuery query, Func<PrometheusQuery, Task<QueryAnswer>> ask)
    {
        var finding = new Finding(query.Label!, time.GetTimestamp());
        lock (gate)
        {
            foreach (var (server, old) in findings.ToList())
                if (time.GetElapsedTime(old.At) >= Interval)
                    findings.Remove(server);
            if (findings.TryGetValue(query.Server, out var known))
                return known.Label == query.Label ? known.Sentence : null;
            findings.Add(query.Server, finding);
        }
        var answer = await ask(ProbeOf(query.Server, query.Label!, ""));
        return finding.Sentence = answer.Failure is null ? Explain(query, answer) : null;
    }

    static string Explain(PrometheusQuery query, QueryAnswer answer)
    {
        var all = answer.Read(ProbeOf(query.Server, query.Label!, "all"), true, null) as Measured;
        var labelled = answer.Read(ProbeOf(query.Server, query.Label!, "labelled"), true, null) as Measured;
        if (labelled?.Value > 0)
            return $"there are container series with the label {query.Label}, but none with enough samples in the window; 'window' must span at least two scrapes";
        return all?.Value > 0
            ? string.Create(CultureInfo.InvariantCulture, $"there are {all.Value} container series, but none carries the label {query.Label}; "
                + $"cAdvisor must export container labels (it cannot with Docker's containerd image store), and 'service_label' must name the right one")
            : $"there are no container series ({Metric}); is cAdvisor scraped?";
    }

    /// <summary>Counts the container series, and those with the label, in one answer.</summary>
    static PrometheusQuery ProbeOf(PrometheusConnection server, string label, string key) => new(server, $$"""
        label_replace(count({{Metric}}{{{label}}!=""}), "{{Found}}", "labelled", "", "") or label_replace(count({{Metric}}), "{{Found}}", "all", "", "")
        """, Found, key);

    sealed class Finding(string label, long at)
    {
        public string Label { get; } = label;

        public long At { get; } = at;

        public string? Sentence { get; set; }
    }
}
