using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace SwarmAutoscaler.Measuring.Prometheus;

/// <summary>An HTTP server that answers what a test tells it to, and remembers what it was asked.</summary>
sealed class FakePrometheus : IAsyncDisposable
{
    readonly WebApplication app;

    FakePrometheus(WebApplication app) => this.app = app;

    public string Url => app.Urls.Single();

    public ConcurrentQueue<Received> Requests { get; } = [];

    public Func<HttpContext, Received, Task> Answer { get; set; } = (context, _) => Write(context, 200, Vector());

    public static async Task<FakePrometheus> StartAsync(X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null)
                listen.UseHttps(certificate);
        }));
        var app = builder.Build();
        var fake = new FakePrometheus(app);
        app.Run(fake.HandleAsync);
        await app.StartAsync();
        return fake;
    }

    public static Task<FakePrometheus> StartAsync(int status, string body, string type = "application/json") =>
        StartAsync((context, _) => Write(context, status, body, type));

    public static async Task<FakePrometheus> StartAsync(Func<HttpContext, Received, Task> answer)
    {
        var fake = await StartAsync();
        fake.Answer = answer;
        return fake;
    }

    public static async Task Write(HttpContext context, int status, string body, string type = "application/json")
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        await context.Response.WriteAsync(body, context.RequestAborted);
    }

    /// <summary>The answer to an instant query; each series is its labels (as JSON members) and its value.</summary>
    public static string Vector(params (string Labels, string Value)[] series) => Result(
        string.Join(',', series.Select(one => "{\"metric\":{" + one.Labels + "},\"value\":[1767225600.123,\"" + one.Value + "\"]}")));

    public static string Result(string result) => "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[" + result + "]}}";

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await app.StopAsync(now.Token);
        await app.DisposeAsync();
    }

    async Task HandleAsync(HttpContext context)
    {
        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync(context.RequestAborted) : FormCollection.Empty;
        var received = new Received(context.Request.Method, context.Request.Path.Value!, form["query"].ToString(),
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            [.. form.Keys], context.Connection.Id);
        Requests.Enqueue(received);
        await Answer(context, received);
    }
}

sealed record Received(string Method, string Path, string Query, IReadOnlyDictionary<string, string> Headers, IReadOnlyList<string> Fields, string ConnectionId);
