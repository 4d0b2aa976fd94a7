using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Xunit;

namespace SwarmAutoscaler.Applying;

/// <summary>One request as it came over the wire.</summary>
sealed record SeenRequest(string Method, string Target, string Body, IReadOnlyDictionary<string, string> Headers);

/// <summary>What the fake engine does with a request.</summary>
sealed record FakeAnswer(int Status, string Body)
{
    public static FakeAnswer Message(int status, string message) => new(status, $$"""{"message":{{System.Text.Json.JsonSerializer.Serialize(message)}}}""");

    /// <summary>The connection breaks instead of an answer.</summary>
    public bool Breaks { get; init; }

    /// <summary>The connection breaks after the head and half of the body: the server closes it when a body is shorter than announced.</summary>
    public bool BreaksInBody { get; init; }

    /// <summary>After the body the answer goes on until the client leaves.</summary>
    public bool Stays { get; init; }

    /// <summary>Nothing is answered as long as the client waits.</summary>
    public bool Hangs { get; init; }
}

/// <summary>An HTTP server that answers like a Docker engine, on a real socket.</summary>
sealed class FakeEngine : IAsyncDisposable
{
    readonly WebApplication server;
    readonly ConcurrentQueue<SeenRequest> seen = new();
    readonly SemaphoreSlim arrivals = new(0);

    FakeEngine(WebApplication server) => this.server = server;

    /// <summary>The header of every answer; null leaves it out.</summary>
    public string? ApiVersion { get; set; } = "1.41";

    /// <summary>The answer to <c>GET /_ping</c>.</summary>
    public FakeAnswer Ping { get; set; } = new(200, "OK");

    /// <summary>The answers to everything else, by method and path without version and query; a path not named is 404.</summary>
    public ConcurrentDictionary<string, Func<SeenRequest, FakeAnswer>> Answers { get; } = new(StringComparer.Ordinal);

    public IReadOnlyList<SeenRequest> Seen => [.. seen];

    public IReadOnlyList<SeenRequest> Writes => [.. seen.Where(request => request.Method != "GET")];

    public DockerEndpoint Endpoint { get; private set; } = new UnixEndpoint("");

    /// <summary>On a unix socket in a folder of its own.</summary>
    public static Task<FakeEngine> StartAsync()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("sas-engine-").FullName, "docker.sock");
        return StartAsync(kestrel => kestrel.ListenUnixSocket(path), _ => new UnixEndpoint(path));
    }

    public static async Task<FakeEngine> StartAsync(Action<KestrelServerOptions> listen, Func<int, DockerEndpoint> endpoint)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(listen);
        var server = builder.Build();
        var engine = new FakeEngine(server);
        server.Run(engine.HandleAsync);
        await server.StartAsync();
        engine.Endpoint = endpoint(server.Urls.Select(url => new Uri(url.Replace("http://unix", "http://localhost", StringComparison.Ordinal)).Port).First());
        return engine;
    }

    public void On(string methodAndPath, FakeAnswer answer) => Answers[methodAndPath] = _ => answer;

    /// <summary>Waits until one more request came.</summary>
    public async Task NextRequestAsync() => Assert.True(await arrivals.WaitAsync(TimeSpan.FromSeconds(20)), "no request came");

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await server.StopAsync(now.Token);
        await server.DisposeAsync();
        arrivals.Dispose();
        if (Endpoint is UnixEndpoint unix)
            Directory.Delete(Path.GetDirectoryName(unix.Path)!, recursive: true);
    }

    async Task HandleAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var request = new SeenRequest(context.Request.Method, target, await reader.ReadToEndAsync(context.RequestAborted),
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase));
        seen.Enqueue(request);
        arrivals.Release();
        if (ApiVersion is not null)
            context.Response.Headers["Api-Version"] = ApiVersion;
        await AnswerAsync(context, AnswerTo(request));
    }

    FakeAnswer AnswerTo(SeenRequest request)
    {
        var path = request.Target.Split('?')[0];
        if (path == "/_ping")
            return Ping;
        // like a real engine: older versions are served, newer ones are not
        var parts = path.Split('/', 3);
        if (parts is not ["", ['v', .. var version], _] || string.CompareOrdinal(version, ApiVersion) > 0)
            return FakeAnswer.Message(400, $"client version is too new for {path}");
        return Answers.TryGetValue($"{request.Method} /{parts[2]}", out var answer) ? answer(request) : FakeAnswer.Message(404, "page not found");
    }

    static async Task AnswerAsync(HttpContext context, FakeAnswer answer)
    {
        if (answer.Hangs)
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        if (answer.Breaks)
            context.Abort();
        if (answer.Hangs || answer.Breaks)
            return;
        var body = Encoding.UTF8.GetBytes(answer.Body);
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.Stays ? null : body.Length;
        await context.Response.Body.WriteAsync(answer.BreaksInBody ? body.AsMemory(0, body.Length / 2) : body, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        if (answer.Stays)
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
    }
}
