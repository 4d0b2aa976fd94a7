using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using NSubstitute;
using SwarmAutoscaler.Deciding;
using SwarmAutoscaler.Policies;
using SwarmAutoscaler.Recording;
using YamlDotNet.RepresentationModel;

namespace SwarmAutoscaler.Measuring.Redis;

/// <summary>A source with one connection as a policy file writes it, and what the meter heard of it.</summary>
sealed class RedisTrial : IAsyncDisposable
{
    static int trials;

    readonly string name = $"trial{Interlocked.Increment(ref trials)}";
    readonly AutoscalerMeter meter = new();
    readonly MeterListener listener = new();
    readonly ConcurrentQueue<string> outcomes = new();
    readonly RedisConnection connection;

    public RedisTrial(string connectionYaml, TimeProvider? time = null)
    {
        Source = new RedisSource(meter, time ?? TimeProvider.System);
        connection = ReadConnection(Source, connectionYaml, out var errors, name)
            ?? throw new InvalidOperationException(string.Join("; ", errors));
        listener.InstrumentPublished = (instrument, it) =>
        {
            if (instrument.Name == "swarm_autoscaler_source_requests")
                it.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            var values = tags.ToArray().ToDictionary(tag => tag.Key, tag => (string?)tag.Value);
            if (values["connection"] == name && values["source"] == "redis")
                outcomes.Enqueue(values["outcome"]!);
        });
        listener.Start();
    }

    public RedisSource Source { get; }

    /// <summary>The outcomes of the requests so far, in their order.</summary>
    public IReadOnlyList<string> Outcomes => [.. outcomes];

    public static RedisConnection? ReadConnection(RedisSource source, string yaml, out List<DocumentError> errors, string name = "default")
    {
        var fields = Fields(yaml, errors = []);
        var connection = source.ReadConnection(name, fields);
        fields.Done();
        return (RedisConnection?)connection;
    }

    public static RedisQuery? ReadQuery(RedisSource source, RedisConnection connection, string yaml, out List<DocumentError> errors)
    {
        var fields = Fields(yaml, errors = []);
        var query = source.ReadQuery(fields, connection, new MetricContext("api", new Dictionary<string, MetricPreset>()));
        fields.Done();
        return (RedisQuery?)query;
    }

    /// <summary>Reads the metrics, given as YAML, within a deadline long enough for any busy machine.</summary>
    public async Task<IReadOnlyList<MetricReading>> ReadAllAsync(params string[] queries)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        return await ReadAllAsync(deadline.Token, queries);
    }

    public Task<IReadOnlyList<MetricReading>> ReadAllAsync(CancellationToken deadline, params string[] queries) => Source.ReadAsync([.. queries.Select(Metric)], deadline);

    public async Task<MetricReading> ReadAsync(string query) => (await ReadAllAsync(query))[0];

    public async Task<MetricReading> ReadAsync(string query, CancellationToken deadline) => (await ReadAllAsync(deadline, query))[0];

    public MetricSpec Metric(string yaml) => new()
    {
        Name = "jobs",
        Source = "redis",
        Query = ReadQuery(Source, connection, yaml, out var errors) ?? throw new InvalidOperationException(string.Join("; ", errors)),
        Strategy = Substitute.For<IScalingStrategy>(),
    };

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        listener.Dispose();
        meter.Dispose();
    }

    static FieldReader Fields(string yaml, List<DocumentError> errors)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return new FieldReader("test.yml", (YamlMappingNode)stream.Documents[0].RootNode, "", errors);
    }
}
