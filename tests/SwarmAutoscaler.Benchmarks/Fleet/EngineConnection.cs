using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SwarmAutoscaler.Benchmarks.Fleet;

/// <summary>The engine's own API, where the docker client would be too slow.</summary>
sealed class EngineConnection(string socket) : IDisposable
{
    readonly HttpClient http = new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellation) =>
        {
            var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellation);
            return new NetworkStream(connection, ownsSocket: true);
        },
    })
    { BaseAddress = new Uri("http://engine/v1.41/"), Timeout = Timeout.InfiniteTimeSpan };

    public string Socket => socket;

    public async Task CreateServiceAsync(JsonObject spec)
    {
        using var answer = await http.PostAsJsonAsync("services/create", spec);
        answer.EnsureSuccessStatusCode();
    }

    public async Task RemoveServiceAsync(string id)
    {
        using var answer = await http.DeleteAsync(new Uri($"services/{id}", UriKind.Relative));
        answer.EnsureSuccessStatusCode();
    }

    public async Task<IReadOnlyDictionary<string, string>> ServiceIdsByNameAsync()
    {
        var services = await http.GetFromJsonAsync<JsonArray>("services");
        return services!.ToDictionary(each => each!["Spec"]!["Name"]!.GetValue<string>(), each => each!["ID"]!.GetValue<string>());
    }

    /// <summary>Tasks of a service in a state; all services when null.</summary>
    public async Task<int> CountTasksAsync(string? service, string state)
    {
        var filters = new Dictionary<string, string[]> { ["desired-state"] = ["running"] };
        if (service is not null)
            filters["service"] = [service];
        var tasks = await http.GetFromJsonAsync<JsonArray>($"tasks?filters={Uri.EscapeDataString(JsonSerializer.Serialize(filters))}");
        return tasks!.Count(task => task!["Status"]!["State"]!.GetValue<string>() == state);
    }

    /// <summary>The new replica counts of a service from now on, as the engine announces them. Answers once the engine listens.</summary>
    public async Task<IAsyncEnumerable<int>> WatchReplicasAsync(string service, CancellationToken cancellation)
    {
        var filters = Uri.EscapeDataString("""{"type":["service"],"event":["update"]}""");
        var stream = await http.GetStreamAsync(new Uri($"events?filters={filters}", UriKind.Relative), cancellation);
        return ReadAsync();

        async IAsyncEnumerable<int> ReadAsync()
        {
            using var reader = new StreamReader(stream);
            while (await reader.ReadLineAsync(cancellation) is { } line)
            {
                var attributes = JsonNode.Parse(line)!["Actor"]!["Attributes"]!;
                if (attributes["name"]?.GetValue<string>() == service && attributes["replicas.new"] is { } replicas)
                    yield return int.Parse(replicas.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture);
            }
        }
    }

    public void Dispose() => http.Dispose();
}
