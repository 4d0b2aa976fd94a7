using SwarmAutoscaler.Measuring;

namespace SwarmAutoscaler.Policies;

/// <summary>
/// All files to a set of policies. Every mistake of every document is reported; a document with a mistake is refused as a whole and its last good
/// version, if there was one, stays in force. A policy is known again by its service, so that it may move between files; a shared document by
/// its place.
/// </summary>
/// <param name="sources">The metric sources, which know the words of their metrics and connections.</param>
/// <param name="environment">The connections of the environment.</param>
/// <param name="time">The clock: a schedule must have a time to come.</param>
/// <param name="own">The policy of the environment, a document beside those of the files; null when there is none.</param>
sealed class PolicyReader(IReadOnlyList<IMetricSource> sources, IReadOnlyList<EnvironmentConnection> environment, TimeProvider time, PolicyFile? own = null)
{
    readonly SharedSettingsReader sharedReader = new(sources, environment);

    /// <param name="files">In a fixed order.</param>
    /// <param name="last">The set before this one, or <see cref="PolicySet.Empty"/>.</param>
    public PolicySet Read(IReadOnlyList<PolicyFile> files, PolicySet last)
    {
        files = own is null ? files : [own, .. files];
        // The documents of an unreadable file are those of its last readable version: their places would be wrong, its own error is enough.
        var unreadable = files.Where(file => file.Error is not null).Select(file => file.Name).ToHashSet(StringComparer.Ordinal);
        var documents = files.SelectMany(file => file.Documents).ToList();
        var shared = ReadShared(documents, last.Memory);
        var readings = ReadPolicies(documents, shared, last.Memory);
        var choice = new PolicyChoice(last.Memory, defaultsAreLost: shared.LostDefaults is not null || files.Any(file => file.LosesDefaults));
        foreach (var document in documents)
            choice.Claim(document);
        foreach (var document in documents)
            choice.Add(document, readings.GetValueOrDefault(document), unreadable.Contains(document.Place.File));

        var errors = files.Select(file => file.Error).OfType<DocumentError>()
            .Concat(shared.Errors.Concat(choice.Errors).Where(error => !unreadable.Contains(error.File)))
            .Concat(LostDefaults(files, shared));
        return new PolicySet
        {
            Version = last.Version + 1,
            Policies = [.. choice.Policies.Values.OrderBy(policy => policy.Service, StringComparer.Ordinal)],
            Ambiguous = choice.Ambiguous,
            Outdated = choice.Outdated,
            Errors = InOrder(errors),
            Warnings = InOrder(choice.Warnings.Concat(DoubtsOfBudgets(shared, choice)).Where(warning => !unreadable.Contains(warning.File))),
            Budgets = [.. shared.Settings.Budgets.Select(placed => placed.Budget)],
            Memory = new PolicyMemory { Shared = shared, Services = choice.Services, Policies = choice.Policies, Readings = readings },
        };
    }

    SharedReading ReadShared(List<PolicyDocument> documents, PolicyMemory memory)
    {
        var found = documents
            .Where(document => document.Kind == DocumentKind.Shared || (document.Kind == DocumentKind.Unknown && memory.Shared.Good.ContainsKey(document.Place)))
            .ToList();
        return !ReferenceEquals(memory, PolicyMemory.None) && found.SequenceEqual(memory.Shared.Documents)
            ? memory.Shared
            : sharedReader.Read(found, memory.Shared.Good, time.GetUtcNow());
    }

    Dictionary<PolicyDocument, PolicyReading> ReadPolicies(List<PolicyDocument> documents, SharedReading shared, PolicyMemory memory)
    {
        bool sameShared = ReferenceEquals(shared, memory.Shared);
        var reader = new ScalingPolicyReader(sources, shared.Settings, time.GetUtcNow());
        var readings = new Dictionary<PolicyDocument, PolicyReading>();
        foreach (var document in documents.Where(document => document.Kind == DocumentKind.Policy))
            readings[document] = sameShared && memory.Readings.GetValueOrDefault(document) is { } known ? known : ReadOne(reader, document);
        return readings;
    }

    static PolicyReading ReadOne(ScalingPolicyReader reader, PolicyDocument document)
    {
        var (errors, warnings) = (new List<DocumentError>(), new List<DocumentError>());
        var policy = reader.Read(document.Root, errors, warnings);
        return new PolicyReading(errors.Count == 0 ? policy : null, errors, warnings);
    }

    /// <summary>Where a document was refused the budgets are older ones, and their places would be wrong.</summary>
    static IEnumerable<DocumentError> DoubtsOfBudgets(SharedReading shared, PolicyChoice choice) =>
        BudgetDoubts.Of(shared.Settings.Budgets, choice.Policies).Where(doubt => shared.Errors.All(error => error.File != doubt.File));

    static IEnumerable<DocumentError> LostDefaults(IReadOnlyList<PolicyFile> files, SharedReading shared)
    {
        const string message = "no new or changed policy is taken over until these defaults are right";
        if (shared.LostDefaults is { } place)
            yield return place.Error(message);
        foreach (var file in files.Where(file => file.LosesDefaults))
            yield return file.Error! with { Message = "no new or changed policy is taken over until the defaults in this file are readable" };
    }

    static List<DocumentError> InOrder(IEnumerable<DocumentError> errors) =>
        [.. errors.Distinct().OrderBy(error => error.File, StringComparer.Ordinal).ThenBy(error => error.Line).ThenBy(error => error.Column)
            .ThenBy(error => error.Message, StringComparer.Ordinal)];
}
