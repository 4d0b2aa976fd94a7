using SwarmAutoscaler.Measuring;

namespace SwarmAutoscaler.Policies;

/// <summary>What all policies may refer to, put together from the shared documents and the environment.</summary>
sealed record SharedSettings
{
    /// <summary>By kind and name.</summary>
    public required IReadOnlyDictionary<(string Kind, string Name), MetricConnection> Connections { get; init; }

    public required IReadOnlyDictionary<string, MetricPreset> Presets { get; init; }

    /// <summary>In the order of the documents; names are unique.</summary>
    public IReadOnlyList<PlacedBudget> Budgets { get; init; } = [];

    /// <summary>What a policy inherits, or null.</summary>
    public required PlacedNode? Defaults { get; init; }

    /// <summary>What refused documents define, so that a policy is told the reason and its other mistakes are found too; never in force.</summary>
    public IReadOnlyList<SharedDocument> Refused { get; init; } = [];

    /// <summary>Nothing is going to be read, so a metric may name a connection that is not defined: any other one of its kind stands in for it.</summary>
    public bool NamesAreEnough { get; init; }

    /// <summary>The names of all connections of one kind.</summary>
    public IEnumerable<string> ConnectionsOf(string kind) =>
        Connections.Keys.Where(key => key.Kind == kind).Select(key => key.Name).Order(StringComparer.Ordinal);

    /// <summary>Any connection of a kind, also of a refused document: good for checking the other keys of a metric, never for use.</summary>
    public MetricConnection? AnyOf(string kind) =>
        Connections.Concat(Refused.SelectMany(document => document.Connections)).Where(entry => entry.Key.Kind == kind)
            .OrderBy(entry => entry.Key.Name, StringComparer.Ordinal).Select(entry => entry.Value).FirstOrDefault();

    /// <summary>Puts documents together. No name is in two of them, except after an edit gone wrong: then the first document keeps it.</summary>
    public static SharedSettings Of(IEnumerable<SharedDocument> documents, IEnumerable<EnvironmentConnection> environment)
    {
        var connections = new Dictionary<(string, string), MetricConnection>();
        var presets = new Dictionary<string, MetricPreset>(StringComparer.Ordinal);
        var budgets = new OrderedDictionary<string, PlacedBudget>(StringComparer.Ordinal);
        PlacedNode? defaults = null;
        foreach (var document in documents)
        {
            foreach (var (key, connection) in document.Connections)
                connections.TryAdd(key, connection);
            foreach (var (name, preset) in document.Presets)
                presets.TryAdd(name, preset);
            foreach (var budget in document.Budgets)
                budgets.TryAdd(budget.Budget.Name, budget);
            defaults ??= document.Defaults;
        }
        foreach (var entry in environment)
            connections.TryAdd((entry.Kind, entry.Connection.Name), entry.Connection);
        return new SharedSettings { Connections = connections, Presets = presets, Budgets = [.. budgets.Values], Defaults = defaults };
    }
}

/// <summary>The definitions of one shared document.</summary>
sealed record SharedDocument
{
    public required IReadOnlyDictionary<(string Kind, string Name), MetricConnection> Connections { get; init; }

    public required IReadOnlyDictionary<string, MetricPreset> Presets { get; init; }

    public required IReadOnlyList<PlacedBudget> Budgets { get; init; }

    public required PlacedNode? Defaults { get; init; }

    /// <summary>How a connection is named in messages.</summary>
    public static string NameOf(string kind, string connection) => $"{kind} connection '{connection}'";

    /// <summary>Every name it defines, worded for messages, and where; each may be defined only once over all documents.</summary>
    public required IReadOnlyList<(string Name, PlacedNode Place)> Names { get; init; }
}

/// <summary>A <c>default</c> connection set by environment variables; one in a file goes before it.</summary>
sealed record EnvironmentConnection(string Kind, MetricConnection Connection);
