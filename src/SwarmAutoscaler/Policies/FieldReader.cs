using YamlDotNet.RepresentationModel;

namespace SwarmAutoscaler.Policies;

/// <summary>
/// One YAML mapping, read key by key. Every mistake becomes an error at its place and reading goes on, so that all of them are reported at once;
/// what was asked for is then null or a default. <see cref="Done"/> reports the keys nobody asked for. A mapping may inherit from another one,
/// field by field: nested mappings are merged, single values and lists replace what they would have inherited.
/// </summary>
sealed partial class FieldReader
{
    readonly HashSet<string> known = new(StringComparer.Ordinal);
    readonly PlacedNode own;
    readonly PlacedNode? inherited;
    readonly ICollection<DocumentError> errors;

    public FieldReader(string file, YamlMappingNode mapping, string path, ICollection<DocumentError> errors)
        : this(new PlacedNode(file, mapping), null, path, errors) { }

    public FieldReader(PlacedNode own, PlacedNode? inherited, string path, ICollection<DocumentError> errors)
    {
        this.own = own;
        this.inherited = inherited;
        this.errors = errors;
        Path = path;
    }

    /// <summary>Where this mapping stands in the document, for messages: <c>metrics[2]</c>.</summary>
    public string Path { get; }

    /// <summary>The keys as written, own ones first.</summary>
    public IEnumerable<string> Keys => KeysOf(own).Concat(KeysOf(inherited)).Distinct(StringComparer.Ordinal);

    public bool Has(string key) => Take(key) is not null;

    /// <summary>The key stands in this mapping itself and is not inherited.</summary>
    public bool IsOwn(string key)
    {
        known.Add(key);
        return own.Find(key) is not null;
    }

    /// <summary>A scalar's text without counting as a question for it: the key stays unknown until somebody else asks.</summary>
    public string? Peek(string key) => (Find(key)?.Node as YamlScalarNode)?.Value;

    /// <summary>A nested mapping, or null when absent or something else.</summary>
    public FieldReader? Map(string key) => Take(key) switch
    {
        null => null,
        { Node: YamlMappingNode } found => new FieldReader(found, Beneath(found, key), Under(key), errors),
        { } found => Wrong<FieldReader>(found, $"'{key}' must be a mapping"),
    };

    /// <summary>A list of mappings; empty when absent.</summary>
    public IReadOnlyList<FieldReader> Maps(string key)
    {
        var readers = new List<FieldReader>();
        foreach (var (item, index) in Items(key).Select((item, index) => (item, index)))
            if (item.Node is YamlMappingNode)
                readers.Add(new FieldReader(item, null, Under($"{key}[{index}]"), errors));
            else
                errors.Add(item.Error($"'{key}' must be a list of mappings"));
        return readers;
    }

    /// <summary>A list of non-empty scalars; empty when absent.</summary>
    public IReadOnlyList<string> Texts(string key)
    {
        var texts = new List<string>();
        foreach (var item in Items(key))
            if (item.Node is YamlScalarNode { Value: { Length: > 0 } text })
                texts.Add(text);
            else
                errors.Add(item.Error($"'{key}' must be a list of texts"));
        return texts;
    }

    /// <summary>All keys with their scalar values, for free-form mappings such as <c>headers</c>; empty when absent.</summary>
    public IReadOnlyDictionary<string, string> TextMap(string key)
    {
        var result = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (Map(key) is not { } nested)
            return result;
        foreach (var name in nested.Keys)
            if (nested.Text(name) is { } value)
                result[name] = value;
        return result;
    }

    /// <summary>Where the mapping itself stands.</summary>
    public PlacedNode Here => own;

    /// <summary>Where a key's value stands, or the mapping when the key is absent.</summary>
    public PlacedNode Place(string key) => Find(key) ?? own;

    /// <summary>An error at a key's value, or at the mapping when the key is absent.</summary>
    public void Error(string key, string message) => errors.Add(Place(key).Error(message));

    /// <summary>An error at the mapping itself.</summary>
    public void Error(string message) => errors.Add(own.Error(message));

    /// <summary>Reports every own key that was never asked for; inherited ones were checked where they stand.</summary>
    public void Done()
    {
        foreach (var key in ((YamlMappingNode)own.Node).Children.Keys)
            if (key is not YamlScalarNode { Value: { } name })
                errors.Add(new PlacedNode(own.File, key).Error("a key must be a plain text"));
            else if (name == "<<")
                errors.Add(new PlacedNode(own.File, key).Error("the merge key '<<' is not supported: put what policies share under 'defaults'"));
            else if (!known.Contains(name))
                errors.Add(new PlacedNode(own.File, key).Error($"unknown key '{name}'{Nearest.Suggestion(name, known)}"));
    }

    static IEnumerable<string> KeysOf(PlacedNode? place) =>
        place?.Node is YamlMappingNode mapping ? mapping.Children.Keys.OfType<YamlScalarNode>().Select(key => key.Value ?? "") : [];

    string Under(string key) => Path.Length == 0 ? key : $"{Path}.{key}";

    PlacedNode? Find(string key) => own.Find(key) ?? inherited?.Find(key);

    PlacedNode? Take(string key)
    {
        known.Add(key);
        return Find(key);
    }

    /// <summary>What a nested mapping inherits: the mapping of the same name beneath, unless the found one is that already.</summary>
    PlacedNode? Beneath(PlacedNode found, string key) =>
        inherited?.Find(key) is { Node: YamlMappingNode } below && !ReferenceEquals(below.Node, found.Node) ? below : null;

    IEnumerable<PlacedNode> Items(string key)
    {
        switch (Take(key))
        {
            case null:
                return [];
            case { Node: YamlSequenceNode list } found:
                return list.Select(item => new PlacedNode(found.File, item));
            case { } found:
                errors.Add(found.Error($"'{key}' must be a list"));
                return [];
        }
    }

    T? Wrong<T>(PlacedNode place, string message) where T : class
    {
        errors.Add(place.Error(message));
        return null;
    }
}
