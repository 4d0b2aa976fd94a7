using SwarmAutoscaler.TestSupport;

namespace SwarmAutoscaler.Documentation;

/// <summary>
/// The sets under <c>policies/examples</c>: a folder <c>policies</c>, which is what an autoscaler is given, and beside it <c>scenarios</c>. What kind of file
/// something is shows in its place or name, to people and to the tests.
/// </summary>
static class ShippedSets
{
    public static string Folder { get; } = Path.Combine(Testbed.Repository, "policies", "examples");

    public static IReadOnlyList<string> Names { get; } =
        [.. Directory.EnumerateDirectories(Folder).Where(set => Directory.Exists(Path.Combine(set, "policies"))).Select(set => Path.GetFileName(set)).Order(StringComparer.Ordinal)];

    public static bool IsScenario(string path) => Path.GetFileName(Path.GetDirectoryName(path)) == "scenarios";

    public static bool IsStack(string path) => Path.GetFileName(path).StartsWith("docker-stack.", StringComparison.Ordinal);

    /// <summary>The scenario files of a set.</summary>
    public static IReadOnlyList<string> ScenariosOf(string set) => [.. Directory.EnumerateFiles(Path.Combine(set, "scenarios"), "*.yml").Order(StringComparer.Ordinal)];

    /// <summary>All policy documents of a set, wherever they lie in it.</summary>
    public static IReadOnlyList<string> PoliciesOf(string set) =>
        [.. Directory.EnumerateFiles(set, "*.yml", SearchOption.AllDirectories).Where(file => !IsScenario(file) && !IsStack(file)).Order(StringComparer.Ordinal)];
}
