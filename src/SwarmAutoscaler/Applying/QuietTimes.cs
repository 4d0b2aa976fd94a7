using System.Globalization;
using SwarmAutoscaler.Measuring;

namespace SwarmAutoscaler.Applying;

/// <summary>What is left alone together: a stack, whose services are deployed one after the other, or a service of its own.</summary>
readonly record struct QuietKey
{
    public QuietKey(string? stack, string id) => (Stack, Id) = (stack, stack is null ? id : null);

    public string? Stack { get; }

    public string? Id { get; }
}

/// <summary>Which services are left alone after somebody updated them. Not for several threads.</summary>
sealed class QuietTimes(TimeProvider time)
{
    /// <summary>
    /// 5 s after an update. <c>docker stack deploy</c> lists a stack's services once and updates them one after the other with the versions of that list;
    /// between two updates it may ask a registry for an image. Who deploys again and again, or updates by hand a few times, pauses about as long.
    /// </summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(5);

    /// <summary>
    /// 5 min. Whoever updates for longer without a pause is not a deployment but another program, which would otherwise keep us from scaling for ever.
    /// The versions see to it that nothing of either is lost.
    /// </summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    readonly Dictionary<QuietKey, Quiet> quiet = [];

    public bool IsEmpty => quiet.Count == 0;

    /// <param name="key">What was updated.</param>
    /// <param name="name">The service that was updated.</param>
    /// <param name="age">How long ago, 0 s or more.</param>
    public void Note(QuietKey key, string name, TimeSpan age)
    {
        if (age >= Length)
            return;
        long at = time.GetTimestamp() - (long)(age.TotalSeconds * time.TimestampFrequency);
        if (!quiet.TryGetValue(key, out var now) || IsOver(now))
            quiet[key] = now = new Quiet(now?.Names ?? new HashSet<string>(StringComparer.Ordinal), at);
        now.Updated = name;
        now.Names.Add(name);
        now.At = Math.Max(now.At, at);
    }

    /// <summary>An update was noted after that moment.</summary>
    public bool IsNotedSince(QuietKey key, long moment) => quiet.TryGetValue(key, out var now) && now.At >= moment;

    public QuietTime? Of(QuietKey key)
    {
        if (!quiet.TryGetValue(key, out var now) || IsOver(now) || time.GetElapsedTime(now.Since) >= Longest)
            return null;
        var until = time.GetUtcNow() + Length - time.GetElapsedTime(now.At);
        return new QuietTime(until, string.Create(CultureInfo.InvariantCulture,
            $"{(key.Stack is { } stack ? $"{now.Updated} of the stack {stack}" : now.Updated)} was just updated by somebody else; quiet time until {until.UtcDateTime:HH:mm:ss} UTC, so that their deployment does not meet our change"));
    }

    /// <summary>The quiet times that are over, each once, with the names of the services that were updated.</summary>
    public IReadOnlyDictionary<QuietKey, IReadOnlySet<string>> TakeEnded()
    {
        var ended = quiet.Where(each => IsOver(each.Value)).ToDictionary(each => each.Key, each => (IReadOnlySet<string>)each.Value.Names);
        foreach (var key in ended.Keys)
            quiet.Remove(key);
        return ended;
    }

    bool IsOver(Quiet each) => time.GetElapsedTime(each.At) >= Length;

    /// <param name="names">The services that were updated.</param>
    /// <param name="since">The first update of an unbroken row.</param>
    sealed class Quiet(HashSet<string> names, long since)
    {
        public HashSet<string> Names { get; } = names;

        public long Since { get; } = since;

        /// <summary>The last update.</summary>
        public long At { get; set; } = since;

        /// <summary>The service that was updated last.</summary>
        public string Updated { get; set; } = "";
    }
}
