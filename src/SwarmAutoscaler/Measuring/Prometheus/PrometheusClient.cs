using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;

namespace SwarmAutoscaler.Measuring.Prometheus;

/// <summary>Instant queries to one Prometheus. Connections are kept open between cycles and renewed so that a changed address is seen.</summary>
sealed class PrometheusClient : IDisposable
{
    /// <summary>Requests at the same time to one server.</summary>
    public const int Concurrency = 8;

    /// <summary>The longest answer that is read: 16 MiB, about 100,000 series.</summary>
    public const int LargestAnswer = 16 * 1024 * 1024;

    static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(3);
    static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);

    readonly PrometheusConnection connection;
    readonly HttpClient http;
    readonly Uri endpoint;
    PrometheusCredentials? credentials;

    /// <exception cref="IOException">The file with the authorities cannot be read.</exception>
    public PrometheusClient(PrometheusConnection connection)
    {
        this.connection = connection;
        endpoint = new Uri($"{connection.Url.AbsoluteUri.TrimEnd('/')}/api/v1/query");
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.GZip,
            ConnectTimeout = ConnectTimeout,
            MaxConnectionsPerServer = Concurrency,
            PooledConnectionLifetime = ConnectionLifetime,
            UseCookies = false,
        };
        if (connection.CaFile is { } file)
            handler.SslOptions.CertificateChainPolicy = TrustedAuthorities.PolicyFrom(file);
        http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>The TLS handshake failed: the authorities in the file may be out of date, the client must be made anew.</summary>
    public bool Distrusted { get; private set; }

    /// <summary>One request. Never throws for what the network or the server does.</summary>
    public async Task<QueryAnswer> AskAsync(string query, ImmutableArray<string> labels, CancellationToken deadline)
    {
        PrometheusCredentials current;
        try
        {
            current = credentials ??= PrometheusCredentials.Read(connection);
        }
        catch (IOException e)
        {
            return QueryAnswer.Failed(MissingReason.Unauthorized, e.Message);
        }
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new FormUrlEncodedContent([new("query", query)]) };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        current.AddTo(request);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline);
            return await ReadAsync(response, current, labels, deadline);
        }
        catch (Exception e) when (deadline.IsCancellationRequested && e is (OperationCanceledException or HttpRequestException or IOException))
        {
            return QueryAnswer.Failed(MissingReason.Timeout, "no answer before the deadline");
        }
        catch (OperationCanceledException)
        {
            return QueryAnswer.Failed(MissingReason.Timeout, $"no connection within {ConnectTimeout.TotalSeconds:0} s");
        }
        catch (HttpRequestException e)
        {
            return Unanswered(e, current);
        }
    }

    public void Dispose() => http.Dispose();

    async Task<QueryAnswer> ReadAsync(HttpResponseMessage response, PrometheusCredentials current, ImmutableArray<string> labels, CancellationToken deadline)
    {
        byte[] body;
        try
        {
            await response.Content.LoadIntoBufferAsync(LargestAnswer, deadline);
            body = await response.Content.ReadAsByteArrayAsync(deadline);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            return QueryAnswer.Failed(MissingReason.Malformed, $"the answer is larger than {LargestAnswer / 1024 / 1024} MiB: aggregate the query");
        }
        catch (Exception e) when (!deadline.IsCancellationRequested && e is (HttpRequestException or IOException or InvalidDataException))
        {
            return e.GetBaseException() is SocketException broken
                ? QueryAnswer.Failed(MissingReason.Unreachable, $"the connection broke within the answer: {broken.Message}")
                : QueryAnswer.Failed(MissingReason.Malformed, "the answer was cut off or is damaged");
        }
        if (!response.IsSuccessStatusCode)
            return Refused(response, QueryAnswerReader.ReadError(body), current);
        var answer = QueryAnswerReader.Read(body, labels);
        return answer.Failure is not { } failure ? answer.WithWarnings([.. answer.Warnings.Select(current.Quote)])
            : QueryAnswer.Failed(failure.Reason, $"{current.Quote(failure.Detail)}{NotJson(failure, response)}");
    }

    QueryAnswer Refused(HttpResponseMessage response, string? error, PrometheusCredentials current)
    {
        int status = (int)response.StatusCode;
        var detail = $"HTTP {status}{(error is null ? "" : $": {current.Quote(error)}")}";
        switch (status)
        {
            case 401 or 403:
                credentials = null;
                return QueryAnswer.Failed(MissingReason.Unauthorized, detail);
            case >= 300 and < 400:
                var target = response.Headers.Location is { IsAbsoluteUri: true } location ? $" to {current.Quote(location.Host)}" : "";
                return QueryAnswer.Failed(MissingReason.Error, $"{detail}: a redirect{target}, which is not followed; set the final address as 'url'");
            case 404 when error is null:
                return QueryAnswer.Failed(MissingReason.Error, $"{detail}: no query interface there; is the path of 'url' right?");
            default:
                return QueryAnswer.Failed(MissingReason.Error, detail);
        }
    }

    /// <summary>The request broke before an answer began.</summary>
    QueryAnswer Unanswered(HttpRequestException e, PrometheusCredentials current)
    {
        if (e.HttpRequestError == HttpRequestError.SecureConnectionError)
            Distrusted = true;
        return e.HttpRequestError is HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError or HttpRequestError.ConfigurationLimitExceeded
            ? QueryAnswer.Failed(MissingReason.Malformed, "the answer is not HTTP")
            : QueryAnswer.Failed(MissingReason.Unreachable, current.Quote(e.InnerException is AuthenticationException tls ? $"TLS: {tls.Message}" : e.Message));
    }

    static string NotJson(Missing failure, HttpResponseMessage response) =>
        failure.Reason == MissingReason.Malformed && response.Content.Headers.ContentType?.MediaType is "text/html"
            ? "; it is an HTML page, does 'url' lead to a Prometheus?"
            : "";
}
