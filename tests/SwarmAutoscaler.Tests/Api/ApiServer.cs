using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SwarmAutoscaler.Applying;
using SwarmAutoscaler.Coordinating;
using SwarmAutoscaler.Cycle;
using SwarmAutoscaler.Policies;
using SwarmAutoscaler.Recording;
using SwarmAutoscaler.TestSupport;

namespace SwarmAutoscaler.Api;

/// <summary>The whole HTTP API over an engine and a cycle in memory, with everything a test may want to turn.</summary>
sealed class ApiServer : IAsyncDisposable
{
    public const string Token = "right-token";

    readonly WebApplication app;
    readonly AutoscalerMeter meter = new($"test-{Guid.NewGuid()}");

    ApiServer(IReadOnlyCollection<ScalingPolicy> policies, string? token, IPauses? pauses, bool listens)
    {
        Policies = new FixedPolicies(policies);
        var builder = WebApplication.CreateSlimBuilder();
        if (listens)
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        else
            builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddAutoscalerApi(token is not null && ApiToken.TryParse(token, out var parsed) ? parsed : null)
            .AddSingleton<TimeProvider>(Time).AddSingleton<ISwarm>(Swarm).AddSingleton<ILease>(Lease).AddSingleton<ILoadedPolicies>(Policies).AddSingleton(pauses ?? Trial.Pauses).AddSingleton(Trial.Cycle)
            .AddSingleton(Board).AddSingleton(meter).AddSingleton<MetricsPage>().AddSingleton<Readiness>();
        app = builder.Build();
        app.MapAutoscalerApi();
        ServiceInstruments.Register(meter, Board, pauses ?? Trial.Pauses, Time);
    }

    /// <summary>What an evaluation reads and changes.</summary>
    public CycleTrial Trial { get; } = new();

    public DecisionBoard Board => Trial.Board;

    public FakeSwarm Swarm { get; } = new();

    public ManualTime Time => Trial.Time;

    public StoryLease Lease { get; } = new();

    public FixedPolicies Policies { get; }

    /// <summary>Where it listens, when it does.</summary>
    public string Url => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    /// <summary>All routes, each as <c>GET /live</c>.</summary>
    public IEnumerable<string> Routes => ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
        .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(method => $"{method} {endpoint.RoutePattern.RawText}"));

    public static Task<ApiServer> StartAsync(params IReadOnlyCollection<ScalingPolicy> policies) => StartAsync(new ApiServer(policies, null, null, listens: false));

    /// <summary>One that takes <see cref="Token"/>.</summary>
    public static Task<ApiServer> StartGuardedAsync(params IReadOnlyCollection<ScalingPolicy> policies) => StartAsync(new ApiServer(policies, Token, null, listens: false));

    public static Task<ApiServer> StartWithAsync(IPauses pauses, params IReadOnlyCollection<ScalingPolicy> policies) =>
        StartAsync(new ApiServer(policies, Token, pauses, listens: false));

    /// <summary>One that listens on a port of this machine and takes <see cref="Token"/>.</summary>
    public static Task<ApiServer> ListenAsync(params IReadOnlyCollection<ScalingPolicy> policies) => StartAsync(new ApiServer(policies, Token, null, listens: true));

    public HttpClient CreateClient() => app.GetTestClient();

    /// <summary>A client that knows the token.</summary>
    public HttpClient CreateTrusted()
    {
        var client = CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        meter.Dispose();
        Trial.Dispose();
    }

    static async Task<ApiServer> StartAsync(ApiServer server)
    {
        await server.app.StartAsync();
        return server;
    }
}
