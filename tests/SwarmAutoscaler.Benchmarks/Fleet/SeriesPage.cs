using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace SwarmAutoscaler.Benchmarks.Fleet;

/// <summary>A page for Prometheus with one series per service, whose value moves a little from scrape to scrape and never asks for a second replica.</summary>
sealed class SeriesPage : IAsyncDisposable
{
    /// <summary>What one replica may have of <see cref="Series"/>.</summary>
    public const int PerReplica = 200;

    public const string Series = "fleet_load";

    readonly WebApplication app;

    SeriesPage(WebApplication app) => this.app = app;

    /// <summary>Services on the page.</summary>
    public int Count { get; set; }

    public int Port => new Uri(app.Urls.First()).Port;

    public static async Task<SeriesPage> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var page = new SeriesPage(builder.Build());
        page.app.MapGet("/metrics", () => Results.Text(page.Render(), "text/plain; version=0.0.4"));
        await page.app.StartAsync();
        return page;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    string Render()
    {
        var text = new StringBuilder($"# TYPE {Series} gauge\n");
        for (int i = 0; i < Count; i++)
            text.Append(CultureInfo.InvariantCulture, $"{Series}{{service=\"{FleetServices.Name(i)}\"}} {PerReplica - Random.Shared.Next(1, 50)}\n");
        return text.ToString();
    }
}
