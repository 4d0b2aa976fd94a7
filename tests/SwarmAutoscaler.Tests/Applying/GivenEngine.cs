using Microsoft.Extensions.Logging.Abstractions;
using SwarmAutoscaler.Coordinating;
using SwarmAutoscaler.Cycle;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Recording;
using SwarmAutoscaler.TestSupport;

namespace SwarmAutoscaler.Applying;

/// <summary>A fake engine with one service <c>web</c> of 3 replicas at version 11, and the Swarm client in front of it.</summary>
sealed class GivenEngine : IAsyncDisposable
{
    public const string Id = "zesiwxtyiayzyyr4lh2e8i36j";
    public const string Read = $"GET /services/{Id}";
    public const string Update = $"POST /services/{Id}/update";
    public const string List = "GET /services";
    public const string Tasks = "GET /tasks";

    public const string Spec = """{"Name":"web","Labels":{},"TaskTemplate":{"ContainerSpec":{"Image":"demo:local","DNSConfig":{}}},"Mode":{"Replicated":{"Replicas":3}}}""";

    /// <summary>The services of interest.</summary>
    public static readonly IReadOnlySet<string> Names = new HashSet<string> { "web" };

    readonly AutoscalerMeter meter = new();

    GivenEngine(FakeEngine fake, IReadOnlyList<DockerEndpoint> endpoints)
    {
        Fake = fake;
        Client = new EngineClient(new DockerEngineOptions(endpoints), Time, meter, NullLogger<EngineClient>.Instance);
        Outside = new OutsideUpdates(Time);
        Swarm = new DockerSwarm(Client, Lease, Outside, Log);
    }

    public FakeEngine Fake { get; }

    public ManualTime Time { get; } = new();

    public StoryLease Lease { get; } = new();

    public CollectedLog<DockerSwarm> Log { get; } = new();

    public EngineClient Client { get; }

    public OutsideUpdates Outside { get; }

    public DockerSwarm Swarm { get; }

    public ServiceState Web { get; } = new() { Id = Id, Name = "web", Version = 11, Wanted = 3, Running = 3 };

    public static string Service(string spec = Spec, ulong version = 11, string more = "", string id = Id) =>
        $$$"""{"ID":"{{{id}}}","Version":{"Index":{{{version}}}},"CreatedAt":"2026-11-21T06:00:32.935913126Z","Spec":{{{spec}}},"Endpoint":{"Spec":{}}{{{more}}}}""";

    public static string Listed(string spec = Spec, string status = """{"RunningTasks":3,"DesiredTasks":3,"CompletedTasks":0}""", string more = "", string id = Id, ulong version = 11) =>
        Service(spec, version, more: $",\"ServiceStatus\":{status}{more}", id: id);

    public static async Task<GivenEngine> StartAsync(params DockerEndpoint[] others)
    {
        var fake = WithWeb(await FakeEngine.StartAsync());
        return new GivenEngine(fake, [fake.Endpoint, .. others]);
    }

    /// <summary>A client that is told other endpoints than the fake engine's own.</summary>
    public static GivenEngine At(FakeEngine fake, DockerEndpoint instead, params DockerEndpoint[] others) => new(fake, [instead, .. others]);

    public static FakeEngine WithWeb(FakeEngine fake)
    {
        fake.On(Read, new FakeAnswer(200, Service()));
        fake.On(Update, new FakeAnswer(200, """{"Warnings":null}"""));
        fake.On(List, new FakeAnswer(200, $"[{Listed()}]"));
        return fake;
    }

    public Task<ServiceListing> ListAsync() => Swarm.ListAsync(Names, CancellationToken.None);

    public Task<ApplyOutcome> ScaleAsync(int replicas) => Swarm.ScaleAsync(Web, replicas, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        meter.Dispose();
        await Fake.DisposeAsync();
    }
}
