using System.Globalization;

namespace SwarmAutoscaler.Coordinating;

/// <summary>What the labels of the lease say.</summary>
/// <param name="Holder">Who holds it; empty when it was given back.</param>
/// <param name="Sequence">One more with each write, so that a writer who does not know what became of a write recognises it.</param>
/// <param name="Alive">The holder's clock when it wrote this. Only facts are dated by it; whether the lease has run out is never judged by it.</param>
/// <param name="Saved">Counts the holder's writes of the stored history, so that the others know when to read it.</param>
sealed record LeaseRecord(string Holder, long Sequence, DateTimeOffset Alive, long Saved)
{
    const string Prefix = "swarm-autoscaler.";
    const string HolderLabel = Prefix + "holder", SequenceLabel = Prefix + "sequence", AliveLabel = Prefix + "alive", SavedLabel = Prefix + "saved";

    public bool IsReleased => Holder.Length == 0;

    /// <summary>Null when it is not one that an autoscaler wrote; then somebody unknown has it.</summary>
    public static LeaseRecord? Read(IReadOnlyDictionary<string, string> labels) =>
        labels.TryGetValue(HolderLabel, out var holder)
        && long.TryParse(labels.GetValueOrDefault(SequenceLabel), NumberStyles.None, CultureInfo.InvariantCulture, out long sequence)
        && DateTimeOffset.TryParseExact(labels.GetValueOrDefault(AliveLabel), "O", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var alive)
        && long.TryParse(labels.GetValueOrDefault(SavedLabel), NumberStyles.None, CultureInfo.InvariantCulture, out long saved)
            ? new LeaseRecord(holder, sequence, alive, saved)
            : null;

    /// <summary>These labels in place of the old ones; labels that somebody else set stay.</summary>
    public IReadOnlyDictionary<string, string> In(IReadOnlyDictionary<string, string> labels) => new Dictionary<string, string>(labels, StringComparer.Ordinal)
    {
        [HolderLabel] = Holder,
        [SequenceLabel] = Sequence.ToString(CultureInfo.InvariantCulture),
        [AliveLabel] = Alive.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        [SavedLabel] = Saved.ToString(CultureInfo.InvariantCulture),
    };
}
