using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace SwarmAutoscaler.Recording;

/// <summary>
/// The page a Prometheus scrapes. Counters and histograms are aggregated by the metrics SDK. Observable instruments are read straight from
/// their callbacks at the scrape: the SDK would keep a slot for every label set it has ever seen, and fold those above its limit into one.
/// </summary>
sealed class MetricsPage : IDisposable
{
    readonly Lock gate = new();
    readonly PrometheusTextExporter exporter = new();
    readonly MeterProvider provider;
    readonly MeterListener listener = new();
    PrometheusText page = new();
    (Instrument Instrument, string Name)? family;

    public MetricsPage(AutoscalerMeter meter)
    {
        provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter(meter.Meter.Name)
            .AddView(instrument => instrument.IsObservable ? MetricStreamConfiguration.Drop : null)
            .AddReader(new BaseExportingMetricReader(exporter) { TemporalityPreference = MetricReaderTemporalityPreference.Cumulative })
            .Build();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.IsObservable && instrument.Meter.Name == meter.Meter.Name)
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Write(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Write(instrument, value, tags));
        listener.Start();
    }

    /// <summary>All metrics as they are now, in the text format 0.0.4.</summary>
    public string Render()
    {
        lock (gate)
        {
            family = null;
            try
            {
                listener.RecordObservableInstruments();
                if (!exporter.WriteTo(page))
                    throw new InvalidOperationException("the metrics could not be collected");
                return page.ToString();
            }
            finally
            {
                page = new PrometheusText(); // the page of a thousand services is not kept until the next scrape
            }
        }
    }

    public void Dispose()
    {
        listener.Dispose();
        provider.Dispose();
    }

    void Write(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (family is not { } present || present.Instrument != instrument)
            family = present = Begin(instrument);
        page.Sample(present.Name, tags, value);
    }

    (Instrument, string) Begin(Instrument instrument)
    {
        bool isCounter = instrument is ObservableCounter<long> or ObservableCounter<double>;
        string name = PrometheusText.NameOf(instrument.Name, instrument.Unit, isCounter);
        page.Family(name, isCounter ? "counter" : "gauge", instrument.Description);
        return (instrument, name);
    }
}
