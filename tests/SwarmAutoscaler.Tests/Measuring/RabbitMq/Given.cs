using System.Diagnostics.Metrics;
using NSubstitute;
using SwarmAutoscaler.Deciding;
using SwarmAutoscaler.Policies;
using YamlDotNet.RepresentationModel;

namespace SwarmAutoscaler.Measuring.RabbitMq;

/// <summary>Policy text to connections, queries and metrics, the way a policy file is read.</summary>
static class Given
{
    static readonly IScalingStrategy Strategy = Substitute.For<IScalingStrategy>();

    public static (MetricConnection? Connection, List<DocumentError> Errors) Connection(string yaml, string name = "default")
    {
        var errors = new List<DocumentError>();
        var fields = Fields(yaml, errors);
        var connection = RabbitMqConnectionKeys.Read(name, fields);
        fields.Done();
        return (connection, errors);
    }

    public static RabbitMqConnection Broker(string yaml, string name = "default") => Connection(yaml, name) is { Connection: RabbitMqConnection broker, Errors: [] }
        ? broker
        : throw new InvalidOperationException($"not a connection: {yaml}");

    public static (MetricQuery? Query, List<DocumentError> Errors) Query(RabbitMqConnection broker, string yaml)
    {
        var errors = new List<DocumentError>();
        var fields = Fields(yaml, errors);
        var query = RabbitMqQueryKeys.Read(fields, broker);
        fields.Done();
        return (query, errors);
    }

    public static MetricSpec Metric(RabbitMqConnection broker, string yaml) => Query(broker, yaml) is { Query: RabbitMqQuery query, Errors: [] }
        ? new MetricSpec { Name = yaml, Source = RabbitMqSource.Word, Query = query, Strategy = Strategy }
        : throw new InvalidOperationException($"not a query: {yaml}");

    static FieldReader Fields(string yaml, List<DocumentError> errors)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader($"{{ {yaml} }}"));
        return new FieldReader("policy.yml", (YamlMappingNode)stream.Documents[0].RootNode, "", errors);
    }
}

/// <summary>A reading in one line: the number, or the reason's word.</summary>
static class ReadingText
{
    public static string Short(this MetricReading reading) => reading switch
    {
        Measured measured => measured.Value.ToString(System.Globalization.CultureInfo.InvariantCulture),
        Missing missing => missing.Reason.Word(),
        _ => throw new ArgumentOutOfRangeException(nameof(reading)),
    };
}

/// <summary>The outcomes that were reported to the meter for one connection's requests.</summary>
sealed class ReportedRequests : IDisposable
{
    readonly MeterListener listener = new();
    readonly List<string> outcomes = [];

    public ReportedRequests(string connection)
    {
        listener.InstrumentPublished = (instrument, subscribed) =>
        {
            if (instrument.Name == "swarm_autoscaler_source_requests")
                subscribed.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            var values = tags.ToArray().ToDictionary(tag => tag.Key, tag => (string?)tag.Value);
            if (values["source"] == RabbitMqSource.Word && values["connection"] == connection)
                lock (outcomes)
                    outcomes.Add(values["outcome"]!);
        });
        listener.Start();
    }

    public IReadOnlyList<string> Take()
    {
        lock (outcomes)
        {
            string[] taken = [.. outcomes];
            outcomes.Clear();
            return taken;
        }
    }

    public void Dispose() => listener.Dispose();
}
