using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using RabbitMQ.Client;
using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.Measuring.RabbitMq;

[CollectionDefinition("RabbitMQ broker")]
public sealed class BrokerCollection : ICollectionFixture<RunningBroker>;

/// <summary>A real broker, with users and a vhost for the tests. The tests of its collection run one after the other.</summary>
public sealed class RunningBroker : IAsyncLifetime, IDisposable
{
    const string Instance = "mq-readings";

    readonly HttpClient admin = new();

    public string Amqp { get; private set; } = "";

    public string Management { get; private set; } = "";

    /// <summary>Host and port, for addresses with another user.</summary>
    public string AmqpPlace => new Uri(Amqp).Authority;

    public string ManagementPlace => new Uri(Management).Authority;

    public async Task InitializeAsync()
    {
        var lines = await Testbed.RunAsync("up", "rabbitmq", Instance);
        (Amqp, Management) = (lines["AMQP_URL"].TrimEnd('/'), lines["MANAGEMENT_URL"]);
        admin.BaseAddress = new Uri(Management);
        admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("guest:guest")));
        await PutAsync("vhosts/shop%2Feu", new { });
        await PutAsync("permissions/shop%2Feu/guest", new { configure = ".*", write = ".*", read = ".*" });
        // May look at queues, may not touch any.
        await PutAsync("users/onlooker", new { password = "look:@/%", tags = "management" });
        await PutAsync("permissions/%2F/onlooker", new { configure = "^$", write = "^$", read = "^$" });
        await PutAsync("users/stranger", new { password = "strange", tags = "" });
    }

    public async Task DisposeAsync() => await Testbed.RunAsync("down", Instance);

    public void Dispose() => admin.Dispose();

    public static Task<IReadOnlyDictionary<string, string>> FreezeAsync() => Testbed.RunAsync("freeze", Instance);

    public static Task<IReadOnlyDictionary<string, string>> ThawAsync() => Testbed.RunAsync("thaw", Instance);

    public static Task<IReadOnlyDictionary<string, string>> KillAsync() => Testbed.RunAsync("kill", Instance);

    public static Task<IReadOnlyDictionary<string, string>> StartAsync() => Testbed.RunAsync("up", "rabbitmq", Instance);

    public async Task PutAsync(string path, object body) => (await admin.PutAsJsonAsync($"api/{path}", body)).EnsureSuccessStatusCode();

    public Task DeclareAsync(string queue) => PutAsync($"queues/%2F/{queue}", new { durable = true });

    /// <summary>The open connections of the autoscaler; the broker lists one some seconds after it was made.</summary>
    public async Task<int> ConnectionsAsync()
    {
        using var list = JsonDocument.Parse(await admin.GetStringAsync("api/connections"));
        return list.RootElement.EnumerateArray().Count(connection => connection.TryGetProperty("user_provided_name", out var name) && name.ValueEquals("swarm-autoscaler"));
    }

    public Task<IConnection> ConnectAsync() => new ConnectionFactory { Uri = new Uri(Amqp) }.CreateConnectionAsync();

    /// <summary>Publishes, and returns when the broker has the messages.</summary>
    public static async Task PublishAsync(IConnection connection, string queue, int count)
    {
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        for (int i = 0; i < count; i++)
            await channel.BasicPublishAsync("", queue, "work"u8.ToArray());
    }

    /// <summary>Looks again until it holds; a broker's statistics are some seconds late.</summary>
    public static async Task EventuallyAsync(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (!await holds())
            await pause.WaitForNextTickAsync(limit.Token);
    }
}
