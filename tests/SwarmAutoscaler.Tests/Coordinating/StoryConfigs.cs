using System.Collections.Immutable;
using SwarmAutoscaler.TestSupport;

namespace SwarmAutoscaler.Coordinating;

/// <summary>The one truth: configs as the managers agree on them, and what they were at each moment before.</summary>
sealed class RaftStory(ManualTime world)
{
    readonly List<(DateTimeOffset From, ImmutableDictionary<string, FoundConfig> Configs)> log = [(DateTimeOffset.MinValue, ImmutableDictionary<string, FoundConfig>.Empty)];
    ulong index = 10;

    public ImmutableDictionary<string, FoundConfig> Now => log[^1].Configs;

    /// <summary>Successful writes by name.</summary>
    public Dictionary<string, int> Writes { get; } = [];

    /// <summary>What a manager showed that stopped hearing of the others so long ago.</summary>
    public ImmutableDictionary<string, FoundConfig> Ago(TimeSpan age) => log.Last(entry => entry.From <= world.GetUtcNow() - age).Configs;

    public ConfigWrite Create(string name, IReadOnlyDictionary<string, string> labels)
    {
        if (Now.ContainsKey(name))
            return new ConfigWrite(ConfigWriteKind.Lost, $"config {name} already exists");
        Put(name, $"id-{index + 1}", labels);
        return new ConfigWrite(ConfigWriteKind.Written, "");
    }

    public ConfigWrite Update(FoundConfig found, IReadOnlyDictionary<string, string> labels)
    {
        if (!Now.TryGetValue(found.Name, out var present) || present.Id != found.Id || present.Version != found.Version)
            return new ConfigWrite(ConfigWriteKind.Lost, "update out of sequence");
        Put(found.Name, found.Id, labels);
        return new ConfigWrite(ConfigWriteKind.Written, "");
    }

    /// <summary>Somebody does <c>docker config rm</c>.</summary>
    public void Remove(string name) => log.Add((world.GetUtcNow(), Now.Remove(name)));

    /// <summary>Somebody writes other labels.</summary>
    public void Scribble(string name, params (string Name, string Value)[] labels) =>
        Put(name, Now.GetValueOrDefault(name)?.Id ?? "id-scribbled", labels.ToDictionary(label => label.Name, label => label.Value));

    void Put(string name, string id, IReadOnlyDictionary<string, string> labels)
    {
        log.Add((world.GetUtcNow(), Now.SetItem(name, new FoundConfig(name, id, ++index, labels.ToImmutableDictionary(), null))));
        Writes[name] = Writes.GetValueOrDefault(name) + 1;
    }
}

/// <summary>One instance's way to the configs: requests take their time on the way there and back, get lost, or arrive when nobody waits any more.</summary>
sealed class StoryConfigs(RaftStory raft, ManualTime world, TimeProvider own) : IConfigStore
{
    /// <summary>As the lease's calls: 1 s.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>How the next request, a write or not, travels; by default at once.</summary>
    public Func<bool, Journey> Next { get; set; } = _ => new Journey(TimeSpan.Zero, TimeSpan.Zero);

    public async Task<ConfigLookup> ReadAsync(string name, CancellationToken cancellation)
    {
        var read = await TravelAsync<ConfigLookup>(isWrite: false, journey => journey.Age is { } age
            ? raft.Ago(age).GetValueOrDefault(name) is { } old ? old : new AbsentConfig(null)
            : raft.Now.GetValueOrDefault(name) is { } now ? now : new AbsentConfig(null), cancellation);
        return read ?? new UnreadConfig("no answer");
    }

    public Task<ConfigWrite> CreateAsync(string name, AbsentConfig absent, IReadOnlyDictionary<string, string> labels, CancellationToken cancellation) =>
        WriteAsync(() => raft.Create(name, labels), cancellation);

    public Task<ConfigWrite> UpdateAsync(FoundConfig found, IReadOnlyDictionary<string, string> labels, CancellationToken cancellation) =>
        WriteAsync(() => raft.Update(found, labels), cancellation);

    async Task<ConfigWrite> WriteAsync(Func<ConfigWrite> write, CancellationToken cancellation) =>
        await TravelAsync(isWrite: true, _ => write(), cancellation) ?? new ConfigWrite(ConfigWriteKind.Unknown, "no answer");

    /// <summary>Null when no answer came in time; the request may arrive all the same, or have arrived.</summary>
    async Task<T?> TravelAsync<T>(bool isWrite, Func<Journey, T> arrive, CancellationToken cancellation) where T : class
    {
        cancellation.ThrowIfCancellationRequested();
        var journey = Next(isWrite);
        T? answer = null;
        async Task ArriveAsync()
        {
            if (journey.There > TimeSpan.Zero)
                await Task.Delay(journey.There, world, CancellationToken.None);
            answer = arrive(journey);
        }
        var arriving = journey.IsLost ? Task.CompletedTask : ArriveAsync();
        bool comes = !journey.IsLost && !journey.AnswerIsLost && journey.There + journey.Back < Patience;
        var wait = comes ? journey.There + journey.Back : Patience;
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, own, CancellationToken.None);
        if (comes)
            await arriving; // due at the same moment at the latest
        return comes ? answer : null;
    }
}

/// <summary>How a request travels.</summary>
/// <param name="There">Until the managers see it.</param>
/// <param name="Back">Until the answer has come.</param>
/// <param name="IsLost">It never arrives.</param>
/// <param name="AnswerIsLost">It arrives, and nobody hears what became of it.</param>
/// <param name="Age">A read is answered by a manager that is this far behind; null when it is not.</param>
sealed record Journey(TimeSpan There, TimeSpan Back, bool IsLost = false, bool AnswerIsLost = false, TimeSpan? Age = null);
