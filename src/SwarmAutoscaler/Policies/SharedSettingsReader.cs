using SwarmAutoscaler.Measuring;

namespace SwarmAutoscaler.Policies;

/// <summary>
/// All shared documents together. One with any mistake is refused as a whole, its last good version stays in force; a name defined twice refuses
/// both documents, so that no order of files decides.
/// </summary>
sealed class SharedSettingsReader(IReadOnlyList<IMetricSource> sources, IReadOnlyList<EnvironmentConnection> environment)
{
    /// <param name="documents">The shared documents in the order of their files, and unreadable ones that were shared settings before.</param>
    /// <param name="lastGood">The last good version by place.</param>
    /// <param name="now">A schedule must have a time to come after it.</param>
    public SharedReading Read(IReadOnlyList<PolicyDocument> documents, IReadOnlyDictionary<DocumentPlace, SharedDocument> lastGood, DateTimeOffset now)
    {
        var candidates = documents.Select(ReadOne).ToList();
        RefuseSecondDefinitions(candidates);
        var settings = SharedSettings.Of(Choose(candidates, lastGood).Values, environment);
        foreach (var candidate in candidates.Where(candidate => candidate.Errors.Count == 0))
            if (candidate.Read?.Defaults is { } defaults)
                new ScalingPolicyReader(sources, settings, now).CheckDefaults(defaults, candidate.Errors);
        var chosen = Choose(candidates, lastGood);
        return new SharedReading
        {
            Documents = documents,
            Good = chosen,
            Settings = SharedSettings.Of(chosen.Values, environment) with
            {
                Refused = [.. candidates.Where(candidate => candidate.Errors.Count > 0).Select(candidate => candidate.Read).OfType<SharedDocument>()],
            },
            Errors = [.. candidates.SelectMany(candidate => candidate.Errors)],
            LostDefaults = candidates.Where(candidate => !chosen.ContainsKey(candidate.Document.Place))
                .Select(candidate => candidate.Document.Root.Find("defaults"))
                .FirstOrDefault(place => place is not null),
        };
    }

    Candidate ReadOne(PolicyDocument document)
    {
        var errors = new List<DocumentError>();
        return document.Kind == DocumentKind.Shared
            ? new Candidate(document, SharedDocumentReader.Read(document.Root, sources, errors), errors)
            : new Candidate(document, null, errors);
    }

    static void RefuseSecondDefinitions(List<Candidate> candidates)
    {
        var names = candidates.SelectMany(candidate => (candidate.Read?.Names ?? []).Select(entry => (candidate, entry.Name, entry.Place)));
        foreach (var same in names.GroupBy(entry => entry.Name, StringComparer.Ordinal).Where(group => group.Count() > 1))
            foreach (var (candidate, name, place) in same)
                candidate.Errors.Add(place.Error($"{name} is defined twice: see {same.First(other => !ReferenceEquals(other.Place.Node, place.Node)).Place}"));
    }

    static OrderedDictionary<DocumentPlace, SharedDocument> Choose(List<Candidate> candidates, IReadOnlyDictionary<DocumentPlace, SharedDocument> lastGood)
    {
        var chosen = new OrderedDictionary<DocumentPlace, SharedDocument>();
        foreach (var candidate in candidates)
            if ((candidate.Errors.Count == 0 ? candidate.Read : null) is { } good)
                chosen[candidate.Document.Place] = good;
            else if (lastGood.GetValueOrDefault(candidate.Document.Place) is { } last)
                chosen[candidate.Document.Place] = last;
        return chosen;
    }

    sealed record Candidate(PolicyDocument Document, SharedDocument? Read, List<DocumentError> Errors);
}

/// <summary>What the shared documents say now.</summary>
sealed record SharedReading
{
    public static SharedReading None { get; } = new()
    {
        Documents = [],
        Good = new Dictionary<DocumentPlace, SharedDocument>(),
        Settings = SharedSettings.Of([], []),
        Errors = [],
    };

    public required IReadOnlyList<PolicyDocument> Documents { get; init; }

    /// <summary>What is in force, by place.</summary>
    public required IReadOnlyDictionary<DocumentPlace, SharedDocument> Good { get; init; }

    public required SharedSettings Settings { get; init; }

    public required IReadOnlyList<DocumentError> Errors { get; init; }

    /// <summary>Defaults that were refused without a good version before them: what a policy inherits is then not known.</summary>
    public PlacedNode? LostDefaults { get; init; }
}
