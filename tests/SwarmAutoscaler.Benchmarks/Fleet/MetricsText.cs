using System.Globalization;

namespace SwarmAutoscaler.Benchmarks.Fleet;

/// <summary>A page in the Prometheus text format, looked at by name and labels.</summary>
sealed class MetricsText(IReadOnlyDictionary<string, double> series)
{
    public static MetricsText Parse(string page) => new(page.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Where(line => line[0] != '#')
        .ToDictionary(line => line[..line.LastIndexOf(' ')], line => double.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture)));

    /// <summary>Over all series of this name that have these labels.</summary>
    public double Sum(string name, params (string Label, string Value)[] labels) =>
        Of(name).Where(pair => labels.All(label => pair.Key.Contains($"{label.Label}=\"{label.Value}\"", StringComparison.Ordinal))).Sum(pair => pair.Value);

    /// <summary>The sums of a name by the values of one label.</summary>
    public IReadOnlyDictionary<string, double> By(string name, string label) => Of(name)
        .GroupBy(pair => pair.Key.Split($"{label}=\"")[1].Split('"')[0], StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.Sum(pair => pair.Value));

    IEnumerable<KeyValuePair<string, double>> Of(string name) =>
        series.Where(pair => pair.Key == name || pair.Key.StartsWith(name + "{", StringComparison.Ordinal));
}
