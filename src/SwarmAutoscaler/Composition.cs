using Quartz;
using SwarmAutoscaler.Api;
using SwarmAutoscaler.Applying;
using SwarmAutoscaler.Constraining;
using SwarmAutoscaler.Coordinating;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Measuring.Prometheus;
using SwarmAutoscaler.Measuring.RabbitMq;
using SwarmAutoscaler.Measuring.Redis;
using SwarmAutoscaler.Policies;
using SwarmAutoscaler.Recording;
using SwarmAutoscaler.Scheduling;

namespace SwarmAutoscaler;

/// <summary>The parts and how they hang together, in the order of the pipeline.</summary>
static class Composition
{
    /// <summary>Cycles that may run at the same time; each is one schedule.</summary>
    const int ConcurrentCycles = 10;

    /// <summary>Adding a metric source is one line here.</summary>
    public static IServiceCollection AddMetricSources(this IServiceCollection services) => services
        .AddSingleton(TimeProvider.System)
        .AddSingleton<AutoscalerMeter>(_ => new AutoscalerMeter())
        .AddSingleton<IMetricSource, PrometheusSource>()
        .AddSingleton<IMetricSource, RedisSource>()
        .AddSingleton<IMetricSource, RabbitMqSource>()
        .AddSingleton<IReadOnlyList<IMetricSource>>(provider => [.. provider.GetServices<IMetricSource>()]);

    /// <summary>policy → measure → decide and constrain → apply → record.</summary>
    public static IServiceCollection AddScalingCycle(this IServiceCollection services, ProcessOptions options, IReadOnlyList<EnvironmentConnection> connections) => services
        .AddSingleton(new PolicyPaths(options.Policies, options.PoliciesMayBeMissing))
        .AddSingleton(provider => new PolicyReader(
            provider.GetRequiredService<IReadOnlyList<IMetricSource>>(), connections, provider.GetRequiredService<TimeProvider>(), options.OnePolicy))
        .AddSingleton<PolicyCatalog>()
        .AddSingleton<ILoadedPolicies>(provider => provider.GetRequiredService<PolicyCatalog>())
        .AddSingleton<MetricSources>()
        .AddCoordination(options)
        .AddSingleton<BudgetLedger>()
        .AddSingleton<ReplicaCaps>()
        .AddSingleton(new CycleOptions(ObserveOnly: options.Mode == PolicyMode.Observe))
        .AddSingleton<ScalingCycle>()
        .AddSingleton(options.Engine)
        .AddSingleton<EngineClient>()
        .AddSingleton<OutsideUpdates>()
        .AddSingleton<ISwarm, DockerSwarm>()
        .AddSingleton<DecisionBoard>()
        .AddSingleton<DecisionRecorder>();

    /// <summary>What makes it a service: it watches its policies, keeps its schedules and answers over HTTP.</summary>
    public static WebApplication BuildService(ProcessOptions options, IReadOnlyList<EnvironmentConnection> connections)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "swarm-autoscaler" });
        builder.Logging.AddAutoscalerLogging(options.LogFormat, options.LogLevel);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => options.Listen.ApplyTo(kestrel));
        builder.Services.AddRoutingCore();
        builder.Services.AddMetricSources().AddScalingCycle(options, connections).AddAutoscalerApi(options.ApiToken);
        builder.Services.AddSingleton<MetricsPage>().AddSingleton<Readiness>();
        builder.Services.AddCycleScheduling(TimeProvider.System);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(8)); // inside Docker's default grace of 10 s
        // Stopped in reverse: the last cycle ends under the lease, which is then given back.
        builder.Services.AddHostedService<PolicyWatch>().AddLeaseKeeping().AddHostedService<CycleScheduler>().AddHostedService<EngineEvents>().AddHostedService<ExtraCycles>();
        var app = builder.Build();
        app.Services.RegisterInstruments();
        app.Services.ForgetRemovedPolicies();
        app.MapAutoscalerApi();
        return app;
    }

    public static IServiceCollection AddCycleScheduling(this IServiceCollection services, TimeProvider time) => services
        .AddQuartz(quartz => quartz.UseInMemoryStore().UseDefaultThreadPool(ConcurrentCycles).UseTimeProvider(time));

    /// <summary>From the next change of the policies on, what is remembered of a service goes with its policy.</summary>
    public static void ForgetRemovedPolicies(this IServiceProvider provider)
    {
        var (histories, board) = (provider.GetRequiredService<ServiceHistories>(), provider.GetRequiredService<DecisionBoard>());
        provider.GetRequiredService<PolicyCatalog>().Subscribe(set =>
        {
            var named = set.Evaluated.Select(each => each.Policy.Service).ToHashSet(StringComparer.Ordinal);
            histories.Retain(named);
            board.Retain(named);
        });
    }

    static void RegisterInstruments(this IServiceProvider provider)
    {
        var (meter, board, time) = (provider.GetRequiredService<AutoscalerMeter>(), provider.GetRequiredService<DecisionBoard>(), provider.GetRequiredService<TimeProvider>());
        ServiceInstruments.Register(meter, board, provider.GetRequiredService<IPauses>(), time);
        provider.GetRequiredService<MetricsPage>(); // counts from now on, not from the first scrape
        ProcessInstruments.Register(meter, provider.GetRequiredService<ILoadedPolicies>(), mayAct: () => provider.GetRequiredService<ILease>().MayAct, time.GetUtcNow());
    }
}
