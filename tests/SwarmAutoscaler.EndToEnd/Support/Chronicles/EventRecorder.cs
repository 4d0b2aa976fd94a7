using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace SwarmAutoscaler.TestSupport;

/// <summary>
/// Listens to all managers at once and keeps every write to a service once. A manager that is down, cut off or frozen is asked again until it answers, for
/// all events since the beginning: what one of them missed another one tells.
/// </summary>
sealed class EventRecorder : IAsyncDisposable
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    readonly ConcurrentDictionary<(string Id, DateTimeOffset At), SeenUpdate> seen = new();
    readonly CancellationTokenSource enough = new();
    readonly string since;
    readonly Task listening;

    public EventRecorder(IEnumerable<string> sockets)
    {
        since = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        listening = Task.WhenAll(sockets.Select(ListenAsync).ToList());
    }

    /// <summary>What was seen so far, oldest first.</summary>
    public IReadOnlyList<SeenUpdate> Updates => [.. seen.Values.OrderBy(update => update.At)];

    public async ValueTask DisposeAsync()
    {
        await enough.CancelAsync();
        await listening;
        enough.Dispose();
    }

    async Task ListenAsync(string socket)
    {
        using var http = EngineApi.Open(socket);
        http.Timeout = Timeout.InfiniteTimeSpan;
        while (!enough.IsCancellationRequested)
            try
            {
                await ReadAsync(http);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
            {
                await Task.Delay(Pause, TimeProvider.System, CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                return;
            }
    }

    async Task ReadAsync(HttpClient http)
    {
        string filters = Uri.EscapeDataString("""{"type":["service"]}""");
        await using var stream = await http.GetStreamAsync($"events?since={since}&filters={filters}", enough.Token);
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(enough.Token) is { } line)
            if (Read(line) is { } update)
                seen.TryAdd((update.Id, update.At), update);
        await Task.Delay(Pause, TimeProvider.System, CancellationToken.None);
    }

    /// <summary>An update of a service; null for its creation or removal.</summary>
    public static SeenUpdate? Read(string line)
    {
        var json = JsonNode.Parse(line)!;
        if (json["Action"]!.GetValue<string>() != "update")
            return null;
        var attributes = json["Actor"]!["Attributes"]!.AsObject();
        var at = DateTimeOffset.UnixEpoch.AddTicks(json["timeNano"]!.GetValue<long>() / TimeSpan.NanosecondsPerTick);
        int? Number(string name) => attributes[name] is { } value ? int.Parse(value.GetValue<string>(), CultureInfo.InvariantCulture) : null;
        var count = (Number("replicas.old"), Number("replicas.new")) is ({ } from, { } to) ? new CountChange(from, to) : null;
        return new SeenUpdate(at, attributes["name"]!.GetValue<string>(), json["Actor"]!["ID"]!.GetValue<string>(), count, IsEmpty: attributes.Count == 1);
    }
}
