using System.Globalization;
using System.Text.RegularExpressions;
using SwarmAutoscaler.Constraining;
using SwarmAutoscaler.Policies;
using SwarmAutoscaler.Tests.Simulating;
using SwarmAutoscaler.TestSupport;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace SwarmAutoscaler.Documentation;

/// <summary>The policy sets of real installations keep what their scenarios promise, and each of their numbers is held by a promise.</summary>
public sealed partial class ShippedSetsTests : IDisposable
{
    readonly string copy = Directory.CreateTempSubdirectory("set-").FullName;

    public static TheoryData<string> Sets => new(ShippedSets.Names);

    [Fact]
    public void There_is_a_set_for_each_installation_and_the_README_lists_it()
    {
        Assert.Equal(["LyttleNGINX", "RepoRadar", "dockerswarmp1", "erlmcp", "prodstack"], ShippedSets.Names);
        var listed = MarkdownText.All.Single(file => file.Path == "policies/README.md").Rows("Set").Select(row => row[0]);
        Assert.Equal(ShippedSets.Names.Order(StringComparer.OrdinalIgnoreCase), listed.Select(cell => cell[1..cell.IndexOf(']', StringComparison.Ordinal)]).Order(StringComparer.OrdinalIgnoreCase));
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Every_scenario_of_a_set_ends_as_it_expects(string set)
    {
        var scenarios = ShippedSets.ScenariosOf(Path.Combine(ShippedSets.Folder, set));
        Assert.NotEmpty(scenarios);
        var (exitCode, _, error) = Simulate.Run([.. scenarios]);
        Assert.Equal((0, ""), (exitCode, error));
        Assert.All(scenarios.SelectMany(DocumentsOf), scenario =>
            Assert.All((YamlSequenceNode)scenario["steps"], step => Assert.True(((YamlMappingNode)step).Children.ContainsKey("expect"), $"{scenario["name"]}: a step expects nothing")));
    }

    /// <summary>Every policy is played, and by no other file than its own.</summary>
    [Theory]
    [MemberData(nameof(Sets))]
    public void Every_policy_of_a_set_is_played(string set)
    {
        string folder = Path.Combine(ShippedSets.Folder, set);
        var played = ShippedSets.ScenariosOf(folder).SelectMany(file => DocumentsOf(file).Where(scenario => scenario.Children.ContainsKey("policy_file"))
            .Select(scenario => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, (string)scenario["policy_file"]!))));
        Assert.Equal(ShippedSets.PoliciesOf(folder).Where(file => DocumentsOf(file).Any(document => document.Children.ContainsKey("service"))), played.Distinct().Order(StringComparer.Ordinal));
    }

    /// <summary>
    /// A number that could be a quarter higher or lower without any scenario noticing would be no promise. A period is only made longer: where a cooldown is as
    /// long, a shorter one changes nothing.
    /// </summary>
    [Theory]
    [MemberData(nameof(Sets))]
    public void A_number_that_is_changed_in_a_policy_breaks_a_scenario(string set)
    {
        Copy(Path.Combine(ShippedSets.Folder, set));
        var scenarios = ShippedSets.ScenariosOf(copy).ToArray();
        Assert.Equal(0, Simulate.Run(scenarios).ExitCode);
        int tried = 0;
        foreach (var file in ShippedSets.PoliciesOf(copy).Where(file => Path.GetFileName(file) != "budgets.yml")) // a scenario has one service and no budget
        {
            string text = File.ReadAllText(file);
            foreach (Match number in DecisiveNumber().Matches(text))
                foreach (bool up in number.Groups["key"].Value == "per" ? [true] : (bool[])[true, false])
                {
                    File.WriteAllText(file, text[..number.Groups["value"].Index] + Changed(number.Groups["value"].Value, up) + text[(number.Groups["value"].Index + number.Groups["value"].Length)..]);
                    Assert.True(Simulate.Run(scenarios).ExitCode != 0, $"{Path.GetRelativePath(copy, file)}: '{number.Value}' may be {Changed(number.Groups["value"].Value, up)}, and no scenario notices");
                    tried++;
                }
            File.WriteAllText(file, text);
        }
        Assert.True(tried > 5, $"only {tried} numbers were found");
    }

    /// <summary>Where one more replica is too many for the database, no metric and no <c>max</c> gives it; and the last one that fits is given.</summary>
    [Theory]
    [InlineData("dockerswarmp1", "dockerswarmp1_api", 3, "budget postgres-connections: 20 of 80 left after the reserve of 20; at 20 a replica, 1 of the 8 wanted more")]
    [InlineData("RepoRadar", "reporadar_app", 9, "budget postgres-connections: 10 of 100 left after the reserve of 10; at 10 a replica, 1 of the 2 wanted more")]
    public void A_budget_of_a_set_stops_its_service_where_the_connections_end(string set, string service, int last, string because)
    {
        var read = RealReader.ReadFolder(Path.Combine(ShippedSets.Folder, set, "policies"));
        Assert.Empty(read.Complaints());
        Assert.Equal(last, read.Policies.Single(policy => policy.Service == service).Replicas.Max);
        var grant = Assert.Single(BudgetDivision.Divide(
            read.Budgets, new Dictionary<string, int> { [service] = last - 1 }, new Dictionary<string, int> { [service] = 10 }));
        Assert.Equal(last, grant.Replicas);
        Assert.StartsWith(because, grant.Because, StringComparison.Ordinal);
    }

    /// <summary>The variables of the stack file become a policy, and the scenarios of the file that explains them are played with it.</summary>
    [Fact]
    public void The_environment_of_erlmcp_keeps_the_same_promises_as_its_file()
    {
        Copy(Path.Combine(ShippedSets.Folder, "erlmcp"));
        var own = PolicyOfStack(Path.Combine(copy, "docker-stack.env.yml"));
        string file = Path.Combine(copy, "environment", "erlmcp.yml"), scenario = Path.Combine(copy, "scenarios", "environment.yml");
        Assert.Equivalent(Assert.Single(RealReader.Read("erlmcp.yml", File.ReadAllText(file)).Policies), Assert.Single(RealReader.Read([], own).Policies), strict: true);

        var (_, expected, _) = Simulate.Run(scenario);
        using (var written = new StreamWriter(file))
            new YamlStream(new YamlDocument(Assert.Single(own.Documents).Root.Node)).Save(written, assignAnchors: false);
        Assert.Equal((0, expected, ""), Simulate.Run(scenario));
    }

    [Fact]
    public async Task The_stack_file_of_erlmcp_goes_with_the_shipped_one()
    {
        string extra = Path.Combine(ShippedSets.Folder, "erlmcp", "docker-stack.env.yml");
        var (exitCode, output, error) = await Testbed.ExecuteAsync("docker", ["stack", "config", "-c", Path.Combine(Testbed.Repository, "docker-stack.yml"), "-c", extra]);
        Assert.Equal((0, ""), (exitCode, error));
        foreach (string setting in (string[])["AUTOSCALER_POLICIES: /policies", "SWARM_AUTOSCALER_TARGET_SERVICE: erlmcp_erlmcp", "SWARM_AUTOSCALER_COOLDOWN_SECONDS: \"300\""])
            Assert.Contains(setting, output, StringComparison.Ordinal);
    }

    static PolicyFile PolicyOfStack(string path)
    {
        var variables = (YamlMappingNode)Assert.Single(DocumentsOf(path))["services"]["autoscaler"]["environment"];
        var (options, errors) = ProcessOptionsReader.Read(variables.Children.ToDictionary(pair => (string)pair.Key!, pair => (string)pair.Value!));
        Assert.Empty(errors);
        return options.OnePolicy!;
    }

    static List<YamlMappingNode> DocumentsOf(string path)
    {
        using var reader = new StreamReader(path);
        var stream = new YamlStream();
        stream.Load(reader);
        return [.. stream.Documents.Select(document => (YamlMappingNode)document.RootNode)];
    }

    /// <summary>A quarter more or less, at least 1: <c>300s</c> to <c>375s</c> or <c>225s</c>.</summary>
    static string Changed(string value, bool up)
    {
        string digits = new([.. value.TakeWhile(char.IsAsciiDigit)]);
        int number = int.Parse(digits, CultureInfo.InvariantCulture);
        int change = Math.Max(1, number / 4);
        return (up ? number + change : number - change).ToString(CultureInfo.InvariantCulture) + value[digits.Length..];
    }

    void Copy(string set)
    {
        foreach (var file in Directory.EnumerateFiles(set, "*.yml", SearchOption.AllDirectories))
        {
            string target = Path.Combine(copy, Path.GetRelativePath(set, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    [GeneratedRegex(
        @"(?<=^[^#\n]*)\b(?<key>min|max|idle|idle_after|above|below|add|remove|for|utilization|value|per_replica|cooldown|stabilization|replicas|percent|per|after): (?<value>[0-9]+[a-z%]*)",
        RegexOptions.Multiline)]
    private static partial Regex DecisiveNumber();

    public void Dispose() => Directory.Delete(copy, recursive: true);
}
