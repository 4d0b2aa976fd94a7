namespace SwarmAutoscaler.Policies;

/// <summary>Which version of which policy is in force: the new one, the last good one, or none when two documents claim a service.</summary>
sealed class PolicyChoice(PolicyMemory memory, bool defaultsAreLost)
{
    readonly Dictionary<string, List<PolicyDocument>> claims = new(StringComparer.Ordinal);

    public Dictionary<string, ScalingPolicy> Policies { get; } = new(StringComparer.Ordinal);

    public Dictionary<DocumentPlace, string> Services { get; } = [];

    public SortedDictionary<string, ScalingPolicy> Ambiguous { get; } = new(StringComparer.Ordinal);

    public SortedSet<string> Outdated { get; } = new(StringComparer.Ordinal);

    public List<DocumentError> Errors { get; } = [];

    public List<DocumentError> Warnings { get; } = [];

    /// <summary>Notes which service a document is for, valid or not; all documents claim before any is added.</summary>
    public void Claim(PolicyDocument document)
    {
        if (document is not { Kind: DocumentKind.Policy, Service: { } service })
            return;
        if (!claims.TryGetValue(service, out var documents))
            claims[service] = documents = [];
        documents.Add(document);
    }

    /// <param name="document">One that has claimed its service.</param>
    /// <param name="reading">What a policy document says; null for other documents.</param>
    /// <param name="isOld">The document is the last readable version of a file that cannot be read now.</param>
    public void Add(PolicyDocument document, PolicyReading? reading, bool isOld)
    {
        if (document.Kind == DocumentKind.Unknown)
            Errors.Add(document.Root.Error("this document is neither a policy (it has no 'service') nor shared settings "
                + $"(it has none of {string.Join(", ", PolicyDocument.SharedKeys)})"));
        Errors.AddRange(reading?.Errors ?? []);
        Warnings.AddRange(reading?.Warnings ?? []);
        if (document.Kind == DocumentKind.Shared)
            return;
        if (document.Service is { } service && document.Kind == DocumentKind.Policy)
            Choose(document, service, reading, isOld);
        else if (memory.Services.GetValueOrDefault(document.Place) is { } before && !claims.ContainsKey(before))
            Keep(document, before);
    }

    void Choose(PolicyDocument document, string service, PolicyReading? reading, bool isOld)
    {
        Services[document.Place] = service;
        if (claims[service] is { Count: > 1 } several)
        {
            if ((reading?.Policy ?? memory.Policies.GetValueOrDefault(service)) is { } policy)
                Ambiguous.TryAdd(service, policy with { Metrics = [] });
            var other = several.First(claim => !ReferenceEquals(claim, document)).Root.Find("service")!.Value;
            Errors.Add(document.Root.Find("service")!.Value.Error($"service '{service}' has another policy at {other}; neither is used"));
        }
        else if (reading?.Policy is { } read && !defaultsAreLost)
        {
            Policies[service] = read;
            if (isOld)
                Outdated.Add(service);
        }
        else
            Keep(document, service);
    }

    void Keep(PolicyDocument document, string service)
    {
        if (!memory.Policies.TryGetValue(service, out var last))
            return;
        Services[document.Place] = service;
        Policies[service] = last;
        Outdated.Add(service);
    }
}
