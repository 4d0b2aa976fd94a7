using System.Globalization;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Measuring.Prometheus;

/// <summary>
/// A built-in vector query: one text for all services that use it with the same window and label. In <paramref name="Query"/>,
/// <c>&lt;label&gt;</c> and <c>&lt;window&gt;</c> stand for the metric's settings.
/// </summary>
/// <param name="Name">The word after <c>preset:</c>.</param>
/// <param name="Query">PromQL.</param>
/// <param name="Label">The series' label that names the service, unless the metric says otherwise; null is the connection's <c>service_label</c>.</param>
sealed record PrometheusPreset(string Name, string Query, string? Label)
{
    /// <summary>The label of the result that names the service, when it is not the series' own.</summary>
    public string? ResultLabel { get; init; }

    /// <summary>The resource whose total the query gives.</summary>
    public LimitedResource? ShareOf { get; init; }

    /// <summary>How the key follows from the Swarm service's name.</summary>
    public Func<string, string> KeyOf { get; init; } = service => service;

    public string TextFor(string label, TimeSpan window) => Query
        .Replace("<label>", label, StringComparison.Ordinal)
        .Replace("<window>", Duration(window), StringComparison.Ordinal);

    /// <summary>60 s and 1 m are one text, so that they share a request.</summary>
    static string Duration(TimeSpan window)
    {
        long milliseconds = (long)window.TotalMilliseconds;
        (long size, string unit) = milliseconds % 3_600_000 == 0 ? (3_600_000, "h")
            : milliseconds % 60_000 == 0 ? (60_000, "m")
            : milliseconds % 1000 == 0 ? (1000, "s") : (1L, "ms");
        return string.Create(CultureInfo.InvariantCulture, $"{milliseconds / size}{unit}");
    }
}

/// <summary>
/// The built-in presets. Window <c>1m</c> unless the metric sets <c>window</c>; it must span at least two scrapes.
/// <list type="table">
/// <listheader><term>Preset</term><description>Unit; label that names the service; default key</description></listheader>
/// <item><term>cpu</term><description>cores used by all tasks of the service, summed over containers and CPUs; the connection's
/// <c>service_label</c>; the Swarm service name</description></item>
/// <item><term>memory</term><description>bytes of working set (no page cache) of all tasks; the rest as <c>cpu</c></description></item>
/// <item><term>http_request_rate</term><description>requests per second, from <c>http_requests_total</c>; <c>service</c>, as a scrape
/// configuration sets it from <c>__meta_dockerswarm_service_name</c>; the Swarm service name</description></item>
/// <item><term>http_latency</term><description>seconds, 95th percentile, from the histogram <c>http_request_duration_seconds</c>; the rest as
/// <c>http_request_rate</c></description></item>
/// <item><term>traefik_request_rate</term><description>requests per second that Traefik sent to the service; <c>service</c> without its
/// <c>@provider</c>; the Swarm service name as Traefik writes it, see <see cref="TraefikName"/></description></item>
/// <item><term>traefik_latency</term><description>seconds, 95th percentile, as Traefik saw them; the rest as <c>traefik_request_rate</c></description></item>
/// </list>
/// </summary>
static class PrometheusPresets
{
    public static readonly TimeSpan DefaultWindow = TimeSpan.FromMinutes(1);

    const string TraefikLabel = "traefik_service";

    public static IReadOnlyList<PrometheusPreset> All { get; } =
    [
        new("cpu", """sum by (<label>) (rate(container_cpu_usage_seconds_total{<label>!=""}[<window>]))""", null)
        {
            ShareOf = LimitedResource.Cpu,
        },

        // cAdvisor sends its own timestamps, so a stopped container has no end mark and would count for another five minutes:
        // after a scale-down the use per task would look doubled. A series counts only with a sample inside the window.
        new("memory", """
            sum by (<label>) (container_memory_working_set_bytes{<label>!=""} and last_over_time(container_memory_working_set_bytes{<label>!=""}[<window>]))
            """, null)
        {
            ShareOf = LimitedResource.Memory,
        },

        new("http_request_rate", """sum by (<label>) (rate(http_requests_total{<label>!=""}[<window>]))""", "service"),

        // Without requests a quantile is NaN; the comparison drops it, so that "no requests" is an empty answer.
        new("http_latency", """
            histogram_quantile(0.95, sum by (<label>, le) (rate(http_request_duration_seconds_bucket{<label>!=""}[<window>]))) >= 0
            """, "service"),

        // The name without its provider goes into a label of its own: one name under two providers would be two equal label sets, an error.
        new("traefik_request_rate", """
            sum by (traefik_service) (label_replace(rate(traefik_service_requests_total[<window>]), "traefik_service", "$1", "<label>", "([^@]+)(@.*)?"))
            """, "service")
        {
            ResultLabel = TraefikLabel,
            KeyOf = TraefikName,
        },

        new("traefik_latency", """
            histogram_quantile(0.95, sum by (traefik_service, le) (
              label_replace(rate(traefik_service_request_duration_seconds_bucket[<window>]), "traefik_service", "$1", "<label>", "([^@]+)(@.*)?"))) >= 0
            """, "service")
        {
            ResultLabel = TraefikLabel,
            KeyOf = TraefikName,
        },
    ];

    public static PrometheusPreset? Find(string name) => All.FirstOrDefault(preset => preset.Name == name);

    /// <summary>
    /// How Traefik names a Swarm service whose labels define no service of their own: runs of anything but letters and digits become one dash,
    /// so <c>shop_api</c> is <c>shop-api</c>. With a label <c>traefik.http.services.NAME…</c> the metric needs <c>key: NAME</c>.
    /// </summary>
    public static string TraefikName(string service) => string.Join('-',
        string.Concat(service.Select(letter => char.IsLetterOrDigit(letter) ? letter : ' ')).Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
