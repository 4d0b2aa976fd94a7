using System.Net;
using SwarmAutoscaler.Recording;

namespace SwarmAutoscaler.Applying;

/// <summary>
/// Requests to the Docker Engine API. The first endpoint that answers is used until a call to it fails; the next call then begins with the endpoint
/// after it and asks for the version anew, for an engine may have been upgraded meanwhile. Nothing is sent twice.
/// </summary>
sealed class EngineClient(DockerEngineOptions options, TimeProvider time, AutoscalerMeter meter, ILogger<EngineClient> logger) : IDisposable
{
    readonly EngineNode[] nodes = [.. options.Endpoints.Select((endpoint, index) => new EngineNode(index, endpoint, EngineConnector.Open(endpoint)))];
    volatile EngineSession? current;
    volatile int preferred;
    CancellationTokenSource left = new();

    /// <summary>Cancelled when the engine in use now is left for another one: what is still open to it is worth nothing any more.</summary>
    public CancellationToken Left => Volatile.Read(ref left).Token;

    /// <summary>A read. The session is where it was answered, and where a write that is based on it has to go.</summary>
    /// <param name="operation">The word in <c>engine_requests_total{operation}</c>.</param>
    /// <param name="path">The path without the version, with its query.</param>
    /// <param name="cancellation">Throws when cancelled.</param>
    public async Task<(EngineAnswer Answer, EngineSession? At)> GetAsync(string operation, string path, CancellationToken cancellation)
    {
        var (answer, session) = await AskAsync(operation, uri => new HttpRequestMessage(HttpMethod.Get, uri), path, cancellation);
        if (session is not null)
            Judge(session, answer);
        return (answer, session);
    }

    /// <summary>
    /// A read whose answer does not end by itself: <see cref="Streaming"/> once its head has come, which must not take longer than any read. When it fails, the
    /// engine stays in use: a proxy may spoil streams and nothing else.
    /// </summary>
    /// <param name="operation">The word in <c>engine_requests_total{operation}</c>.</param>
    /// <param name="path">The path without the version, with its query.</param>
    /// <param name="cancellation">Throws when cancelled. It does not end the stream.</param>
    public Task<(EngineAnswer Answer, EngineSession? At)> OpenAsync(string operation, string path, CancellationToken cancellation) =>
        AskAsync(operation, uri => new StreamRequest(uri), path, cancellation);

    async Task<(EngineAnswer Answer, EngineSession? At)> AskAsync(
        string operation, Func<string, HttpRequestMessage> request, string path, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(options.ReadTimeout, time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        var (session, problem) = await FindAsync(deadline.Token, cancellation);
        if (session is null)
            return (problem!, null);
        var answer = await ExchangeAsync(operation, session.Node, request(session.PathTo(path)), deadline.Token, cancellation);
        if (answer is Answered { ApiVersion: { } version } && version != session.Version)
            answer = new Unanswered("version_changed", $"the Docker engine at {session.Node.Endpoint} now speaks API {version} instead of {session.Version}");
        return (answer, session);
    }

    /// <summary>A write, to the engine that answered the read before it. Once the request may have left, cancellation is an answer, too.</summary>
    /// <param name="at">Where the read was answered.</param>
    /// <param name="operation">The word in <c>engine_requests_total{operation}</c>.</param>
    /// <param name="path">The path without the version, with its query.</param>
    /// <param name="body">JSON, sent as it is.</param>
    /// <param name="cancellation">Throws when cancelled before anything was sent.</param>
    public async Task<EngineAnswer> PostAsync(EngineSession at, string operation, string path, byte[] body, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(options.WriteTimeout, time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        var request = new HttpRequestMessage(HttpMethod.Post, at.PathTo(path)) { Content = new WatchedJson(body) };
        var answer = await ExchangeAsync(operation, at.Node, request, deadline.Token, cancellation);
        Judge(at, answer);
        return answer;
    }

    /// <summary>How many endpoints are tried in turn.</summary>
    public int Endpoints => nodes.Length;

    /// <summary>The next call begins with the endpoint after this one, if it is still in use.</summary>
    public void Leave(EngineSession at, string because)
    {
        if (Interlocked.CompareExchange(ref current, null, at) != at)
            return;
        preferred = (at.Node.Index + 1) % nodes.Length;
        Log.EngineLeft(logger, at.Node.Endpoint, because);
        Interlocked.Exchange(ref left, new CancellationTokenSource()).Cancel();
    }

    public void Dispose()
    {
        foreach (var node in nodes)
            node.Http.Dispose();
        left.Dispose();
    }

    async Task<(EngineSession? Session, Unanswered? Problem)> FindAsync(CancellationToken deadline, CancellationToken cancellation)
    {
        if (current is { } known)
            return (known, null);
        int first = preferred;
        var problems = new List<Unanswered>();
        for (int i = 0; i < nodes.Length && (i == 0 || !deadline.IsCancellationRequested); i++)
        {
            var node = nodes[(first + i) % nodes.Length];
            var (session, problem) = await AskVersionAsync(node, deadline, cancellation);
            if (session is not null)
            {
                if (Interlocked.CompareExchange(ref current, session, null) is null)
                    Log.EngineInUse(logger, node.Endpoint, session.Version);
                return (session, null);
            }
            problems.Add(problem!);
            preferred = (node.Index + 1) % nodes.Length;
        }
        return (null, new Unanswered(problems[0].Outcome, string.Join("; ", problems.Select(problem => problem.Because))));
    }

    async Task<(EngineSession?, Unanswered?)> AskVersionAsync(EngineNode node, CancellationToken deadline, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(options.PingTimeout, time);
        using var sooner = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, deadline);
        return await ExchangeAsync("ping", node, new(HttpMethod.Get, "/_ping"), sooner.Token, cancellation) switch
        {
            Answered ping => EngineSession.From(node, ping),
            var unanswered => (null, (Unanswered)unanswered),
        };
    }

    async Task<EngineAnswer> ExchangeAsync(
        string operation, EngineNode node, HttpRequestMessage request, CancellationToken deadline, CancellationToken cancellation)
    {
        using var _ = request;
        bool Sent() => request.Content is WatchedJson { Started: true };
        EngineAnswer answer;
        try
        {
            var response = await node.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline);
            answer = request is StreamRequest && response.IsSuccessStatusCode ? new Streaming(response) : await ReadAsync(response, deadline);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested && !Sent())
        {
            meter.EngineRequested(operation, "cancelled");
            throw;
        }
        catch (OperationCanceledException)
        {
            answer = cancellation.IsCancellationRequested
                ? new Unanswered("cancelled", $"the wait for {node.Endpoint} was given up", Sent())
                : new Unanswered("timeout", $"{node.Endpoint} did not answer in time", Sent());
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            answer = e.InnerException is EngineUnreachable unreachable
                ? new Unanswered("unreachable", unreachable.Message)
                : new Unanswered("unreachable", $"the connection to {node.Endpoint} broke: {e.GetBaseException().Message}", Sent());
        }
        meter.EngineRequested(operation, answer.Outcome);
        return answer;
    }

    static async Task<Answered> ReadAsync(HttpResponseMessage response, CancellationToken deadline)
    {
        using var _ = response;
        var version = response.Headers.TryGetValues("Api-Version", out var values) ? values.First() : null;
        return new Answered(response.StatusCode, await ReadBodyAsync(response, deadline), version);
    }

    /// <summary>The status of an accepted write says it all: if only the rest of such an answer is lost, the change is made nevertheless.</summary>
    static async Task<byte[]> ReadBodyAsync(HttpResponseMessage response, CancellationToken deadline)
    {
        try
        {
            return await response.Content.ReadAsByteArrayAsync(deadline);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException
            && response is { IsSuccessStatusCode: true, RequestMessage.Content: WatchedJson })
        {
            return [];
        }
    }

    /// <summary>Leaves the engine when it failed; asks for its version again when it did not like the request.</summary>
    void Judge(EngineSession at, EngineAnswer answer)
    {
        if (answer is Streaming or Answered { IsSuccess: true } or Answered { IsConflict: true } or Answered { IsForbidden: true } or Answered { Status: HttpStatusCode.NotFound })
            return;
        if (answer is Answered { Status: < HttpStatusCode.InternalServerError } or Unanswered { Outcome: "version_changed" })
            Interlocked.CompareExchange(ref current, null, at);
        else
            Leave(at, answer.Because);
    }

    /// <summary>A request whose answer is not read here.</summary>
    sealed class StreamRequest(string uri) : HttpRequestMessage(HttpMethod.Get, uri);
}
