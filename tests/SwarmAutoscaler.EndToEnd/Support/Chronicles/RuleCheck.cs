namespace SwarmAutoscaler.TestSupport;

/// <summary>Whether one change of ours kept one policy's bounds, cooldowns, limits and down window, given everything that was seen before it.</summary>
static class RuleCheck
{
    public static IEnumerable<string> Breaches(Chronicle chronicle, OurChange change, ExpectedRules rules)
    {
        var (at, count) = (change.Update.At, change.Update.Count!);
        string what = $"{ChronicleCheck.Text(change.Update)} by {change.Instance}";
        if (count.To < rules.Min || count.To > rules.Max)
            yield return $"{what}: outside {rules.Min} to {rules.Max}";
        var before = chronicle.Updates.Where(update => update.Count is not null && update.Id == change.Update.Id && update.At < at).ToList();
        if (before.LastOrDefault() is { Count.To: 0 } stop && chronicle.ByHand.Any(hand => hand.Explains(stop)))
            yield return $"{what}: {ChronicleCheck.Text(stop)} was a person's stop";
        // Into the bounds, and back up to what somebody else reset, a change goes at once.
        if (IsPulledIn(count, rules) || IsRestored(change))
            yield break;
        bool up = count.To > count.From;
        var since = before.FindLast(update => !up || update.Count!.To > update.Count.From);
        var cooldown = up ? rules.CooldownUp : rules.CooldownDown;
        if (since is not null && at - since.At < cooldown - ChronicleCheck.Jitter)
            yield return $"{what}: {(at - since.At).TotalSeconds:0.0} s after {ChronicleCheck.Text(since)}, the cooldown is {cooldown.TotalSeconds:0} s";
        if (up && OverLimit(before, at, count, rules) is { } added)
            yield return $"{what}: {added} more within {rules.UpLimit!.Value.Period.TotalSeconds:0} s, {rules.UpLimit.Value.Replicas} are allowed";
        if (!up && MostAsked(chronicle, change.Update, rules.DownWindow) is { } most && count.To < Math.Min(most, rules.Max))
            yield return $"{what}: {most} were asked for within the last {rules.DownWindow.TotalSeconds:0} s";
    }

    static bool IsPulledIn(CountChange count, ExpectedRules rules) =>
        (count.From < rules.Min && count.To == rules.Min) || (count.From > rules.Max && count.To == rules.Max);

    static bool IsRestored(OurChange change) => change.Claim?.Reason == "restore";

    /// <summary>How many more there are than at the period's start, this change included, if that is too many.</summary>
    static int? OverLimit(IEnumerable<SeenUpdate> before, DateTimeOffset at, CountChange count, ExpectedRules rules)
    {
        if (rules.UpLimit is not { } limit)
            return null;
        int added = count.To - count.From + before
            .Where(update => at - update.At < limit.Period - ChronicleCheck.Jitter)
            .Sum(update => update.Count!.To - update.Count.From);
        return added > limit.Replicas ? added : null;
    }

    /// <summary>The highest number of replicas that was asked for within the window, as far as an evaluation must have seen it; null when that is not known.</summary>
    static int? MostAsked(Chronicle chronicle, SeenUpdate update, TimeSpan window)
    {
        var asked = chronicle.Demand.Where(each => each.Service == update.Service && each.At <= update.At).OrderBy(each => each.At).ToList();
        var start = update.At - window + ChronicleCheck.Jitter;
        return asked
            .Select((each, i) => (Wish: each, End: i == asked.Count - 1 ? update.At : LastSeen(chronicle, asked[i + 1].At)))
            .Where(each => each.End > start && each.End - each.Wish.At >= each.Wish.Delay + ChronicleCheck.Jitter)
            .Max(each => (int?)each.Wish.Replicas);
    }

    /// <summary>When a wish that ended then was seen for the last time: earlier, if nobody looked.</summary>
    static DateTimeOffset LastSeen(Chronicle chronicle, DateTimeOffset end) =>
        chronicle.Blind.Where(span => span.From <= end && end <= span.Until).Select(span => span.From).DefaultIfEmpty(end).Min();
}
