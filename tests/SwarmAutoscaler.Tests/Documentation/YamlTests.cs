using System.Text.RegularExpressions;
using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.Documentation;

/// <summary>Every policy that is shown, and every one that is shipped, is read by the reader that reads the users' ones.</summary>
public sealed partial class YamlTests
{
    /// <summary>How a block says that it is not a whole document, and what is put around it. Nothing else is completed.</summary>
    static readonly (string FirstLine, Func<string, string> Complete)[] Parts =
    [
        ("# part of a policy\n", part => "service: shown\n" + part
            + (HasKey(part, "replicas") ? "" : "replicas: { max: 9 }\n")
            + (HasKey(part, "metrics") ? "" : "metrics: [ { source: redis, key: shown, target: { per_replica: 1 } } ]\n")),
        ("# beside the policies of its services\n", part => part
            + string.Concat(Service().Matches(part).Select(match => $"---\nservice: {match.Groups[1].Value}\nreplicas: {{ max: 9 }}\nmetrics: [ {{ source: redis, key: shown, target: {{ per_replica: 1 }} }} ]\n"))),
        ("# part of a policy: one entry of metrics\n", part =>
            "service: shown\nreplicas: { max: 9 }\ncooldown: 60s\nmetrics:\n  -\n" + string.Concat(part.Split('\n').Select(line => $"    {line}\n"))),
    ];

    /// <summary>File and line.</summary>
    public static IEnumerable<object[]> ShownBlocks => MarkdownText.All.SelectMany(file =>
        file.Blocks.Where(block => block.Language.StartsWith("yaml", StringComparison.Ordinal) && !IsScenario(block.Text)).Select(block => new object[] { file.Path, block.Line }));

    public static TheoryData<string> ShippedFolders => new(
        Directory.EnumerateFiles(Path.Combine(Testbed.Repository, "policies"), "*.y*ml", SearchOption.AllDirectories)
            .Where(file => !ShippedSets.IsScenario(file) && !ShippedSets.IsStack(file))
            .Select(file => Path.GetRelativePath(Testbed.Repository, Path.GetDirectoryName(file)!)).Distinct());

    [Theory]
    [MemberData(nameof(ShownBlocks))]
    public void A_shown_policy_is_read_without_a_complaint(string file, int line)
    {
        Assert.Equal("yaml", Block(file, line).Language);
        var set = RealReader.Read($"{file}:{line}", Complete(file, line));
        Assert.Empty(set.Complaints());
        Assert.True(set.Policies.Count > 0 || set.Connections > 0);
    }

    /// <summary>The text block after it is what is printed for it; one with a model is followed by its load first.</summary>
    [Fact]
    public void A_shown_scenario_is_played_as_it_is_shown()
    {
        var blocks = MarkdownText.All.SelectMany(file => file.Blocks).ToList();
        var shown = Enumerable.Range(0, blocks.Count).Where(i => IsScenario(blocks[i].Text)).ToList();
        Assert.NotEmpty(shown);
        foreach (int i in shown)
        {
            string path = Path.Combine(Directory.CreateTempSubdirectory("shown-").FullName, "shown.yml"), load = Path.ChangeExtension(path, "csv");
            bool hasLoad = blocks[i + 1].Language == "csv";
            File.WriteAllText(path, blocks[i].Text);
            File.WriteAllText(load, blocks[i + 1].Text);
            var (exitCode, output, error) = Tests.Simulating.Simulate.Run(["--format", "table", path, .. hasLoad ? ["--load", load] : Array.Empty<string>()]);
            if (hasLoad)
                IsDrawnAsShown(path, load);
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
            Assert.Equal((0, blocks[hasLoad ? i + 2 : i + 1].Text + "\n", ""), (exitCode, output, error));
        }
    }

    /// <summary><c>UPDATE_GOLDEN=1</c> draws the picture anew.</summary>
    static void IsDrawnAsShown(string scenario, string load)
    {
        string picture = Path.Combine(Testbed.Repository, "docs", "simulate.svg"), drawn = Tests.Simulating.Simulate.Run("--format", "svg", scenario, "--load", load).Output;
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllText(picture, drawn);
        Assert.Equal(File.ReadAllText(picture), drawn);
    }

    [Theory]
    [MemberData(nameof(ShippedFolders))]
    public void The_files_of_a_shipped_folder_are_read_together_without_a_complaint(string folder)
    {
        var set = RealReader.ReadFolder(Path.Combine(Testbed.Repository, folder));
        Assert.Empty(set.Complaints());
        Assert.NotEmpty(set.Policies);
    }

    /// <summary>The block as a whole document.</summary>
    public static string Complete(string file, int line)
    {
        string text = Block(file, line).Text;
        var (firstLine, complete) = Parts.SingleOrDefault(part => text.StartsWith(part.FirstLine, StringComparison.Ordinal));
        return complete is null ? text : complete(text[firstLine.Length..]);
    }

    static (string Language, string Text, int Line) Block(string file, int line) =>
        MarkdownText.All.Single(each => each.Path == file).Blocks.Single(block => block.Line == line);

    public static bool IsScenario(string block) => block.StartsWith("# a scenario\n", StringComparison.Ordinal);

    static bool HasKey(string part, string key) => $"\n{part}".Contains($"\n{key}:", StringComparison.Ordinal);

    [GeneratedRegex(@"\bservice: (\w+)")]
    private static partial Regex Service();
}
