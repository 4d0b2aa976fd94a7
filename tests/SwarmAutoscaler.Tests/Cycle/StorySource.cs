using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Cycle;

/// <summary>A source whose numbers a test sets by key; a key without a number is missing.</summary>
sealed class StorySource(string kind) : IMetricSource
{
    public string Kind => kind;

    public Dictionary<string, double> Values { get; } = new(StringComparer.Ordinal);

    /// <summary>Stands in for reading the values.</summary>
    public Func<IReadOnlyList<MetricSpec>, CancellationToken, Task<IReadOnlyList<MetricReading>>>? Answer { get; set; }

    /// <summary>How many metrics each call asked for.</summary>
    public List<int> Calls { get; } = [];

    public MetricConnection? ReadConnection(string name, FieldReader fields) => throw new NotSupportedException("the policies are not read from files");

    public MetricQuery? ReadQuery(FieldReader fields, MetricConnection connection, MetricContext context) =>
        throw new NotSupportedException("the policies are not read from files");

    public Task<IReadOnlyList<MetricReading>> ReadAsync(IReadOnlyList<MetricSpec> metrics, CancellationToken deadline)
    {
        lock (Calls)
            Calls.Add(metrics.Count);
        return Answer is not null ? Answer(metrics, deadline) : Task.FromResult(Read(metrics));
    }

    public IReadOnlyList<MetricReading> Read(IReadOnlyList<MetricSpec> metrics) =>
    [
        .. metrics.Select(metric => Values.TryGetValue(((Asked)metric.Query).Key, out double value)
            ? MetricReading.Of(value)
            : new Missing(MissingReason.Empty, "no such key")),
    ];
}

sealed record Asked(string Key, LimitedResource? Share = null) : MetricQuery("default")
{
    public override LimitedResource? ShareOf => Share;
}
