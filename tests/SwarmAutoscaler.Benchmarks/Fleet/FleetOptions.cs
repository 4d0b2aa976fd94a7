using System.Globalization;

namespace SwarmAutoscaler.Benchmarks.Fleet;

/// <summary>What to measure, from the command line.</summary>
/// <param name="Measurements">Any of <c>cycle</c>, <c>burst</c>, <c>start</c>, <c>loop</c>.</param>
/// <param name="Counts">Numbers of policies, rising.</param>
/// <param name="Program">A folder with the published program; null to publish it first.</param>
sealed record FleetOptions(IReadOnlyList<string> Measurements, IReadOnlyList<int> Counts, string? Program)
{
    public const string Usage =
        """
        fleet [cycle|burst|start|loop]... [COUNT]... [--program FOLDER]   against real servers, as root; default: all, with 1, 100 and 1000 policies
        decide [FILTER]...                                                decisions per second and bytes per decision
        simulate                                                          a simulated day at 15 s, with each output
        """;

    static readonly string[] All = ["cycle", "burst", "start", "loop"];

    /// <summary>Null when the arguments cannot be understood.</summary>
    public static FleetOptions? Read(string[] arguments)
    {
        var (measurements, counts, program) = (new List<string>(), new SortedSet<int>(), default(string));
        for (int i = 0; i < arguments.Length; i++)
            if (arguments[i] == "--program" && i + 1 < arguments.Length)
                program = arguments[++i];
            else if (All.Contains(arguments[i]))
                measurements.Add(arguments[i]);
            else if (int.TryParse(arguments[i], NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0)
                counts.Add(count);
            else
                return null;
        return new FleetOptions(measurements.Count == 0 ? All : measurements, counts.Count == 0 ? [1, 100, 1000] : [.. counts], program);
    }
}
