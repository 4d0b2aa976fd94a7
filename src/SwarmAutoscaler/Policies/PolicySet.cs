namespace SwarmAutoscaler.Policies;

/// <summary>The policies in force and what is wrong with the documents. Never changes; a reload makes a new one.</summary>
sealed record PolicySet
{
    /// <summary>Nothing has been read yet.</summary>
    public static PolicySet Empty { get; } = new() { Memory = PolicyMemory.None };

    /// <summary>Counts up with every change, so that a reader can tell whether it has seen this set.</summary>
    public long Version { get; init; }

    /// <summary>One policy per service, ordered by its name. A policy whose document did not change stays the same object.</summary>
    public IReadOnlyList<ScalingPolicy> Policies { get; init; } = [];

    /// <summary>
    /// Services that several documents name: none of them is in force. Each with the first of its policies that could be read, without metrics, since it
    /// is only evaluated to be refused; a service without a readable one is not here.
    /// </summary>
    public IReadOnlyDictionary<string, ScalingPolicy> Ambiguous { get; init; } = new SortedDictionary<string, ScalingPolicy>(StringComparer.Ordinal);

    /// <summary>All that is evaluated, one entry per service.</summary>
    public IEnumerable<DuePolicy> Evaluated =>
        Policies.Select(policy => new DuePolicy(policy)).Concat(Ambiguous.Values.Select(policy => new DuePolicy(policy, IsAmbiguous: true)));

    /// <summary>What is evaluated on a schedule.</summary>
    public IReadOnlyList<DuePolicy> DueOn(EvaluationSchedule schedule) => [.. Evaluated.Where(each => each.Policy.Schedule == schedule)];

    /// <summary>Services whose policy is the last good version of a document that has turned bad.</summary>
    public IReadOnlySet<string> Outdated { get; init; } = new SortedSet<string>(StringComparer.Ordinal);

    /// <summary>Every mistake, ordered by place.</summary>
    public IReadOnlyList<DocumentError> Errors { get; init; } = [];

    /// <summary>What works but is probably not meant, ordered by place.</summary>
    public IReadOnlyList<DocumentError> Warnings { get; init; } = [];

    /// <summary>Connections that are defined, those of the environment included.</summary>
    public int Connections => Memory.Shared.Settings.Connections.Count;

    /// <summary>The shared budgets in force.</summary>
    public IReadOnlyList<SharedBudget> Budgets { get; init; } = [];

    /// <summary>What the next reload needs of this one.</summary>
    public required PolicyMemory Memory { get; init; }
}

/// <summary>A policy that a cycle evaluates.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="IsAmbiguous">Another document names the same service: the evaluation says so and changes nothing.</param>
readonly record struct DuePolicy(ScalingPolicy Policy, bool IsAmbiguous = false);

/// <summary>What a reload carries over: the last good versions and what need not be read again.</summary>
sealed record PolicyMemory
{
    public static PolicyMemory None { get; } = new();

    public SharedReading Shared { get; init; } = SharedReading.None;

    /// <summary>The service each place held when it was last readable.</summary>
    public IReadOnlyDictionary<DocumentPlace, string> Services { get; init; } = new Dictionary<DocumentPlace, string>();

    /// <summary>The policies in force by service.</summary>
    public IReadOnlyDictionary<string, ScalingPolicy> Policies { get; init; } = new Dictionary<string, ScalingPolicy>();

    /// <summary>The result of each document with the shared settings as they are; documents are compared by reference.</summary>
    public IReadOnlyDictionary<PolicyDocument, PolicyReading> Readings { get; init; } = new Dictionary<PolicyDocument, PolicyReading>();
}

/// <summary>What one policy document says; the policy is null when there was any error.</summary>
sealed record PolicyReading(ScalingPolicy? Policy, IReadOnlyList<DocumentError> Errors, IReadOnlyList<DocumentError> Warnings);
