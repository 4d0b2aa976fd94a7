using System.Text;
using RabbitMQ.Client;
using SwarmAutoscaler.TestSupport;

namespace SwarmAutoscaler.Benchmarks.Fleet;

/// <summary>One engine, one Prometheus, one Redis and one RabbitMQ, filled for as many services as asked for.</summary>
sealed class FleetServers : IAsyncDisposable
{
    FleetServers(SeriesPage page, RedisConnection redis, IReadOnlyDictionary<string, string> rabbitMq, Uri prometheus, EngineConnection engine) =>
        (Page, Redis, RabbitMq, Prometheus, Engine, Services) = (page, redis, rabbitMq, prometheus, engine, new FleetServices(engine));

    public SeriesPage Page { get; }

    public RedisConnection Redis { get; }

    public IReadOnlyDictionary<string, string> RabbitMq { get; }

    public Uri Prometheus { get; }

    public EngineConnection Engine { get; }

    public FleetServices Services { get; }

    int filled;

    public static async Task<FleetServers> StartAsync()
    {
        await Testbed.RunAsync("install", "engine", "servers", "images");
        var redis = await RedisConnection.OpenAsync((await Testbed.RunAsync("up", "redis"))["PORT"]);
        var rabbit = Testbed.RunAsync("up", "rabbitmq");
        var engine = await Testbed.RunAsync("up", "engine");
        await Testbed.RunAsync("image", "demo", "engine");
        var page = await SeriesPage.StartAsync();
        var prometheus = await Testbed.RunAsync(
            "up", "prometheus", "prometheus", "--target", $"fleet=127.0.0.1:{page.Port}", "--interval", "5s", "--lookback-delta", "15s");
        return new FleetServers(page, redis, await rabbit, new Uri(prometheus["URL"]), new EngineConnection(engine["DOCKER_HOST"]["unix://".Length..]));
    }

    /// <summary>Gives every service a series, a list of ten entries and a queue with one message: what one replica may have.</summary>
    public async Task FillAsync(int count)
    {
        Page.Count = count;
        var factory = new ConnectionFactory { Uri = new Uri(RabbitMq["AMQP_URL"]) };
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        for (; filled < count; filled++)
        {
            string name = FleetServices.Name(filled);
            await Redis.SendAsync($"RPUSH {name} 1 2 3 4 5 6 7 8 9 10");
            await channel.QueueDeclareAsync(name, durable: false, exclusive: false, autoDelete: false);
            await channel.BasicPublishAsync("", name, Encoding.UTF8.GetBytes("job"));
        }
        if (count > 0)
            await WaitForSeriesAsync(count);
    }

    /// <summary>Requests that Prometheus has answered so far.</summary>
    public async Task<double> QueriesAsync()
    {
        using var http = new HttpClient();
        return MetricsText.Parse(await http.GetStringAsync(new Uri(Prometheus, "metrics"))).Sum("prometheus_http_requests_total", ("handler", "/api/v1/query"));
    }

    public async ValueTask DisposeAsync()
    {
        Engine.Dispose();
        Redis.Dispose();
        await Page.DisposeAsync();
        await Testbed.RunAsync("down");
    }

    async Task WaitForSeriesAsync(int count)
    {
        using var http = new HttpClient();
        for (int attempt = 0; attempt < 120; attempt++)
        {
            string answer = await http.GetStringAsync(new Uri(Prometheus, $"api/v1/query?query=count({SeriesPage.Series})"));
            if (answer.Contains($"\"{count}\"", StringComparison.Ordinal))
                return;
            await Task.Delay(500);
        }
        throw new TimeoutException("Prometheus does not show the series");
    }
}
