using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace SwarmAutoscaler.Recording;

/// <summary>Writes what the metrics SDK has aggregated, counters and histograms, each time it is asked to collect.</summary>
[ExportModes(ExportModes.Pull)]
sealed class PrometheusTextExporter : BaseExporter<Metric>, IPullMetricExporter
{
    PrometheusText? page;

    /// <summary>Set by the reader that owns this exporter.</summary>
    public Func<int, bool>? Collect { get; set; }

    /// <summary>Appends every aggregated metric to the page; false when the SDK could not collect. One caller at a time.</summary>
    public bool WriteTo(PrometheusText target)
    {
        page = target;
        return Collect?.Invoke(Timeout.Infinite) ?? false;
    }

    public override ExportResult Export(in Batch<Metric> batch)
    {
        if (page is null)
            return ExportResult.Failure;
        foreach (var metric in batch)
            Write(page, metric);
        return ExportResult.Success;
    }

    /// <summary>Observable instruments never come here, and there are no gauges or counters that fall among the others.</summary>
    static void Write(PrometheusText page, Metric metric)
    {
        if (metric.MetricType is not (MetricType.LongSum or MetricType.Histogram))
            throw new NotSupportedException($"{metric.Name} is a {metric.MetricType}, which this page does not show");
        bool isHistogram = metric.MetricType is MetricType.Histogram;
        string name = PrometheusText.NameOf(metric.Name, metric.Unit, !isHistogram);
        page.Family(name, isHistogram ? "histogram" : "counter", metric.Description);
        foreach (ref readonly var point in metric.GetMetricPoints())
            if (isHistogram)
                WriteHistogram(page, name, point);
            else
                page.Sample(name, TagsOf(point), point.GetSumLong());
    }

    static void WriteHistogram(PrometheusText page, string name, in MetricPoint point)
    {
        var tags = TagsOf(point);
        long below = 0;
        foreach (var bucket in point.GetHistogramBuckets())
        {
            below += bucket.BucketCount;
            page.Sample($"{name}_bucket", tags, below, bucket.ExplicitBound);
        }
        page.Sample($"{name}_sum", tags, point.GetHistogramSum());
        page.Sample($"{name}_count", tags, point.GetHistogramCount());
    }

    static KeyValuePair<string, object?>[] TagsOf(in MetricPoint point)
    {
        var tags = new KeyValuePair<string, object?>[point.Tags.Count];
        int index = 0;
        foreach (var tag in point.Tags)
            tags[index++] = tag;
        return tags;
    }
}
