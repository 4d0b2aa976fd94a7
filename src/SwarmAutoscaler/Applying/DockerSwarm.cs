using System.Globalization;
using System.Net;
using System.Text.Json;
using SwarmAutoscaler.Coordinating;
using SwarmAutoscaler.Measuring;

namespace SwarmAutoscaler.Applying;

/// <summary>The Swarm behind the Docker Engine API.</summary>
sealed class DockerSwarm(EngineClient engine, ILease lease, OutsideUpdates outside, ILogger<DockerSwarm> logger) : ISwarm
{
    /// <summary>Above this many lagging services all tasks are asked for: the filter in the address would grow too long.</summary>
    const int LongestFilter = 200;

    readonly NewestVersions newest = new(engine.Endpoints);

    int wasForbidden, nodesWereForbidden;

    public async Task<ServiceListing> ListAsync(IReadOnlySet<string> services, CancellationToken cancellation)
    {
        var (listed, because) = await ReadServicesAsync("list_services", "/services?status=true", true, state => services.Contains(state.Name), cancellation);
        return listed is null ? new NotListed(because) : new Listed(listed);
    }

    public async Task<ServiceLookup> ReadAsync(string serviceId, CancellationToken cancellation)
    {
        // one service read by its path has no ServiceStatus; the list filtered by the whole id has the same content and the status
        var (services, because) = await ReadServicesAsync(
            "read_service", $"/services?status=true&filters={Filter("id", [serviceId])}", false, state => state.Id == serviceId, cancellation);
        if (services is null)
            return new ServiceLookup(null, because);
        var service = services.Values.FirstOrDefault(service => service.Id == serviceId);
        return new ServiceLookup(service, service is null ? $"the Swarm has no service with the id {serviceId}" : "");
    }

    public async Task<IReadOnlyList<SwarmNode>?> ReadNodesAsync(CancellationToken cancellation)
    {
        var (answer, at) = await engine.GetAsync("list_nodes", "/nodes", cancellation);
        var (nodes, problem) = answer is Answered { IsSuccess: true, Body: var body } ? NodeListReader.Read(body) : (null, answer.Because);
        if (answer is Answered { IsForbidden: true })
        {
            if (Interlocked.Exchange(ref nodesWereForbidden, 1) == 0)
                Log.NodesForbidden(logger, at!.Node.Endpoint, answer.Because);
        }
        else if (nodes is null)
            Log.NodesUnread(logger, problem!);
        return nodes;
    }

    public async Task<ApplyOutcome> ScaleAsync(ServiceState decidedOn, int replicas, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(replicas);
        var path = $"/services/{Uri.EscapeDataString(decidedOn.Id)}";
        var (read, at) = await engine.GetAsync("read_service", path, cancellation);
        if (read is not Answered { IsSuccess: true, Body: var body })
            return Unread(decidedOn, read);
        var (service, problem) = ServiceDocument.Read(body);
        if (service is null)
            return new ApplyOutcome(ApplyOutcomeKind.Refused, $"nothing was sent: {problem}");
        if (NothingToSend(service, decidedOn, replicas) is { } outcome)
            return outcome;
        if (outside.QuietOf(service.Id) is { } quiet) // an event has told of it since the decision
            return new ApplyOutcome(ApplyOutcomeKind.Conflict, $"{quiet.Because}; nothing was sent");
        if (!lease.MayAct) // the process may have been frozen since the decision, and another instance act now
            return new ApplyOutcome(ApplyOutcomeKind.Refused, "nothing was sent: this instance does not hold the lease any more");
        outside.Writing(service.Id, new CountWrite(service.Mode.Wanted, replicas));
        var version = service.Version.ToString(CultureInfo.InvariantCulture);
        var answer = await engine.PostAsync(
            at!, "update_service", $"{path}/update?version={version}&registryAuthFrom=spec", service.SpecWith(replicas), cancellation);
        return Sent(decidedOn, answer);
    }

    public async Task<string?> CheckAsync(CancellationToken cancellation)
    {
        // the cheapest question that only a manager of a Swarm with a leader answers, and that needs no right besides reading services; every
        // cycle needs that one, too, while reading tasks may be forbidden
        var (answer, at) = await engine.GetAsync("check", $"/services?filters={Filter("id", ["-"])}", cancellation);
        return answer switch
        {
            Answered { IsSuccess: true } => null,
            Answered { IsNoManager: true } => $"{at!.Node.Endpoint} is no manager of a Swarm: run this service on a manager (constraint node.role == manager), "
                + $"or let DOCKER_HOST name one; the engine says: {answer.Because}",
            Answered => $"{at!.Node.Endpoint} answers with an error: {answer.Because}",
            _ => answer.Because,
        };
    }

    async Task<(IReadOnlyDictionary<string, ServiceState>? Services, string Because)> ReadServicesAsync(
        string operation, string path, bool areAll, Func<ServiceState, bool> isOfInterest, CancellationToken cancellation)
    {
        long look = outside.Look();
        var (answer, at) = await engine.GetAsync(operation, path, cancellation);
        if (answer is not Answered { IsSuccess: true, Body: var body })
            return (null, at is null ? answer.Because : $"{at.Node.Endpoint}: {answer.Because}");
        var (listed, problem) = ServiceListReader.Read(body, outside.Knows);
        if (listed is null)
            return (null, problem!);
        if (newest.Check(at!.Node.Index, [.. listed.Values.Select(service => service.State).Where(isOfInterest)]) is { } old)
        {
            engine.Leave(at!, old);
            return (null, $"{at!.Node.Endpoint}: {old}");
        }
        outside.See([.. listed.Values], look, areAll);
        string[] lagging = [.. listed.Values.Where(service => service.Lags && isOfInterest(service.State)).Select(service => service.State.Id)];
        var (pending, unknown) = await ReadPendingAsync(lagging, cancellation);
        return (listed.ToDictionary(pair => pair.Key, pair => (pair.Value.State with { Quiet = outside.QuietOf(pair.Value.State.Id) }) switch
        {
            var state when unknown is not null && lagging.Contains(state.Id) => state with { PlacementUnknownBecause = unknown },
            var state when pending.TryGetValue(state.Id, out var tasks) => state with { Unschedulable = tasks.Count, UnschedulableBecause = tasks.Because },
            var state => state,
        }, StringComparer.Ordinal), "");
    }

    /// <summary>
    /// Tasks without a place are looked for only where tasks are not running: no second call while all is well. An engine that does not say
    /// leaves it unknown. A proxy that forbids the question forbids it for good, and every start of a task would hold raises back: so that counts as none.
    /// </summary>
    async Task<(IReadOnlyDictionary<string, (int Count, string Because)> Pending, string? Unknown)> ReadPendingAsync(
        string[] lagging, CancellationToken cancellation)
    {
        var none = new Dictionary<string, (int, string)>();
        if (lagging.Length == 0)
            return (none, null);
        var filter = lagging.Length > LongestFilter ? Filter("desired-state", ["running"]) : Filter("desired-state", ["running"], "service", lagging);
        var (answer, at) = await engine.GetAsync("list_tasks", $"/tasks?filters={filter}", cancellation);
        if (answer is Answered { IsSuccess: true, Body: var body })
        {
            var (pending, problem) = PendingTaskReader.Read(body);
            return (pending ?? none, problem);
        }
        if (answer is not Answered { IsForbidden: true })
            return (none, at is null ? answer.Because : $"{at.Node.Endpoint}: {answer.Because}");
        if (Interlocked.Exchange(ref wasForbidden, 1) == 0)
            Log.TasksForbidden(logger, at!.Node.Endpoint, answer.Because);
        return (none, null);
    }

    static string Filter(string name, string[] values, string? other = null, string[]? others = null)
    {
        var filter = new Dictionary<string, string[]> { [name] = values };
        if (other is not null)
            filter[other] = others ?? [];
        return Uri.EscapeDataString(JsonSerializer.Serialize(filter));
    }

    static ApplyOutcome Unread(ServiceState decidedOn, EngineAnswer read) => read is Answered { Status: HttpStatusCode.NotFound }
        ? Gone(decidedOn, read.Because)
        : new ApplyOutcome(ApplyOutcomeKind.Refused, $"nothing was sent: {read.Because}");

    static ApplyOutcome? NothingToSend(ServiceDocument service, ServiceState decidedOn, int replicas)
    {
        // the engine also finds services by name and by the beginning of an id
        if (service.Id != decidedOn.Id)
            return Gone(decidedOn, $"the id now leads to {service.Id}");
        if (service.Version != decidedOn.Version)
            return new ApplyOutcome(ApplyOutcomeKind.Conflict, string.Create(CultureInfo.InvariantCulture,
                $"{decidedOn.Name} was changed since it was read (version {service.Version} instead of {decidedOn.Version}); nothing was sent"));
        if (service.Mode.Mode != ServiceMode.Replicated)
            return new ApplyOutcome(ApplyOutcomeKind.Refused, $"nothing was sent: {decidedOn.Name} is not replicated ({service.Mode.Mode})");
        if (service.Mode.Wanted == replicas)
            return new ApplyOutcome(ApplyOutcomeKind.NotNeeded, string.Create(CultureInfo.InvariantCulture,
                $"{decidedOn.Name} already has {replicas} replicas"));
        return null;
    }

    static ApplyOutcome Gone(ServiceState decidedOn, string because) => new(ApplyOutcomeKind.NotFound, $"{decidedOn.Name} ({decidedOn.Id}) is gone: {because}");

    /// <summary>A failure inside the engine says nothing about the change: "node lost leader status" was seen on one that had been made.</summary>
    static ApplyOutcome Sent(ServiceState decidedOn, EngineAnswer answer) => answer switch
    {
        Answered { IsSuccess: true, Body: var body } => new ApplyOutcome(
            ApplyOutcomeKind.Applied, string.Join("; ", EngineJson.Warnings(body).Select(warning => $"the engine warns: {warning}"))),
        Answered { IsConflict: true } => new ApplyOutcome(
            ApplyOutcomeKind.Conflict, $"{decidedOn.Name} was changed by someone else before the write: {answer.Because}"),
        Answered { Status: HttpStatusCode.NotFound } => Gone(decidedOn, answer.Because),
        Answered { IsNoManager: true } or Answered { Status: < HttpStatusCode.InternalServerError or HttpStatusCode.NotImplemented } =>
            new ApplyOutcome(ApplyOutcomeKind.Refused, $"the engine refused: {answer.Because}"),
        Unanswered { MayBeDone: false } => new ApplyOutcome(ApplyOutcomeKind.Refused, $"nothing was sent: {answer.Because}"),
        _ => new ApplyOutcome(ApplyOutcomeKind.Unknown, $"whether {decidedOn.Name} was changed is not known: {answer.Because}"),
    };
}
