using System.Collections.Immutable;

namespace SwarmAutoscaler.Measuring.Prometheus;

/// <summary>What a Prometheus answered to one query: a failure, or its series picked apart by label once for all metrics that share it.</summary>
sealed class QueryAnswer
{
    readonly Dictionary<string, PickedSeries>[] byLabel;
    MetricReading? first;

    /// <param name="labels">The labels that metrics of this query pick their series by.</param>
    public QueryAnswer(ImmutableArray<string> labels)
    {
        Labels = labels;
        byLabel = [.. labels.Select(_ => new Dictionary<string, PickedSeries>(StringComparer.Ordinal))];
    }

    QueryAnswer(Missing failure) : this([]) => Failure = failure;

    /// <summary>Why there are no series, or null.</summary>
    public Missing? Failure { get; }

    /// <summary>Number of series; a scalar counts as one series without labels.</summary>
    public int Series { get; private set; }

    /// <summary>What Prometheus warned about; the answer may be partial.</summary>
    public IReadOnlyList<string> Warnings { get; private set; } = [];

    public ImmutableArray<string> Labels { get; }

    public static QueryAnswer Failed(MissingReason reason, string detail) => new(new Missing(reason, detail));

    public QueryAnswer WithWarnings(IReadOnlyList<string> warnings)
    {
        Warnings = warnings;
        return this;
    }

    /// <summary>Adds a series.</summary>
    /// <param name="value">Its value, or why that cannot be used.</param>
    /// <param name="labels">Its values of <see cref="Labels"/>, in their order; null where it has no such label.</param>
    public void Add(MetricReading value, ReadOnlySpan<string?> labels)
    {
        Series++;
        first ??= value;
        for (int i = 0; i < byLabel.Length; i++)
            if (labels[i] is { Length: > 0 } key)
                byLabel[i][key] = byLabel[i].TryGetValue(key, out var known) ? known with { Count = known.Count + 1 } : new PickedSeries(value, 1);
    }

    /// <summary>The value for one metric.</summary>
    /// <param name="query">A query whose label is among <see cref="Labels"/>.</param>
    /// <param name="emptyIsZero">No series means 0.</param>
    /// <param name="hint">What is known about an empty answer, or null.</param>
    public MetricReading Read(PrometheusQuery query, bool emptyIsZero, string? hint)
    {
        if (Failure is not null)
            return Failure;
        if (Series == 0)
            return NoSeries(emptyIsZero, hint is null ? "the query gives no series" : $"the query gives no series: {hint}");
        if (query.Label is null)
            return Series == 1 ? first! : Several($"the query gives {Series} series, one is expected: aggregate them or set 'label'");

        var series = byLabel[Labels.IndexOf(query.Label)];
        // A label that no series carries is a mistake in the query, not an absence: it never counts as 0.
        if (series.Count == 0)
            return new Missing(MissingReason.Empty, $"none of the {Series} series has a label {query.Label}");
        if (!series.TryGetValue(query.Key, out var picked))
            return NoSeries(emptyIsZero, $"none of the {Series} series has {query.Label}=\"{query.Key}\"");
        return picked.Count == 1 ? picked.Value
            : Several($"{picked.Count} series have {query.Label}=\"{query.Key}\", one is expected: aggregate by that label");
    }

    static MetricReading NoSeries(bool isZero, string detail) => isZero ? MetricReading.Of(0) : new Missing(MissingReason.Empty, detail);

    static Missing Several(string detail) => new(MissingReason.SeveralSeries, detail);

    readonly record struct PickedSeries(MetricReading Value, int Count);
}
