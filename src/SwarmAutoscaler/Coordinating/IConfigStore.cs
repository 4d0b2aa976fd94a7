using SwarmAutoscaler.Applying;

namespace SwarmAutoscaler.Coordinating;

/// <summary>
/// Small named objects with labels and a version, written by compare-and-set: Swarm's configs. Only a write goes through Raft; a read may be old, on a
/// manager that is cut off from the others by many seconds. Failures are values; only cancellation throws, and only before a write has left.
/// </summary>
interface IConfigStore
{
    Task<ConfigLookup> ReadAsync(string name, CancellationToken cancellation);

    /// <summary>Makes an object that was absent.</summary>
    Task<ConfigWrite> CreateAsync(string name, AbsentConfig absent, IReadOnlyDictionary<string, string> labels, CancellationToken cancellation);

    /// <summary>Replaces all labels, if the object is still as it was found.</summary>
    Task<ConfigWrite> UpdateAsync(FoundConfig found, IReadOnlyDictionary<string, string> labels, CancellationToken cancellation);
}

/// <summary>What a read showed.</summary>
abstract record ConfigLookup;

/// <param name="Name">Its exact name.</param>
/// <param name="Id">The engine's id; an object that was removed and made anew has another one.</param>
/// <param name="Version">Rises with every write in the Swarm.</param>
/// <param name="Labels">All of them.</param>
/// <param name="At">Where it was read.</param>
sealed record FoundConfig(string Name, string Id, ulong Version, IReadOnlyDictionary<string, string> Labels, EngineSession? At) : ConfigLookup;

/// <summary>There is no object of this name.</summary>
sealed record AbsentConfig(EngineSession? At) : ConfigLookup;

/// <summary>No usable answer.</summary>
/// <param name="Because">One sentence.</param>
/// <param name="IsForbidden">Something in front of the engine does not let configs be used; that does not pass by itself.</param>
sealed record UnreadConfig(string Because, bool IsForbidden = false) : ConfigLookup;

/// <summary>What became of a write.</summary>
enum ConfigWriteKind
{
    Written,

    /// <summary>Somebody else was quicker: the object is not as it was found.</summary>
    Lost,

    /// <summary>Nothing was written.</summary>
    Refused,

    /// <summary>It may have been written, or may yet be.</summary>
    Unknown,
}

/// <summary>What became of a write, and a sentence for people.</summary>
sealed record ConfigWrite(ConfigWriteKind Kind, string Because, bool IsForbidden = false);
