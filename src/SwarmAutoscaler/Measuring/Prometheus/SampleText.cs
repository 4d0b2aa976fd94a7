using System.Globalization;

namespace SwarmAutoscaler.Measuring.Prometheus;

/// <summary>A number in an answer.</summary>
static class SampleText
{
    /// <summary>A sample as Prometheus writes it: a decimal number, <c>NaN</c>, <c>+Inf</c> or <c>-Inf</c>.</summary>
    public static MetricReading Read(string? text) => text switch
    {
        "+Inf" or "Inf" => MetricReading.Of(double.PositiveInfinity),
        "-Inf" => MetricReading.Of(double.NegativeInfinity),
        "NaN" => MetricReading.Of(double.NaN),
        not null when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) => MetricReading.Of(value),
        _ => new Missing(MissingReason.Malformed, "the value is not a number"),
    };
}
