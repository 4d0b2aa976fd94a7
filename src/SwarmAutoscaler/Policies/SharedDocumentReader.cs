using SwarmAutoscaler.Measuring;

namespace SwarmAutoscaler.Policies;

/// <summary>One document of shared settings, by itself: what it defines under which names, and where each name stands.</summary>
static class SharedDocumentReader
{
    public static SharedDocument Read(PlacedNode document, IReadOnlyList<IMetricSource> sources, ICollection<DocumentError> errors)
    {
        var fields = new FieldReader(document, null, "", errors);
        var names = new List<(string, PlacedNode)>();
        var connections = ReadConnections(fields, sources, names);
        var presets = ReadPresets(fields, names);
        var budgets = BudgetReader.Read(fields, names);
        var defaults = fields.Map("defaults")?.Here;
        if (defaults is { } place)
            names.Add(("defaults", place));
        fields.Done();
        return new SharedDocument { Connections = connections, Presets = presets, Budgets = budgets, Defaults = defaults, Names = names };
    }

    static Dictionary<(string, string), MetricConnection> ReadConnections(
        FieldReader document, IReadOnlyList<IMetricSource> sources, List<(string, PlacedNode)> names)
    {
        var connections = new Dictionary<(string, string), MetricConnection>();
        if (document.Map("connections") is not { } kinds)
            return connections;
        foreach (var kind in kinds.Keys)
        {
            if (sources.FirstOrDefault(source => source.Kind == kind) is not { } source)
            {
                kinds.Error(kind, $"unknown kind of connection '{kind}'; known are {string.Join(", ", sources.Select(known => known.Kind).Order(StringComparer.Ordinal))}");
                continue;
            }
            if (kinds.Map(kind) is not { } entries)
                continue;
            foreach (var name in entries.Keys)
            {
                if (entries.Map(name) is not { } fields)
                    continue;
                names.Add((SharedDocument.NameOf(kind, name), fields.Here));
                if (source.ReadConnection(name, fields) is { } connection)
                    connections[(kind, name)] = connection;
                fields.Done();
            }
        }
        return connections;
    }

    static Dictionary<string, MetricPreset> ReadPresets(FieldReader document, List<(string, PlacedNode)> names)
    {
        var presets = new Dictionary<string, MetricPreset>(StringComparer.Ordinal);
        if (document.Map("presets") is not { } entries)
            return presets;
        foreach (var name in entries.Keys)
        {
            if (entries.Map(name) is not { } fields)
                continue;
            names.Add(($"preset '{name}'", fields.Here));
            if (fields.RequiredText("query") is { } query)
                presets[name] = new MetricPreset(name, query, fields.Text("label"));
            // Said for the people who read the file; the query itself answers in base units.
            fields.Text("unit");
            fields.Text("label");
            fields.Done();
        }
        return presets;
    }
}
