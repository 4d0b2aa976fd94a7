using System.Text.RegularExpressions;
using SwarmAutoscaler.Documentation;
using SwarmAutoscaler.Recording;
using SwarmAutoscaler.TestSupport;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace SwarmAutoscaler.Dashboards;

public sealed partial class AlertTests
{
    static readonly string RulesFile = Path.Combine(DashboardFile.Folder, "alerts.yml");

    static readonly string CasesFolder = Path.Combine(Testbed.Repository, "tests", "SwarmAutoscaler.Tests", "Dashboards");

    static readonly Dictionary<string, YamlMappingNode> Rules = Documents(RulesFile)["groups"].Sequence()
        .SelectMany(group => group["rules"].Sequence()).ToDictionary(rule => rule["alert"].Scalar(), rule => (YamlMappingNode)rule, StringComparer.Ordinal);

    /// <summary>What the cases expect, by alert: the labels of a firing one, or nothing.</summary>
    static readonly ILookup<string, string> Expected = CaseFiles().SelectMany(file => Documents(file)["tests"].Sequence())
        .SelectMany(test => test["promql_expr_test"].Sequence())
        .ToLookup(test => AlertName().Match(test["expr"].Scalar()).Groups[1].Value, test => string.Concat(test["exp_samples"].Sequence().Select(sample => sample["labels"].Scalar())));

    public static TheoryData<string> Alerts { get; } = [.. Rules.Keys];

    public static TheoryData<string> Cases { get; } = [.. CaseFiles().Select(path => Path.GetFileName(path)!)];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Alerts_fire_when_they_should_and_only_then(string cases)
    {
        var (exitCode, output) = await Promtool.TestRulesAsync(Path.Combine(CasesFolder, cases));
        Assert.True(exitCode == 0, output);
    }

    [Theory]
    [MemberData(nameof(Alerts))]
    public void Every_alert_has_a_case_in_which_it_fires_and_one_in_which_it_does_not(string alert)
    {
        Assert.Contains(Expected[alert], labels => labels.Length > 0);
        Assert.Contains("", Expected[alert]);
    }

    [Theory]
    [MemberData(nameof(Alerts))]
    public void Every_alert_waits_has_a_severity_and_says_what_to_look_at(string alert)
    {
        var rule = Rules[alert];
        Assert.Matches(@"^[1-9]\d*[mh]$", rule["for"].Scalar());
        Assert.Contains(rule["labels"]["severity"].Scalar(), (string[])["critical", "warning", "info"]);
        var annotations = rule["annotations"];
        Assert.NotEmpty(annotations["summary"].Scalar());
        Assert.EndsWith(".", annotations["description"].Scalar(), StringComparison.Ordinal);
        // A label that the series does not have is an empty place in the sentence.
        var labels = Expected[alert].First(each => each.Length > 0);
        Assert.All(LabelInText().Matches($"{annotations["summary"]} {annotations["description"]}"), match =>
            Assert.Contains($"{match.Groups[1].Value}=\"", labels, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Alerts))]
    public void Every_alert_leads_to_what_to_do_about_it(string alert)
    {
        Assert.Equal($"docs/dashboards.md#{alert.ToLowerInvariant()}", Rules[alert]["annotations"]["runbook"].Scalar());
        Assert.Contains(alert.ToLowerInvariant(), MarkdownText.All.Single(file => file.Path == "docs/dashboards.md").Anchors);
    }

    [Fact]
    public void Every_metric_and_reason_in_an_alert_exists()
    {
        string text = string.Concat(Rules.Values.Select(rule => rule["expr"].Scalar() + "\n"));
        Assert.Empty(MetricName().Matches(text).Select(match => match.Value).Except(MetricNames.All.Concat(MetricNames.Histograms.SelectMany(name => (string[])[$"{name}_bucket", $"{name}_count"]))));
        Assert.Empty(DashboardTests.ReasonsIn(text).Except(ReasonWords.All));
    }

    [Fact]
    public void Prometheus_reads_the_alerts_where_the_stack_puts_them()
    {
        string stack = File.ReadAllText(Path.Combine(Testbed.Repository, "docker-stack.yml"));
        Assert.Contains("target: /etc/prometheus/alerts.yml\n", stack, StringComparison.Ordinal);
        Assert.Contains("file: ./dashboards/alerts.yml\n", stack, StringComparison.Ordinal);
        Assert.Equal(["alerts.yml"], Documents(Path.Combine(DashboardFile.Folder, "prometheus.yml"))["rule_files"].Sequence().Select(file => file.Scalar()));
    }

    static IEnumerable<string> CaseFiles() => Directory.EnumerateFiles(CasesFolder, "alerts.*.yml").Order(StringComparer.Ordinal);

    static YamlMappingNode Documents(string path)
    {
        var yaml = new YamlStream();
        using var reader = File.OpenText(path);
        yaml.Load(reader);
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    [GeneratedRegex("""alertname="(\w+)""")]
    private static partial Regex AlertName();

    [GeneratedRegex(@"\$labels\.(\w+)")]
    private static partial Regex LabelInText();

    [GeneratedRegex(@"\b(?:swarm_autoscaler|process)_[a-z_]+")]
    private static partial Regex MetricName();
}

file static class YamlNodes
{
    public static string Scalar(this YamlNode node) => ((YamlScalarNode)node).Value!;

    public static YamlSequenceNode Sequence(this YamlNode node) => (YamlSequenceNode)node;
}
