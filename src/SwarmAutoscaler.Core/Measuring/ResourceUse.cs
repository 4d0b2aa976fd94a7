using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Measuring;

/// <summary>Turns a service's total use of a resource into the average share of its limit per running task.</summary>
public static class ResourceUse
{
    /// <summary>The readings as a decision looks at them: where a metric asks for a share, the share of the total that its source reported.</summary>
    /// <param name="metrics">The policy's metrics.</param>
    /// <param name="readings">One per metric, as the sources answered.</param>
    /// <param name="service">The service; null when there is none, and nothing to take a share of.</param>
    public static IReadOnlyList<MetricReading> InShares(IReadOnlyList<MetricSpec> metrics, IReadOnlyList<MetricReading> readings, ServiceState? service) =>
        service is null ? readings : [.. metrics.Select((metric, i) => metric.Query.ShareOf is { } resource ? ShareOf(readings[i], resource, service) : readings[i])];

    /// <summary>
    /// total ÷ (running × limit per task): 1.3 cores over 4 tasks limited to 0.5 cores each are 0.65.
    /// The limit comes from the service's spec; without a limit the reservation counts; without either the share is not known.
    /// </summary>
    public static MetricReading ShareOf(MetricReading total, LimitedResource resource, ServiceState service)
    {
        if (total is not Measured measured)
            return total;
        return service.LimitOf(resource) is { } limit and > 0
            ? MetricReading.Of(measured.Value / (Math.Max(1, service.Running) * limit))
            : new Missing(MissingReason.NoLimit, $"{service.Name} has neither a {Word(resource)} limit nor a {Word(resource)} reservation to take a share of");
    }

    static string Word(LimitedResource resource) => resource == LimitedResource.Cpu ? "CPU" : "memory";
}
