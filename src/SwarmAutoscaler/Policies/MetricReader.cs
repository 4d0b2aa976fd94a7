using SwarmAutoscaler.Measuring;
using YamlDotNet.RepresentationModel;

namespace SwarmAutoscaler.Policies;

/// <summary>One entry under <c>metrics</c>. What it asks for is read by its source; the words for sources are those of the registered kinds.</summary>
sealed class MetricReader(IReadOnlyList<IMetricSource> sources, SharedSettings shared)
{
    /// <param name="fields">The metric's mapping.</param>
    /// <param name="service">The service the policy is for.</param>
    public MetricSpec? Read(FieldReader fields, string service)
    {
        var sourceWord = fields.RequiredText("source");
        var presetWord = fields.Peek("preset");
        var name = fields.Text("name") ?? presetWord ?? sourceWord;
        if (name is "")
            fields.Error("name", "'name' must not be empty");
        var strategy = StrategyReader.Read(fields);
        double activation = fields.Quantity("activation", min: 0) ?? 0;
        bool emptyIsZero = fields.Flag("empty_is_zero") ?? false;
        var query = sourceWord is null ? null : ReadQuery(fields, sourceWord, service);
        if (query is null || strategy is null || name is null)
            return null;
        return new MetricSpec { Name = name, Source = sourceWord!, Query = query, Strategy = strategy, Activation = activation, EmptyIsZero = emptyIsZero };
    }

    MetricQuery? ReadQuery(FieldReader fields, string sourceWord, string service)
    {
        if (sources.FirstOrDefault(source => source.Kind == sourceWord) is not { } source)
        {
            fields.Error("source", $"unknown source '{sourceWord}'; known are {string.Join(", ", sources.Select(known => known.Kind).Order(StringComparer.Ordinal))}");
            return null;
        }
        var name = fields.Text("connection") ?? "default";
        var connection = shared.Connections.GetValueOrDefault((source.Kind, name)) ?? (shared.NamesAreEnough ? shared.AnyOf(source.Kind) : null);
        if (connection is null)
            fields.Error("connection", UnknownConnection(source.Kind, name));
        // An unknown connection must not hide the other mistakes of the metric: any other one of the kind stands in for it.
        if ((connection ?? shared.AnyOf(source.Kind)) is not { } standIn)
            return null;
        var query = source.ReadQuery(fields, standIn, new MetricContext(service, shared.Presets));
        fields.Done();
        return connection is null ? null : query;
    }

    string UnknownConnection(string kind, string name)
    {
        var worded = SharedDocument.NameOf(kind, name);
        foreach (var (known, place) in shared.Refused.SelectMany(document => document.Names))
            if (known == worded)
                return $"{worded} was refused with its document, see {place}";
        var names = shared.ConnectionsOf(kind).ToList();
        return $"unknown {worded}; " + (names.Count == 0 ? $"none is defined: write it under 'connections'{(name == "default" ? $", or set {kind.ToUpperInvariant()}_URL" : "")}" : $"known are {string.Join(", ", names)}");
    }
}
