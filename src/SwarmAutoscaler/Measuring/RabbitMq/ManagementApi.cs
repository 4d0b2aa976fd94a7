using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using SwarmAutoscaler.Recording;

namespace SwarmAutoscaler.Measuring.RabbitMq;

/// <summary>The queues of a vhost by name, or why they are not known.</summary>
sealed record QueueListing(IReadOnlyDictionary<string, QueueFigures> Queues, Missing? Failure);

/// <summary>The requests to one broker's management API, each reported to the meter.</summary>
sealed class ManagementApi(RabbitMqConnection broker, AutoscalerMeter meter, TimeProvider time) : IDisposable
{
    /// <summary>Whether a broker collects rates is its configuration; this long a "yes" is believed.</summary>
    static readonly TimeSpan RatesBelieved = TimeSpan.FromMinutes(10);

    static readonly Dictionary<string, QueueFigures> NoQueues = [];

    readonly HttpBackend http = new(broker.CaFile);
    long? ratesCheckedAt;

    public async Task<QueueListing> ListQueuesAsync(string virtualHost, string parameters, CancellationToken deadline)
    {
        var queues = NoQueues;
        var path = $"api/queues/{Uri.EscapeDataString(virtualHost)}?{parameters}";
        var failure = await GetAsync(path, $"vhost {virtualHost}", body => queues = QueueList.Parse(body), deadline);
        return new QueueListing(queues, failure);
    }

    /// <summary>Null if the broker collects message rates, else why a rate is not known.</summary>
    public async Task<Missing?> CheckRatesAsync(CancellationToken deadline)
    {
        if (ratesCheckedAt is { } checkedAt && time.GetElapsedTime(checkedAt) < RatesBelieved)
            return null;
        bool collected = false;
        var failure = await GetAsync("api/overview?columns=rates_mode,disable_stats", "the overview", body => collected = CollectsRates(body), deadline);
        if (failure is null && collected)
            ratesCheckedAt = time.GetTimestamp();
        return failure ?? (collected ? null : new Missing(MissingReason.Unsupported,
            "the broker is configured not to collect message rates (management.rates_mode, disable_stats)"));
    }

    public void Dispose() => http.Dispose();

    async Task<Missing?> GetAsync(string path, string what, Action<byte[]> read, CancellationToken deadline)
    {
        var (password, unreadable) = broker.ReadPassword();
        if (unreadable is not null)
            return unreadable;
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(broker.Management!, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{broker.User}:{password}")));
        long start = time.GetTimestamp();
        var answer = await http.SendAsync(request, deadline);
        var failure = answer.Failure ?? Judge(answer, what) ?? Understand(answer.Body, read);
        meter.SourceRequested(RabbitMqSource.Word, broker.Name, failure is null ? "ok" : failure.Reason.Word(), time.GetElapsedTime(start));
        return failure;
    }

    Missing? Judge(HttpAnswer answer, string what) => answer.Status switch
    {
        HttpStatusCode.OK => null,
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
            new Missing(MissingReason.Unauthorized, $"the management API refused user {broker.User} at {what}{Said(answer.Body)}"),
        // The API says it in JSON; a page of something else means that the address is wrong.
        HttpStatusCode.NotFound when Said(answer.Body).Length > 0 => new Missing(MissingReason.NotFound, $"{what} does not exist"),
        var status => new Missing(MissingReason.Error, $"the management API answered {(int)status} at {what}{Said(answer.Body)}"),
    };

    static Missing? Understand(byte[] body, Action<byte[]> read)
    {
        try
        {
            read(body);
            return null;
        }
        // InvalidOperationException: a text that is not UTF-8.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return new Missing(MissingReason.Malformed, "the management API's answer is not what it should be: is management_url right?");
        }
    }

    static bool CollectsRates(byte[] body)
    {
        using var overview = JsonDocument.Parse(body);
        return overview.RootElement.TryGetProperty("rates_mode", out var mode) && mode.ValueEquals("basic") | mode.ValueEquals("detailed")
            && !(overview.RootElement.TryGetProperty("disable_stats", out var disabled) && disabled.ValueKind == JsonValueKind.True);
    }

    /// <summary>The reason in an error of the API, <c>{"error":"not_authorized","reason":"Login failed"}</c>; nothing for other bodies.</summary>
    static string Said(byte[] body)
    {
        try
        {
            using var error = JsonDocument.Parse(body);
            return error.RootElement.TryGetProperty("reason", out var reason) && reason.GetString() is { Length: > 0 and <= 200 } text ? $": {text}" : "";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return "";
        }
    }
}
