using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SwarmAutoscaler.Api;
using SwarmAutoscaler.Commands;
using SwarmAutoscaler.Cycle;
using SwarmAutoscaler.Policies;
using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.Documentation;

/// <summary>What <c>docs/api.md</c> shows is done, in its order, and answered as it shows.</summary>
public sealed partial class ApiReferenceTests
{
    static readonly MarkdownText Page = MarkdownText.All.Single(file => file.Path == Path.Combine("docs", "api.md"));

    static readonly ScalingPolicy Policy = CycleTrial.Policy("shop_worker", CycleTrial.Metric("demand", "shop_worker")) with
    {
        ScaleUp = new ScalingRules { Limits = [RateLimit.OfReplicas(4, TimeSpan.FromSeconds(60))] },
    };

    [Fact]
    public async Task Every_shown_call_is_answered_as_shown()
    {
        await using var server = await ApiServer.ListenAsync(Policy);
        server.Trial.Given("shop_worker", 3, 9);
        var blocks = Page.Blocks.ToList();
        var calls = Enumerable.Range(0, blocks.Count).Where(i => blocks[i].Language == "sh").ToList();
        Assert.NotEmpty(calls);
        foreach (int i in calls)
        {
            string call = blocks[i].Text.Replace("http://autoscaler:8080", server.Url, StringComparison.Ordinal);
            var (_, output, _) = await Testbed.ExecuteAsync("bash", ["-c", call], new Dictionary<string, string> { ["TOKEN"] = ApiServer.Token });
            Assert.Equal("json", blocks[i + 1].Language);
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(blocks[i + 1].Text), JsonNode.Parse(output)), $"{blocks[i].Text}{output}");
        }
    }

    [Fact]
    public async Task The_shown_explanation_is_what_the_command_says_of_that_decision()
    {
        await using var server = await ApiServer.ListenAsync(Policy);
        server.Trial.Given("shop_worker", 3, 9);
        await server.Trial.RunAsync(Policy);
        using StringWriter output = new(), error = new();
        var command = ExplainCommand.Create(new Terminal(false, false), server.Time);
        Assert.Equal(0, await command.Parse(["shop_worker", "--url", server.Url]).InvokeAsync(new() { Output = output, Error = error }));
        Assert.Equal(Ages().Replace(Page.Blocks.Single(block => block.Language == "text").Text, "N s"), Ages().Replace(output.ToString(), "N s"));
    }

    /// <summary>The routes of the table are those there are; the pages for people beneath the first row are left out.</summary>
    [Fact]
    public async Task The_table_shows_every_route()
    {
        await using var server = await ApiServer.StartAsync();
        var shown = Page.Rows("Path").SelectMany(row => MarkdownText.InlineCode(row[0])).Select(path => path.StartsWith("POST", StringComparison.Ordinal) ? path : $"GET {path}")
            .Select(path => path.Split('?')[0].Replace("NAME", "{name}", StringComparison.Ordinal));
        Assert.Equal(server.Routes.Except(["GET /services/{name}", "GET /status.css"]).Order(StringComparer.Ordinal), shown.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Limits_that_are_shown_are_those_of_the_code()
    {
        foreach (int number in (int[])[RequestBody.Largest, Recording.DecisionBoard.RecentCapacity, Recording.ServiceStanding.MostCounts, StatusPages.RowsPerPage])
            Assert.Contains(number.ToString(CultureInfo.InvariantCulture), Page.Text, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\d+ s(?= ago|\))")]
    private static partial Regex Ages();
}
