using System.Text.Json;
using System.Text.RegularExpressions;
using SwarmAutoscaler.Recording;
using Xunit;

namespace SwarmAutoscaler.Dashboards;

/// <summary>Every instance exports everything; what is shown of services is what the acting one says, as if it were alone.</summary>
public sealed partial class TwoInstancesTests
{
    /// <summary>Which dashboards are about services. The third one is about the instances themselves.</summary>
    public static TheoryData<string> Files => ["fleet.json", "service.json"];

    /// <summary>Series of one instance, at the times 0 s, 15 s, …: the acting one, and one that stands by and whose view differs wherever it can.</summary>
    static readonly (string Series, string Acting, string StandingBy)[] Series =
    [
        ("swarm_autoscaler_leader{}", "1x240", "0x240"),
        ("swarm_autoscaler_policies_loaded{}", "3x240", "3x240"),
        ("swarm_autoscaler_policy_errors{}", "1x240", "1x240"),
        .. OfService("replicas_current", "", "5x240", "7x240"),
        .. OfService("replicas_running", "", "4x240", "6x240"),
        .. OfService("replicas_desired", "", "3x240", "7x240"),
        .. OfService("replicas_min", "", "1x240", "2x240"),
        .. OfService("replicas_max", "", "5x240", "9x240"),
        .. OfService("paused", "", "0x240", "1x240"),
        .. OfService("cooldown_remaining_seconds", "direction=\"up\"", "10x240", "20x240"),
        .. OfService("cooldown_remaining_seconds", "direction=\"down\"", "30x240", "40x240"),
        .. OfService("metric_value", "metric=\"cpu\"", "0.7x240", "0.9x240"),
        .. OfService("metric_target", "metric=\"cpu\"", "0.5x240", "0.4x240"),
        .. OfService("metric_recommendation", "metric=\"cpu\"", "6x240", "8x240"),
        .. OfService("fallback_active", "metric=\"cpu\"", "0x240", "1x240"),
        .. OfService("fallback_active", "metric=\"jobs\"", "1x240", "0x240"),
        .. OfService("metric_missing_total", "metric=\"jobs\",source=\"redis\"", "0+1x240", "0+2x240"),
        .. OfService("metric_missing_total", "metric=\"cpu\",source=\"prometheus\"", "0x240", "0+2x240"),
        .. OfService("decisions_total", "action=\"hold\",reason=\"cooldown\"", "0+1x240", "0x240"),
        .. OfService("decisions_total", "action=\"hold\",reason=\"within_tolerance\"", "0+2x240", "0x240"),
        .. OfService("decisions_total", "action=\"hold\",reason=\"not_leader\"", "0x240", "0+9x240"),
        .. OfService("decisions_total", "action=\"hold\",reason=\"update_paused\"", "0+1x240", "0+1x240"),
        // What it tried while it acted still counts, so only the acting instance has tried anything here.
        .. OfService("changes_total", "direction=\"up\",outcome=\"applied\"", "0x238 1 2", "0x240"),
        .. OfService("changes_total", "direction=\"down\",outcome=\"applied\"", "0x238 1 2", "0x240"),
    ];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task An_instance_that_stands_by_changes_nothing_of_what_is_shown(string file)
    {
        string alone = await ShownAsync(file, Lines("a", series => series.Acting));
        // A query that gives nothing is as expected and not told of.
        Assert.Equal(Expressions(file).Count, Came().Count(alone));
        string both = await ShownAsync(file, Lines("a", series => series.Acting).Concat(Lines("b", series => series.StandingBy)));
        Assert.Equal(alone, both);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task While_no_instance_acts_the_dashboard_shows_what_those_that_stand_by_see(string file)
    {
        var rows = (await ShownAsync(file, Lines("b", series => series.StandingBy))).Split('\n');
        Assert.Contains(rows, row => row.Contains("{} 7E+00", StringComparison.Ordinal) || row.Contains("{service=\"shop_api\"} 7E+00", StringComparison.Ordinal));
        Assert.Contains(rows, row => row.Contains("reason=\"not_leader\"", StringComparison.Ordinal));
    }

    static (string, string, string)[] OfService(string name, string labels, string acting, string standingBy) =>
        [($"swarm_autoscaler_{name}{{service=\"shop_api\"{(labels.Length > 0 ? "," : "")}{labels}}}", acting, standingBy)];

    static IEnumerable<string> Lines(string instance, Func<(string Series, string Acting, string StandingBy), string> values) => Series.Select(series =>
        $"  - {{ series: '{series.Series.Replace("}", $"{(series.Series.EndsWith("{}", StringComparison.Ordinal) ? "" : ",")}instance=\"{instance}\"}}", StringComparison.Ordinal)}', values: '{values(series)}' }}");

    /// <summary>Without those of variables: of them only the values of one label count.</summary>
    static List<string> Expressions(string file) => [.. DashboardFile.Of(file).Queries
        .Where(query => !query.Where.StartsWith("variable ", StringComparison.Ordinal)).Select(query => DashboardFile.Filled(query.Expression, "shop_api"))];

    /// <summary>What each query of a dashboard gives after an hour. Nothing is expected of it, so that promtool says what came instead.</summary>
    static async Task<string> ShownAsync(string file, IEnumerable<string> series)
    {
        string alert = "  - { series: 'ALERTS{alertname=\"SwarmAutoscalerX\",alertstate=\"firing\",severity=\"info\"}', values: '1x240' }";
        string cases = $"""
            tests:
            - interval: 15s
              input_series:
            {string.Join('\n', series.Append(alert))}
              promql_expr_test:
            {string.Join('\n', Expressions(file).Select(expression => $"  - {{ expr: {JsonSerializer.Serialize(expression)}, eval_time: 1h, exp_samples: [] }}"))}
            """;
        string path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, cases);
        var (_, output) = await Promtool.TestRulesAsync(path);
        File.Delete(path);
        return output.Replace(path, "", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^\s+got: \{", RegexOptions.Multiline)]
    private static partial Regex Came();
}
