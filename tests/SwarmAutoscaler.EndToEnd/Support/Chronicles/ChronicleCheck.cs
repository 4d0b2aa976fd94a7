namespace SwarmAutoscaler.TestSupport;

/// <summary>
/// Whether a whole sequence of changes kept what the policies promise, whoever acted and whatever was killed meanwhile. Pure. Each breach is a sentence;
/// none means that the sequence is clean.
/// </summary>
static class ChronicleCheck
{
    /// <summary>A decision is timed by its schedule, an event by the write: on a busy machine they differ by this much.</summary>
    public static readonly TimeSpan Jitter = TimeSpan.FromSeconds(1);

    /// <summary>Until an edited policy is in force in every instance.</summary>
    public static readonly TimeSpan PickUp = TimeSpan.FromSeconds(9);

    /// <summary>A write whose answer was lost may have been made, or be made, this much earlier or later than its log line.</summary>
    public static readonly TimeSpan MayLandLate = TimeSpan.FromSeconds(60);

    public static IReadOnlyList<string> Breaches(Chronicle chronicle)
    {
        var (ours, breaches) = Attribute(chronicle);
        breaches.AddRange(EmptyUpdates(chronicle));
        breaches.AddRange(BrokenSequences(chronicle));
        foreach (var change in ours)
        {
            breaches.AddRange(BrokenRules(chronicle, change));
            breaches.AddRange(ActedOutOfTerm(chronicle, change));
        }
        return breaches;
    }

    /// <summary>
    /// Which changes are ours, and which instance made each. Every line that says "applied" belongs to exactly one event and every event to a line, to
    /// the test's own hand, or to an instance that was killed before it could say so: a change made twice leaves one of them alone.
    /// </summary>
    static (IReadOnlyList<OurChange> Ours, List<string> Breaches) Attribute(Chronicle chronicle)
    {
        var (ours, breaches) = (new List<OurChange>(), new List<string>());
        var left = chronicle.Updates.Where(update => update.Count is not null).ToList();
        foreach (var claim in chronicle.Claims.Where(claim => claim.IsApplied).OrderBy(claim => claim.At))
            if (!TryTake(claim))
                breaches.Add($"{Text(claim.At)} {claim.Instance} says that it changed {claim.Service} {claim.Count}, but no manager saw that: said twice, or never done");
        left.RemoveAll(update => chronicle.ByHand.Any(hand => hand.Explains(update)));
        foreach (var claim in chronicle.Claims.Where(claim => claim.IsUnknown).OrderBy(claim => claim.At))
            TryTake(claim);
        foreach (var death in chronicle.Deaths)
            foreach (var last in left.Where(update => IsLastDeedOf(death, update)).DistinctBy(update => update.Service).ToList())
                if (left.Remove(last))
                    ours.Add(new OurChange(last, death.Instance, null));
        breaches.AddRange(left.Select(update => $"{Text(update)}: nobody says to have done this"));
        return ([.. ours.OrderBy(change => change.Update.At)], breaches);

        bool TryTake(Claim claim)
        {
            var told = left.Where(update => MayTellOf(claim, update)).MinBy(update => (claim.At - update.At).Duration());
            if (told is null)
                return false;
            ours.Add(new OurChange(told, claim.Instance, claim));
            return left.Remove(told);
        }
    }

    static bool MayTellOf(Claim claim, SeenUpdate update) => claim.Service == update.Service && claim.Count == update.Count
        && (claim.IsUnknown ? (claim.At - update.At).Duration() <= MayLandLate : update.At <= claim.At + Jitter && claim.At - update.At <= MayLandLate);

    static bool IsLastDeedOf(Death death, SeenUpdate update) => update.At >= death.At - Jitter && update.At <= death.At + Jitter;

    static IEnumerable<string> EmptyUpdates(Chronicle chronicle) => chronicle.Updates
        .Where(update => update.IsEmpty && !chronicle.ByHand.Any(hand => hand.Explains(update)))
        .Select(update => $"{Text(update)}: a write that changed nothing");

    /// <summary>Each change starts where the one before ended; otherwise an event was missed, and the check would be worth nothing.</summary>
    static IEnumerable<string> BrokenSequences(Chronicle chronicle) => chronicle.Updates
        .Where(update => update.Count is not null)
        .GroupBy(update => update.Id, StringComparer.Ordinal)
        .SelectMany(changes => changes.Zip(changes.Skip(1)))
        .Where(pair => pair.First.Count!.To != pair.Second.Count!.From)
        .Select(pair => $"{Text(pair.Second)}: the change before ended at {pair.First.Count!.To}, so one was missed");

    /// <summary>While an edited policy is picked up, either may have been in force: the change must be right by one of them.</summary>
    static IReadOnlyList<string> BrokenRules(Chronicle chronicle, OurChange change)
    {
        var at = change.Update.At;
        var written = chronicle.Policies.Where(policy => policy.Service == change.Update.Service && policy.At <= at).OrderBy(policy => policy.At).ToList();
        int settled = written.FindLastIndex(policy => policy.At <= at - PickUp);
        IReadOnlyList<string>? breaches = null;
        foreach (var policy in written.Skip(Math.Max(0, settled)))
        {
            breaches = [.. RuleCheck.Breaches(chronicle, change, policy.Rules)];
            if (breaches.Count == 0)
                return [];
        }
        return breaches ?? [$"{Text(change.Update)}: there was no policy for it"];
    }

    /// <summary>The instance that took the lease last is the only one that acts. A write of unknown outcome was sent before, and may land later.</summary>
    static IEnumerable<string> ActedOutOfTerm(Chronicle chronicle, OurChange change)
    {
        if (chronicle.Terms.Count == 0 || change.Claim is not { IsUnknown: false })
            yield break;
        var term = chronicle.Terms.Where(term => term.At <= change.Update.At + Clocks).MaxBy(term => term.At);
        if (term is null || term.Instance != change.Instance)
            yield return $"{Text(change.Update)} by {change.Instance}: the lease was {(term is null ? "nobody's" : $"{term.Instance}'s since {Text(term.At)}")}";
    }

    /// <summary>A log line is written some milliseconds after what it tells of.</summary>
    static readonly TimeSpan Clocks = TimeSpan.FromMilliseconds(50);

    public static string Text(SeenUpdate update) => $"{Text(update.At)} {update.Service} {update.Count}";

    public static string Text(DateTimeOffset at) => at.ToString("HH:mm:ss.fff", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A change and the instance that made it.</summary>
/// <param name="Update">The event.</param>
/// <param name="Instance">Who made it.</param>
/// <param name="Claim">What its log says; null when it was killed before it could say anything.</param>
sealed record OurChange(SeenUpdate Update, string Instance, Claim? Claim);
