using System.Reflection;
using System.Text.RegularExpressions;
using SwarmAutoscaler.Recording;
using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.Documentation;

/// <summary>Links, commands, settings, metrics and reasons that are shown exist.</summary>
public sealed partial class ShownNamesTests
{
    public static TheoryData<string> Files => new(MarkdownText.All.Select(file => file.Path));

    static MarkdownText File(string path) => MarkdownText.All.Single(each => each.Path == path);

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_link_leads_somewhere(string path)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Testbed.Repository, path))!;
        foreach (var link in File(path).Links.Where(link => !link.Contains("://", StringComparison.Ordinal)))
        {
            var (target, anchor) = link.Split('#') is [var before, var after] ? (before, after) : (link, null);
            var full = target.Length == 0 ? Path.Combine(Testbed.Repository, path) : Path.GetFullPath(Path.Combine(folder, target));
            Assert.True(Path.Exists(full), $"{path}: {link} leads to nothing");
            if (anchor is not null)
                Assert.Contains(anchor, File(Path.GetRelativePath(Testbed.Repository, full)).Anchors);
        }
    }

    public static TheoryData<string> Commands => new(MarkdownText.All
        .SelectMany(file => file.Code).SelectMany(code => CommandForm().Matches(code)).Select(match => match.Groups[1].Value).Distinct());

    /// <summary>Asks the program itself for help on the command, and looks for the options that are shown with it.</summary>
    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Every_command_exists(string command)
    {
        string word = command.Split(' ')[0];
        var (exitCode, output, error) = await Testbed.ExecuteAsync("dotnet", [Path.Combine(AppContext.BaseDirectory, "swarm-autoscaler.dll"), word, "--help"]);
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains($"swarm-autoscaler {word} ", output, StringComparison.Ordinal);
        Assert.All(OptionForm().Matches(command), option => Assert.Contains(option.Value, output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task From_source_a_path_counts_from_where_the_program_is_called()
    {
        string project = Path.Combine(Testbed.Repository, "src", "SwarmAutoscaler"), name = $"shown-{Guid.NewGuid():N}.yml";
        string configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        await System.IO.File.WriteAllTextAsync(name, "presets: { up: { query: up } }");
        try
        {
            var (exitCode, _, error) = await Testbed.ExecuteAsync(
                "dotnet", ["run", "--no-build", "--configuration", configuration, "--project", project, "--", "validate", name]);
            Assert.Equal((0, ""), (exitCode, error));
        }
        finally
        {
            System.IO.File.Delete(name);
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_script_exists_and_knows_its_option(string path)
    {
        foreach (Match script in File(path).Code.SelectMany(code => ScriptForm().Matches(code)))
            Assert.Matches($@"{script.Groups[2].Value}(?!\w)", System.IO.File.ReadAllText(Path.Combine(Testbed.Repository, script.Groups[1].Value)));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_setting_exists(string path)
    {
        var names = SettingForm().Matches(File(path).Text).Select(match => match.Value).ToHashSet();
        var (_, errors) = ProcessOptionsReader.Read(names.ToDictionary(name => name, _ => "x"));
        Assert.DoesNotContain(errors, error => error.Contains("no such setting", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_setting_of_the_process_is_in_the_README_or_named_as_not_supported()
    {
        var notYet = MarkdownText.Reference.Text[MarkdownText.Reference.Text.IndexOf("## What this version does not support", StringComparison.Ordinal)..];
        Assert.Equal(
            ProgramLiterals.Matching(ProcessSettingForm()),
            MarkdownText.Readme.Rows("Setting").SelectMany(row => MarkdownText.InlineCode(row[0])).Concat(SettingForm().Matches(notYet).Select(match => match.Value))
                .Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_metric_exists(string path) =>
        Assert.Empty(File(path).Code.SelectMany(code => MetricForm().Matches(code)).Select(match => match.Value).Except(MetricNames.All));

    [Fact]
    public void Every_reason_exists()
    {
        var words = typeof(ReasonWords).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetValue(null)!).ToHashSet();
        var shown = MarkdownText.Readme.Rows("Reason").SelectMany(row => MarkdownText.InlineCode(row[0])).ToList();
        Assert.NotEmpty(shown);
        Assert.Empty(shown.Except(words));
    }

    /// <summary>The mistake that the README shows is made in the policy that it shows, and reported as it shows.</summary>
    [Fact]
    public void The_report_of_a_mistake_is_what_validate_says()
    {
        var shown = MarkdownText.Readme.Blocks.Single(block => block.Text.StartsWith("$ swarm-autoscaler validate", StringComparison.Ordinal)).Text.Split('\n')[1..^1];
        var policy = MarkdownText.Readme.Blocks.Single(block => block.Text.StartsWith("# policies/api.yml\n", StringComparison.Ordinal)).Text;
        var wrong = policy.Replace("{ min: 2, max: 12 }", "{ min: 20, max: 12 }", StringComparison.Ordinal).Replace("interval:", "intervall:", StringComparison.Ordinal);
        Assert.Equal([.. RealReader.Read("policies/api.yml", wrong).Complaints(), "2 errors"], shown);
    }

    [GeneratedRegex(@"(?:swarm-autoscaler |^)((?:run|validate|healthcheck|(?<=swarm-autoscaler )[a-z]+)(?:[ \t]+[^\s;|&)]+)*)", RegexOptions.Multiline)]
    private static partial Regex CommandForm();

    [GeneratedRegex(@"--[a-z]+")]
    private static partial Regex OptionForm();

    [GeneratedRegex(@"(?<![\w.])\./(\w+\.sh)(?: (--\w+))?")]
    private static partial Regex ScriptForm();

    [GeneratedRegex(@"(?<![A-Z_])(SWARM_)?AUTOSCALER_[A-Z_]*[A-Z]")]
    private static partial Regex SettingForm();

    [GeneratedRegex(@"\A(((SWARM_)?AUTOSCALER|DOCKER)_[A-Z_]*[A-Z]|[A-Z_]+_URL)(?<!_FILE)\z")]
    private static partial Regex ProcessSettingForm();

    [GeneratedRegex(@"swarm_autoscaler_[a-z_]*[a-z]")]
    private static partial Regex MetricForm();
}
