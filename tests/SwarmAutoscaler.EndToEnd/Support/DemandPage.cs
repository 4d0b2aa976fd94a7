using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace SwarmAutoscaler.TestSupport;

/// <summary>A page for a real Prometheus to scrape: how many replicas each service needs.</summary>
sealed class DemandPage : IAsyncDisposable
{
    readonly WebApplication app;
    readonly ConcurrentDictionary<string, int> wishes = new();

    DemandPage(WebApplication app) => this.app = app;

    /// <summary>Host and port.</summary>
    public string Address => new Uri(app.Urls.Single()).Authority;

    public static async Task<DemandPage> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var page = new DemandPage(app);
        app.MapGet("/metrics", context => context.Response.WriteAsync(
            string.Concat(page.wishes.Select(wish => $"demand{{service=\"{wish.Key}\"}} {wish.Value}\n")), context.RequestAborted));
        await app.StartAsync();
        return page;
    }

    public IDemand Of(string service) => new Scraped(this, service);

    public ValueTask DisposeAsync() => app.DisposeAsync();

    sealed class Scraped(DemandPage page, string service) : IDemand
    {
        /// <summary>One scrape, which is every second, and a little.</summary>
        public TimeSpan Delay => TimeSpan.FromSeconds(1.5);

        public string Policy(int max, string more) =>
            $$"""
            service: {{service}}
            interval: 1s
            replicas: { min: 1, max: {{max}} }
            metrics: [ { name: demand, source: prometheus, query: demand, label: service, target: { per_replica: 1 } } ]
            {{more}}
            """;

        public Task SetAsync(int replicas)
        {
            page.wishes[service] = replicas;
            return Task.CompletedTask;
        }
    }
}
