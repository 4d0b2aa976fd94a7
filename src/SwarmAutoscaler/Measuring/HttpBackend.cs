using System.Net;

namespace SwarmAutoscaler.Measuring;

/// <summary>One backend reached over HTTP: bounded answers, and every way a request can fail as a value.</summary>
sealed class HttpBackend : IDisposable
{
    /// <summary>64 MiB. Larger answers are refused, so that a wrong address cannot fill the memory.</summary>
    public const int LargestAnswer = 64 << 20;

    readonly HttpClient client;
    readonly string? caFile;

    /// <param name="caFile">Certificates (PEM) to trust instead of the machine's, or null.</param>
    public HttpBackend(string? caFile)
    {
        this.caFile = caFile;
        // No redirects: credentials go where they were meant to go. The lifetime makes a moved address noticed.
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
        if (caFile is not null)
            handler.SslOptions.RemoteCertificateValidationCallback = TrustedAuthorities.CheckFrom(caFile);
        client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = LargestAnswer };
    }

    /// <summary>Sends one request. Any status is an answer; what kept an answer from coming is <see cref="HttpAnswer.Failure"/>.</summary>
    public async Task<HttpAnswer> SendAsync(HttpRequestMessage request, CancellationToken deadline)
    {
        string place = $"{request.RequestUri!.Host}:{request.RequestUri.Port}";
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseContentRead, deadline);
            return new HttpAnswer(response.StatusCode, await response.Content.ReadAsByteArrayAsync(deadline), null);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return Failed(MissingReason.Timeout, $"{place} did not answer in time");
        }
        catch (HttpRequestException e)
        {
            return e.HttpRequestError switch
            {
                HttpRequestError.SecureConnectionError => new HttpAnswer(default, [], Distrusted(place, caFile)),
                HttpRequestError.InvalidResponse => Failed(MissingReason.Malformed, $"{place} does not speak HTTP"),
                HttpRequestError.ConfigurationLimitExceeded => Failed(MissingReason.Malformed, $"the answer of {place} is too large"),
                HttpRequestError.NameResolutionError => Failed(MissingReason.Unreachable, $"the name {request.RequestUri.Host} cannot be resolved"),
                HttpRequestError.ConnectionError => Failed(MissingReason.Unreachable, $"{place} refused the connection or cannot be reached"),
                _ => Failed(MissingReason.Unreachable, $"the connection to {place} broke"),
            };
        }
        catch (IOException)
        {
            return Failed(MissingReason.Unreachable, $"the connection to {place} broke");
        }
    }

    /// <summary>The reading when a secure connection could not be made.</summary>
    public static Missing Distrusted(string place, string? caFile) => new(MissingReason.Unreachable,
        $"no secure connection to {place}: its certificate is not trusted{(caFile is null ? "" : $" by {caFile}")}, or it speaks no TLS");

    public void Dispose() => client.Dispose();

    static HttpAnswer Failed(MissingReason reason, string detail) => new(default, [], new Missing(reason, detail));
}

/// <summary>Status and body, or why there is none.</summary>
sealed record HttpAnswer(HttpStatusCode Status, byte[] Body, Missing? Failure);
