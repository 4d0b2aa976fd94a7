using Microsoft.Extensions.Logging.Abstractions;
using SwarmAutoscaler.Applying;
using SwarmAutoscaler.Policies;
using SwarmAutoscaler.Recording;

namespace SwarmAutoscaler.Coordinating;

/// <summary>How the parts of this folder hang together.</summary>
static class Coordination
{
    /// <summary>A frozen manager must not eat the lease: a call that takes longer is left, and the next one goes to the next manager.</summary>
    static readonly TimeSpan LeaseCall = TimeSpan.FromSeconds(1);

    /// <summary>The history is larger, and its writer waits for it rather than not act.</summary>
    static readonly TimeSpan HistoryCall = TimeSpan.FromSeconds(2);

    /// <summary>Longer than a dead holder's lease lasts.</summary>
    static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    /// <summary>Whoever only observes changes nothing: it needs no lease, and must not keep it from one that acts.</summary>
    public static IServiceCollection AddCoordination(this IServiceCollection services, ProcessOptions options)
    {
        services.AddSingleton<ServiceHistories>();
        if (options.State == StateKeeping.Memory || options.Mode == PolicyMode.Observe)
            return services.AddSingleton<ILease, SoleInstance>().AddSingleton<IPauses, MemoryPauses>();
        return services
            .AddSingleton(provider => new LeaseCalls(Client(provider, options.Engine, LeaseCall), Client(provider, options.Engine, HistoryCall)))
            .AddSingleton(provider => new StoredHistories(
                new SwarmConfigs(provider.GetRequiredService<LeaseCalls>().History), $"{options.StateName}-history", provider.GetRequiredService<ServiceHistories>(),
                provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<StoredHistories>>()))
            .AddSingleton<IPauses>(provider => new StoredPauses(
                new SwarmConfigs(provider.GetRequiredService<LeaseCalls>().History), $"{options.StateName}-pauses",
                provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<StoredPauses>>()))
            .AddSingleton(provider => new SwarmLease(
                new SwarmConfigs(provider.GetRequiredService<LeaseCalls>().Lease), $"{options.StateName}-lease", provider.GetRequiredService<StoredHistories>(),
                new LeaseTiming(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<SwarmLease>>()))
            .AddSingleton<ILease>(provider => provider.GetRequiredService<SwarmLease>());
    }

    /// <summary>Takes and renews the lease while the host runs, if there is one to keep.</summary>
    public static IServiceCollection AddLeaseKeeping(this IServiceCollection services) =>
        services.Any(service => service.ServiceType == typeof(SwarmLease))
            ? services.AddHostedService(provider => provider.GetRequiredService<SwarmLease>())
            : services;

    /// <summary>
    /// Does something once while holding the lease, and gives it back. If somebody else is seen to hold it, it is done without: then nothing is changed.
    /// </summary>
    public static async Task<T> UnderTheLeaseAsync<T>(this IServiceProvider provider, Func<Task<T>> work, CancellationToken cancellation)
    {
        if (provider.GetService<SwarmLease>() is not { } lease)
            return await work();
        await lease.StartAsync(cancellation);
        try
        {
            await lease.WaitUntilKnownAsync(LongestWait, cancellation);
            return await work();
        }
        finally
        {
            await lease.StopAsync(CancellationToken.None);
        }
    }

    /// <summary>What fails here is told by the lease, in its own words.</summary>
    static EngineClient Client(IServiceProvider provider, DockerEngineOptions options, TimeSpan longest) => new(
        options with { ReadTimeout = longest, WriteTimeout = longest, PingTimeout = longest },
        provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<AutoscalerMeter>(), NullLogger<EngineClient>.Instance);

    /// <summary>Clients of their own, each with its own connections and deadlines.</summary>
    sealed record LeaseCalls(EngineClient Lease, EngineClient History) : IDisposable
    {
        public void Dispose()
        {
            Lease.Dispose();
            History.Dispose();
        }
    }
}
