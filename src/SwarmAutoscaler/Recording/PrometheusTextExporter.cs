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

    static void Write(PrometheusText page, Metric metric)
    {
        bool isCounter = metric.MetricType is MetricType.LongSum or MetricType.DoubleSum;
        bool isHistogram = metric.MetricType is MetricType.Histogram;
        string name = PrometheusText.NameOf(metric.Name, metric.Unit, isCounter);
        page.Family(name, isHistogram ? "histogram" : isCounter ? "counter" : "gauge", metric.Description);
        foreach (ref readonly var point in metric.GetMetricPoints())
            if (isHistogram)
                WriteHistogram(page, name, point);
            else
                page.Sample(name, TagsOf(point), ValueOf(point, metric.MetricType));
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

    static double ValueOf(in MetricPoint point, MetricType type) => type switch
    {
        MetricType.LongSum => point.GetSumLong(),
        MetricType.DoubleSum => point.GetSumDouble(),
        MetricType.LongGauge => point.GetGaugeLastValueLong(),
        MetricType.LongSumNonMonotonic => point.GetSumLong(),
        MetricType.DoubleSumNonMonotonic => point.GetSumDouble(),
        _ => point.GetGaugeLastValueDouble(),
    };

    static KeyValuePair<string, object?>[] TagsOf(in MetricPoint point)
    {
        var tags = new KeyValuePair<string, object?>[point.Tags.Count];
        int index = 0;
        foreach (var tag in point.Tags)
            tags[index++] = tag;
        return tags;
    }
}
