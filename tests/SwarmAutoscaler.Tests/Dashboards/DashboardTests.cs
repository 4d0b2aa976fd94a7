using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SwarmAutoscaler.Recording;
using SwarmAutoscaler.TestSupport;
using Xunit;
using static SwarmAutoscaler.Dashboards.DashboardFile;

namespace SwarmAutoscaler.Dashboards;

public sealed partial class DashboardTests
{
    /// <summary>Of Grafana 12, whose image the stack names.</summary>
    const int SchemaVersion = 42;

    static readonly string[] PanelTypes = ["row", "stat", "table", "timeseries", "state-timeline"];

    public static TheoryData<string> Files { get; } = [.. All.Select(file => file.Name)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_metric_in_a_dashboard_is_one_that_the_autoscaler_has(string file)
    {
        string[] used = [.. MetricsIn(Of(file).Queries)];
        Assert.NotEmpty(used);
        Assert.Empty(used.Except(MetricNames.All.SelectMany(SeriesOf)));
    }

    [Fact]
    public void Every_metric_that_the_autoscaler_has_is_in_a_dashboard()
    {
        var used = MetricsIn(All.SelectMany(file => file.Queries)).ToHashSet();
        Assert.All(MetricNames.All, family => Assert.Contains(SeriesOf(family), used.Contains));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_reason_in_a_dashboard_is_a_reason(string file) =>
        Assert.Empty(Of(file).Queries.SelectMany(query => ReasonsIn(query.Expression)).Except(ReasonWords.All));

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Every_query_in_a_dashboard_is_one_that_Prometheus_understands(string file)
    {
        string rules = "groups:\n- name: queries\n  rules:\n" + string.Concat(Of(file).Queries
            .Select((query, index) => $"  - record: query:{index}\n    expr: {JsonValue.Create(Filled(query.Expression)).ToJsonString()}\n"));
        string path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, rules);
        var (exitCode, output) = await Promtool.CheckFileAsync("rules", path);
        File.Delete(path);
        Assert.True(exitCode == 0, output);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Panels_have_a_place_and_a_number_of_their_own(string file)
    {
        var panels = Of(file).Panels.ToList();
        Assert.Equal(panels.Count, panels.Select(panel => (int)panel["id"]!).Distinct().Count());
        var taken = new HashSet<(int, int)>();
        foreach (var panel in panels)
        {
            var (x, y, w, h) = ((int)panel["gridPos"]!["x"]!, (int)panel["gridPos"]!["y"]!, (int)panel["gridPos"]!["w"]!, (int)panel["gridPos"]!["h"]!);
            Assert.InRange(x + w, 1, 24);
            foreach (int column in Enumerable.Range(x, w))
                foreach (int row in Enumerable.Range(y, h))
                    Assert.True(taken.Add((column, row)), $"'{panel["title"]}' overlaps another panel");
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_panel_says_what_it_shows_in_a_unit_and_of_the_chosen_data_source(string file)
    {
        Assert.All(Of(file).Panels, panel => Assert.Contains(Text(panel["type"]), PanelTypes));
        Assert.All(Of(file).Charts, panel =>
        {
            Assert.NotEmpty(Text(panel["title"]));
            Assert.Matches(@"^\S.+\.$", Text(panel["description"]));
            Assert.True(Text(panel["type"]) == "state-timeline" || Text(panel["fieldConfig"]!["defaults"]!["unit"]).Length > 0);
            var targets = panel["targets"]!.AsArray();
            Assert.Equal(targets.Count, targets.Select(target => Text(target!["refId"])).Where(refId => refId.Length > 0).Distinct().Count());
            Assert.All([panel, .. targets], each => Assert.Equal(("prometheus", "${datasource}"), DatasourceOf(each!)));
            // Without a legend, series that differ only in a label look the same.
            if (Text(panel["type"]) is "timeseries" or "state-timeline")
                Assert.All(targets, target => Assert.NotEmpty(Text(target!["legendFormat"])));
        });
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_dashboard_is_of_the_schema_it_says_and_finds_the_provisioned_data_source(string file)
    {
        var dashboard = Of(file);
        Assert.Equal(SchemaVersion, (int)dashboard.Json["schemaVersion"]!);
        var source = dashboard.Variables.Single(variable => Text(variable["name"]) == "datasource");
        Assert.Equal(("datasource", "prometheus"), (Text(source["type"]), Text(source["query"])));
        Assert.Contains($"uid: {Text(source["current"]!["value"])}\n", Provisioned("datasource.yml"), StringComparison.Ordinal);
        Assert.All(dashboard.Variables.Where(variable => variable != source).Concat(dashboard.Annotations), each => Assert.Equal(("prometheus", "${datasource}"), DatasourceOf(each)));
        var variables = dashboard.Variables.Select(variable => Text(variable["name"])).ToHashSet();
        Assert.All(VariableForm().Matches(dashboard.Json["panels"]!.ToJsonString()), match => Assert.Contains(match.Groups[1].Value, variables));
    }

    [Fact]
    public void Links_lead_from_each_dashboard_to_all_others_and_from_a_service_to_its_own()
    {
        Assert.Equal(All.Count, All.Select(file => file.Uid).Distinct().Count());
        Assert.All(All, file =>
        {
            string tag = Text(file.Json["links"]![0]!["tags"]![0]);
            Assert.All(All, other => Assert.Contains(tag, other.Json["tags"]!.AsArray().Select(Text)));
        });
        var links = All.SelectMany(file => DashboardLink().Matches(file.Json.ToJsonString())).Select(match => (Uid: match.Groups[1].Value, Variable: match.Groups[2].Value)).ToList();
        Assert.Contains(("swarm-autoscaler-service", "service"), links);
        Assert.All(links, link => Assert.Contains(link.Variable, All.Single(file => file.Uid == link.Uid).Variables.Select(variable => Text(variable["name"]))));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_dashboard_is_small_enough_for_a_Swarm_config(string file) => Assert.InRange(Of(file).Length, 1, 500_000);

    [Fact]
    public void Grafana_finds_the_data_source_and_the_dashboards_where_the_stack_puts_them()
    {
        string stack = File.ReadAllText(Path.Combine(Testbed.Repository, "docker-stack.yml"));
        string folder = FolderOfProvider().Match(Provisioned("dashboards.yml")).Groups[1].Value;
        Assert.All(All, file =>
        {
            Assert.Contains($"target: {folder}/{file.Name}\n", stack, StringComparison.Ordinal);
            Assert.Contains($"file: ./dashboards/{file.Name}\n", stack, StringComparison.Ordinal);
        });
        Assert.Contains("url: http://prometheus:9090", Provisioned("datasource.yml"), StringComparison.Ordinal);
    }

    /// <summary>The reasons that an expression selects or leaves out.</summary>
    internal static IEnumerable<string> ReasonsIn(string expression) =>
        ReasonForm().Matches(expression).SelectMany(match => match.Groups[1].Value.Split('|'));

    static string Provisioned(string file) => File.ReadAllText(Path.Combine(Folder, "provisioning", file));

    static (string Type, string Uid) DatasourceOf(JsonNode node) => (Text(node["datasource"]!["type"]), Text(node["datasource"]!["uid"]));

    static IEnumerable<string> MetricsIn(IEnumerable<(string Where, string Expression)> queries) =>
        queries.SelectMany(query => MetricName().Matches(query.Expression)).Select(match => match.Value).Distinct();

    /// <summary>The series a family has in Prometheus; a histogram has three and none of its own name.</summary>
    static string[] SeriesOf(string family) =>
        MetricNames.Histograms.Contains(family) ? [$"{family}_bucket", $"{family}_sum", $"{family}_count"] : [family];

    [GeneratedRegex(@"\b(?:swarm_autoscaler|process)_[a-z_]+")]
    private static partial Regex MetricName();

    [GeneratedRegex("""reason(?:=|!=|=~|!~)"([^"]+)""")]
    private static partial Regex ReasonForm();

    [GeneratedRegex(@"\$\{?(?!__)([a-z]+)")]
    private static partial Regex VariableForm();

    [GeneratedRegex(@"/d/([a-z-]+)\?var-(\w+)=")]
    private static partial Regex DashboardLink();

    [GeneratedRegex(@"path: (\S+)")]
    private static partial Regex FolderOfProvider();
}
