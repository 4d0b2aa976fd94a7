using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace SwarmAutoscaler.Measuring.Prometheus;

/// <summary>A scrape target with the series of cAdvisor, Traefik and an instrumented application, whose rates are known.</summary>
sealed class MadeUpTarget : IAsyncDisposable
{
    const string Service = "container_label_com_docker_swarm_service_name";

    readonly WebApplication app;
    readonly Stopwatch since = Stopwatch.StartNew();

    MadeUpTarget(WebApplication app) => this.app = app;

    public string Address => new Uri(app.Urls.Single()).Authority;

    /// <summary>While set, shop_api has a third container, whose series end without a mark, as cAdvisor's do.</summary>
    public bool HasThirdContainer { get; set; } = true;

    public static async Task<MadeUpTarget> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var target = new MadeUpTarget(app);
        app.MapGet("/metrics", context => context.Response.WriteAsync(target.Text(), context.RequestAborted));
        await app.StartAsync();
        return target;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    string Text()
    {
        var text = new StringBuilder();
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        double elapsed = since.Elapsed.TotalSeconds;
        void Sample(string series, double value, bool ownTime = false) =>
            text.Append(CultureInfo.InvariantCulture, $"{series} {value}{(ownTime ? $" {now}" : "")}\n");
        void Rate(string series, double perSecond, bool ownTime = false) => Sample(series, perSecond * elapsed, ownTime);

        Rate("""container_cpu_usage_seconds_total{id="/",cpu="cpu00"}""", 9, true);
        Rate($$"""container_cpu_usage_seconds_total{id="/docker/a",cpu="cpu00",{{Service}}="shop_api"}""", 0.2, true);
        Rate($$"""container_cpu_usage_seconds_total{id="/docker/a",cpu="cpu01",{{Service}}="shop_api"}""", 0.3, true);
        Rate($$"""container_cpu_usage_seconds_total{id="/docker/b",cpu="cpu00",{{Service}}="shop_api"}""", 0.5, true);
        Rate($$"""container_cpu_usage_seconds_total{id="/docker/w",cpu="total",{{Service}}="shop_web"}""", 0.25, true);
        Sample("""container_memory_working_set_bytes{id="/"}""", 9e9, true);
        Sample($$"""container_memory_working_set_bytes{id="/docker/a",{{Service}}="shop_api"}""", 100e6, true);
        Sample($$"""container_memory_working_set_bytes{id="/docker/b",{{Service}}="shop_api"}""", 50e6, true);
        if (HasThirdContainer)
            Sample($$"""container_memory_working_set_bytes{id="/docker/c",{{Service}}="shop_api"}""", 1e9, true);
        Sample($$"""container_memory_working_set_bytes{id="/docker/w",{{Service}}="shop_web"}""", 25e6, true);

        Rate("""http_requests_total{service="shop_api",code="200"}""", 30);
        Rate("""http_requests_total{service="shop_api",code="500"}""", 10);
        Rate("""http_requests_total{code="200"}""", 99);
        foreach (var (bound, share) in new[] { ("0.1", 0.5), ("0.5", 0.9), ("1", 1.0), ("+Inf", 1.0) })
        {
            Rate($$"""http_request_duration_seconds_bucket{service="shop_api",le="{{bound}}"}""", 40 * share);
            Rate($$"""http_request_duration_seconds_bucket{service="shop_idle",le="{{bound}}"}""", 0);
            Rate($$"""traefik_service_request_duration_seconds_bucket{service="shop-api@swarm",code="200",le="{{bound}}"}""", 40 * share);
            Rate($$"""traefik_service_request_duration_seconds_bucket{service="shop-api@docker",code="200",le="{{bound}}"}""", 40 * share);
        }

        // One name under two providers, with otherwise equal labels.
        Rate("""traefik_service_requests_total{service="shop-api@swarm",code="200",method="GET",protocol="http"}""", 20);
        Rate("""traefik_service_requests_total{service="shop-api@docker",code="200",method="GET",protocol="http"}""", 5);
        Rate("""traefik_service_requests_total{service="named",code="200",method="GET",protocol="http"}""", 3);
        return text.ToString();
    }
}
