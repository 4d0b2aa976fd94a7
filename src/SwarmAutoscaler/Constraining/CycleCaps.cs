using SwarmAutoscaler.Applying;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Constraining;

/// <summary>
/// The caps of one cycle. A decision is made first without them, which is pure and cheap; only where it wants more replicas are the nodes read, once for all,
/// and the budgets divided among all who ask at that time.
/// </summary>
sealed class CycleCaps(
    IReadOnlyDictionary<string, ServiceState> services, IReadOnlyList<SharedBudget> budgets, BudgetLedger ledger,
    Lazy<Task<IReadOnlyList<SwarmNode>?>> nodes, Func<ServiceState, IReadOnlyList<SwarmNode>, ReplicaCap?> placementCapOf)
{
    readonly HashSet<string> budgeted = budgets.SelectMany(budget => budget.Uses).Select(use => use.Service).ToHashSet(StringComparer.Ordinal);

    /// <summary>The observations in their order, with the caps that hold back what would be decided without them.</summary>
    public async Task<IReadOnlyList<Observation>> AddToAsync(IReadOnlyList<Undecided> undecided)
    {
        var drafts = undecided.Select(each => IsOfInterest(each) ? Draft.Of(each) : null).ToArray();
        if (Array.Exists(drafts, draft => draft is { WantsMore: true, IsPlaced: true }) && await nodes.Value is { } known)
            for (int i = 0; i < drafts.Length; i++)
                if (drafts[i] is { WantsMore: true, IsPlaced: true } draft)
                    drafts[i] = draft.Under(placementCapOf(draft.Service, known));
        AddBudgets(drafts);
        return [.. undecided.Zip(drafts, (each, draft) => draft?.Undecided.Observation ?? each.Observation)];
    }

    /// <summary>The caps of one service that was read again, because somebody else changed it meanwhile.</summary>
    public async Task<Observation> AddToAsync(Undecided again)
    {
        string service = again.Due.Policy.Service;
        ledger.Settle(service, sent: null);
        var fresh = new Dictionary<string, ServiceState>(services, StringComparer.Ordinal) { [service] = again.Observation.Service! };
        var caps = new CycleCaps(fresh, budgets, ledger, nodes, placementCapOf);
        return (await caps.AddToAsync([again with { Observation = again.Observation with { Caps = [] } }]))[0];
    }

    /// <summary>The evaluation of a service is over.</summary>
    /// <param name="service">Its name.</param>
    /// <param name="decided">The count decided on.</param>
    /// <param name="outcome">What became of it; null when nothing was to be sent.</param>
    public void Settle(string service, int decided, ApplyOutcome? outcome)
    {
        if (budgeted.Contains(service))
            ledger.Settle(service, outcome?.Kind is ApplyOutcomeKind.Applied or ApplyOutcomeKind.Unknown ? decided : null);
    }

    bool IsOfInterest(Undecided each) => each.Observation.Service is { Mode: ServiceMode.Replicated } service && (service.Placement is not null || budgeted.Contains(service.Name));

    /// <summary>What a closed gate holds back takes no room from those that act; what it would get of the rest is shown all the same.</summary>
    void AddBudgets(Draft?[] drafts)
    {
        Divide(drafts, draft => draft.Decision.Desired, ledger.Grant);
        Divide(drafts, draft => draft.Decision.Desired > draft.Service.Wanted ? 0 : draft.Decision.Proposed, ledger.Try);
    }

    void Divide(
        Draft?[] drafts, Func<Draft, int> askedBy,
        Func<IReadOnlyList<SharedBudget>, IReadOnlyDictionary<string, ServiceState>, IReadOnlyDictionary<string, int>, IReadOnlyList<BudgetGrant>> divide)
    {
        var asking = drafts.Where(draft => draft is not null && budgeted.Contains(draft.Service.Name) && askedBy(draft) > draft.Service.Wanted)
            .ToDictionary(draft => draft!.Service.Name, draft => askedBy(draft!), StringComparer.Ordinal);
        if (asking.Count == 0)
            return;
        var grants = divide(budgets, services, asking).ToDictionary(grant => grant.Service, StringComparer.Ordinal);
        for (int i = 0; i < drafts.Length; i++)
            if (drafts[i] is { } draft && grants.TryGetValue(draft.Service.Name, out var grant))
                drafts[i] = draft.With(grant.Cap);
    }
}
