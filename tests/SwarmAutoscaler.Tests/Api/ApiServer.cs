using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SwarmAutoscaler.Applying;
using SwarmAutoscaler.Coordinating;
using SwarmAutoscaler.Policies;
using SwarmAutoscaler.Recording;
using SwarmAutoscaler.TestSupport;

namespace SwarmAutoscaler.Api;

/// <summary>The whole HTTP API in memory over a fake engine, with everything a test may want to turn.</summary>
sealed class ApiServer : IAsyncDisposable
{
    readonly WebApplication app;
    readonly AutoscalerMeter meter = new($"test-{Guid.NewGuid()}");

    ApiServer(IReadOnlyCollection<ScalingPolicy> policies)
    {
        Policies = new FixedPolicies(policies);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddAutoscalerApi()
            .AddSingleton<TimeProvider>(Time).AddSingleton<ISwarm>(Swarm).AddSingleton<ILease>(Lease).AddSingleton<ILoadedPolicies>(Policies)
            .AddSingleton(Board).AddSingleton(meter).AddSingleton<MetricsPage>().AddSingleton<Readiness>();
        app = builder.Build();
        app.MapAutoscalerApi();
        ServiceInstruments.Register(meter, Board, Time);
    }

    public DecisionBoard Board { get; } = new();

    public FakeSwarm Swarm { get; } = new();

    public ManualTime Time { get; } = new();

    public StoryLease Lease { get; } = new();

    public FixedPolicies Policies { get; }

    public static async Task<ApiServer> StartAsync(params IReadOnlyCollection<ScalingPolicy> policies)
    {
        var server = new ApiServer(policies);
        await server.app.StartAsync();
        return server;
    }

    public HttpClient CreateClient() => app.GetTestClient();

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        meter.Dispose();
    }
}
