using System.Globalization;
using SwarmAutoscaler.Measuring;

namespace SwarmAutoscaler.Applying;

/// <summary>
/// Tells old answers from new ones. A manager that is cut off from the others goes on answering reads for about 12 s with what it knew last; a decision on
/// that would take the past for somebody's change. The version of a service never falls, so an answer shows that it is old once a newer one was seen at
/// another manager. When every manager in turn says the same, it is the truth: the Swarm was restored from a backup.
/// </summary>
/// <param name="managers">How many are asked in turn; a single one is always believed.</param>
sealed class NewestVersions(int managers)
{
    readonly Lock gate = new();
    readonly Dictionary<string, (string Id, ulong Version)> newest = new(StringComparer.Ordinal);
    readonly HashSet<int> behind = [];

    /// <summary>Null when the answer can be believed; else why not, one sentence.</summary>
    /// <param name="manager">Which manager answered: several old answers of one are no more evidence than one.</param>
    /// <param name="services">The services of interest; each belongs to one cycle, so that no answer overtakes another.</param>
    public string? Check(int manager, IReadOnlyList<ServiceState> services)
    {
        lock (gate)
        {
            var old = services.FirstOrDefault(service => newest.TryGetValue(service.Name, out var seen) && seen.Id == service.Id && service.Version < seen.Version);
            if (old is not null)
                behind.Add(manager);
            if (old is not null && behind.Count < managers)
                return string.Create(CultureInfo.InvariantCulture, $"its answer is old: {old.Name} has version {old.Version} there, {newest[old.Name].Version} was seen before");
            behind.Clear();
            foreach (var service in services)
                newest[service.Name] = (service.Id, service.Version);
            return null;
        }
    }
}
