using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SwarmAutoscaler.TestSupport;

namespace SwarmAutoscaler.Dashboards;

/// <summary>One Grafana dashboard of the repository, taken apart as far as the tests need it.</summary>
sealed partial class DashboardFile
{
    public static readonly string Folder = Path.Combine(Testbed.Repository, "dashboards");

    DashboardFile(string path) => (Name, Length, Json) = (Path.GetFileName(path), new FileInfo(path).Length, JsonNode.Parse(File.ReadAllText(path))!);

    public static IReadOnlyList<DashboardFile> All { get; } =
        [.. Directory.EnumerateFiles(Folder, "*.json").Order(StringComparer.Ordinal).Select(path => new DashboardFile(path))];

    public string Name { get; }

    public long Length { get; }

    public JsonNode Json { get; }

    public string Uid => Text(Json["uid"]);

    public IEnumerable<JsonNode> Variables => Json["templating"]!["list"]!.AsArray().OfType<JsonNode>();

    public IEnumerable<JsonNode> Annotations => Json["annotations"]!["list"]!.AsArray().OfType<JsonNode>();

    /// <summary>Rows too.</summary>
    public IEnumerable<JsonNode> Panels => Json["panels"]!.AsArray().OfType<JsonNode>();

    /// <summary>Panels that ask something.</summary>
    public IEnumerable<JsonNode> Charts => Panels.Where(panel => Text(panel["type"]) != "row");

    /// <summary>Everything that Grafana asks Prometheus for this dashboard, with where it stands.</summary>
    public IEnumerable<(string Where, string Expression)> Queries =>
    [
        .. Charts.SelectMany(panel => panel["targets"]!.AsArray().Select(target => ($"{Text(panel["title"])} {Text(target!["refId"])}", Text(target["expr"])))),
        .. Variables.Where(variable => Text(variable["type"]) == "query").Select(variable => ($"variable {Text(variable["name"])}", Labels().Match(Text(variable["query"]!["query"])).Groups[1].Value)),
        .. Annotations.Select(annotation => ($"annotation {Text(annotation["name"])}", Text(annotation["target"]!["expr"]))),
    ];

    public static DashboardFile Of(string name) => All.Single(file => file.Name == name);

    /// <summary>The expression as Grafana sends it when everything, or this one service, is chosen.</summary>
    public static string Filled(string expression, string service = ".*", string rateInterval = "1m") => expression
        .Replace("$__rate_interval", rateInterval, StringComparison.Ordinal)
        .Replace("$service", service, StringComparison.Ordinal)
        .Replace("$metric", ".*", StringComparison.Ordinal)
        .Replace("$instance", ".*", StringComparison.Ordinal);

    public static string Text(JsonNode? node) => (string?)node ?? "";

    [GeneratedRegex(@"^label_values\((.+), \w+\)$")]
    private static partial Regex Labels();
}
