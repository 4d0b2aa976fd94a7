using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SwarmAutoscaler.Recording;
using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.Container;

public sealed partial class DashboardTests
{
    static readonly string Folder = Path.Combine(Testbed.Repository, "dashboards");

    static readonly string[] Files = [.. Directory.EnumerateFiles(Folder, "*.json").Select(path => Path.GetFileName(path)!)];

    public static TheoryData<string> Dashboards { get; } = [.. Files];

    [Theory]
    [MemberData(nameof(Dashboards))]
    public void Every_metric_in_a_dashboard_is_one_that_the_autoscaler_has(string file)
    {
        string[] used = [.. Expressions(file).SelectMany(expression => MetricName().Matches(expression)).Select(match => match.Value).Distinct()];
        Assert.NotEmpty(used);
        Assert.Empty(used.Except(MetricNames.All.SelectMany(SeriesOf)));
    }

    [Theory]
    [MemberData(nameof(Dashboards))]
    public async Task Every_query_in_a_dashboard_is_one_that_Prometheus_understands(string file)
    {
        string rules = "groups:\n- name: queries\n  rules:\n" + string.Concat(Expressions(file)
            .Select((expression, index) => $"  - record: query:{index}\n    expr: {JsonValue.Create(WithoutVariables(expression)).ToJsonString()}\n"));
        string path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, rules);
        var (exitCode, output) = await Promtool.CheckFileAsync("rules", path);
        File.Delete(path);
        Assert.True(exitCode == 0, output);
    }

    [Theory]
    [MemberData(nameof(Dashboards))]
    public void Panels_have_a_place_of_their_own_a_title_and_the_chosen_data_source(string file)
    {
        var panels = Panels(file).ToList();
        Assert.Equal(panels.Count, panels.Select(panel => (int)panel["id"]!).Distinct().Count());
        var taken = new HashSet<(int, int)>();
        foreach (var panel in panels)
        {
            Assert.False(string.IsNullOrEmpty((string?)panel["title"]));
            Assert.Equal("${datasource}", (string?)panel["datasource"]!["uid"]);
            var (x, y, w, h) = ((int)panel["gridPos"]!["x"]!, (int)panel["gridPos"]!["y"]!, (int)panel["gridPos"]!["w"]!, (int)panel["gridPos"]!["h"]!);
            Assert.InRange(x + w, 1, 24);
            foreach (int column in Enumerable.Range(x, w))
                foreach (int row in Enumerable.Range(y, h))
                    Assert.True(taken.Add((column, row)), $"'{panel["title"]}' overlaps another panel");
            Assert.Equal(panel["targets"]!.AsArray().Count, panel["targets"]!.AsArray().Select(target => (string?)target!["refId"]).Distinct().Count());
        }
    }

    [Theory]
    [MemberData(nameof(Dashboards))]
    public void A_dashboard_is_small_enough_for_a_Swarm_config(string file) =>
        Assert.InRange(new FileInfo(Path.Combine(Folder, file)).Length, 1, 500_000);

    [Fact]
    public void Grafana_finds_the_data_source_and_the_dashboards_where_the_stack_puts_them()
    {
        string stack = File.ReadAllText(Path.Combine(Testbed.Repository, "docker-stack.yml"));
        string provider = File.ReadAllText(Path.Combine(Folder, "provisioning", "dashboards.yml"));
        string folder = FolderOfProvider().Match(provider).Groups[1].Value;
        Assert.All(Files, file => Assert.Contains($"target: {folder}/{file}", stack, StringComparison.Ordinal));
        Assert.Contains("url: http://prometheus:9090", File.ReadAllText(Path.Combine(Folder, "provisioning", "datasource.yml")), StringComparison.Ordinal);
    }

    static IEnumerable<JsonNode> Panels(string file) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, file)))!["panels"]!.AsArray().OfType<JsonNode>();

    static IEnumerable<string> Expressions(string file)
    {
        var dashboard = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, file)))!;
        foreach (var panel in dashboard["panels"]!.AsArray())
            foreach (var target in panel!["targets"]!.AsArray())
                yield return (string)target!["expr"]!;
        foreach (var variable in dashboard["templating"]!["list"]!.AsArray())
            if ((string?)variable!["type"] == "query")
                yield return Labels().Match((string)variable["query"]!["query"]!).Groups[1].Value;
    }

    /// <summary>The series a family has in Prometheus; a histogram has three and none of its own name.</summary>
    static string[] SeriesOf(string family) =>
        MetricNames.Histograms.Contains(family) ? [$"{family}_bucket", $"{family}_sum", $"{family}_count"] : [family];

    static string WithoutVariables(string expression) =>
        expression.Replace("$__rate_interval", "1m", StringComparison.Ordinal).Replace("$service", ".*", StringComparison.Ordinal);

    [GeneratedRegex(@"\b(?:swarm_autoscaler|process)_[a-z_]+")]
    private static partial Regex MetricName();

    [GeneratedRegex(@"^label_values\((.+), \w+\)$")]
    private static partial Regex Labels();

    [GeneratedRegex(@"path: (\S+)")]
    private static partial Regex FolderOfProvider();
}
