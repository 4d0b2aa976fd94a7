using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace SwarmAutoscaler.Commands;

/// <summary>The HTTP API of a running instance, as the commands ask it.</summary>
sealed class InstanceApi : IDisposable
{
    /// <summary>Where an instance on this machine listens unless it is told otherwise.</summary>
    public const string DefaultUrl = "http://127.0.0.1:8080";

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    readonly Uri url;
    readonly TimeProvider time;
    readonly HttpClient client;

    /// <param name="url">As <see cref="TryParse"/> gave it.</param>
    /// <param name="time">The clock of the time-out.</param>
    public InstanceApi(Uri url, TimeProvider time)
    {
        (this.url, this.time) = (url, time);
        // A proxy of the machine's cannot reach an instance on this very machine.
        client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = !url.IsLoopback }) { Timeout = Timeout.InfiniteTimeSpan };
    }

    public static bool TryParse(string text, out Uri url)
    {
        bool isUrl = Uri.TryCreate(text, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https" && parsed.Host.Length > 0 && parsed.Query.Length == 0
            && parsed.Fragment.Length == 0 && parsed.UserInfo.Length == 0;
        url = isUrl ? new Uri(parsed!.AbsoluteUri.TrimEnd('/') + "/") : new Uri(DefaultUrl);
        return isUrl;
    }

    /// <summary>What the instance answers with the time there, or one sentence that says why there is no answer.</summary>
    /// <param name="path">Below the address, without a slash at the start.</param>
    /// <param name="type">The shape of the answer.</param>
    /// <param name="cancellation">Gives up; throws.</param>
    public async Task<InstanceAnswer<T>> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation) where T : class
    {
        using var deadline = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            using var response = await client.GetAsync(new Uri(url, path), either.Token);
            var now = response.Headers.Date ?? time.GetUtcNow();
            if (response.StatusCode != HttpStatusCode.OK)
                return new InstanceAnswer<T>(null, now, await ProblemAsync(response, either.Token));
            var value = await response.Content.ReadFromJsonAsync(type, either.Token);
            return new InstanceAnswer<T>(value, now, value is null ? Stranger : null);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Failed<T>($"{url} did not answer within {Patience.TotalSeconds:0} s");
        }
        catch (HttpRequestException e)
        {
            return Failed<T>($"nothing answers at {url}: {e.InnerException?.Message ?? e.Message}; is it running, and is --url right?");
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            return Failed<T>(Stranger);
        }
    }

    public void Dispose() => client.Dispose();

    string Stranger => $"what answers at {url} is no swarm-autoscaler of this kind";

    InstanceAnswer<T> Failed<T>(string problem) where T : class => new(null, time.GetUtcNow(), problem);

    /// <summary>An error is a problem document, if it comes from an instance.</summary>
    async Task<string> ProblemAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.Content.Headers.ContentType?.MediaType != "application/problem+json")
            return $"{url} answered {(int)response.StatusCode}; is --url the address of a swarm-autoscaler?";
        using var problem = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellation), cancellationToken: cancellation);
        return problem.RootElement is { ValueKind: JsonValueKind.Object } body && body.TryGetProperty("detail", out var detail) && detail is { ValueKind: JsonValueKind.String }
            && detail.GetString() is { } sentence ? sentence : $"{url} answered {(int)response.StatusCode}";
    }
}

/// <summary>What an instance answered.</summary>
/// <param name="Value">Null when there is none.</param>
/// <param name="Now">The time of the instance, so that no difference of clocks shows in an age.</param>
/// <param name="Problem">Why there is none.</param>
sealed record InstanceAnswer<T>(T? Value, DateTimeOffset Now, string? Problem) where T : class;
