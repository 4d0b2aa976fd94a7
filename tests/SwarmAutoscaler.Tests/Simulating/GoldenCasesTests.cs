using System.Text.RegularExpressions;
using SwarmAutoscaler.Commands;
using SwarmAutoscaler.Documentation;
using SwarmAutoscaler.Simulating;
using Xunit;

namespace SwarmAutoscaler.Tests.Simulating;

/// <summary>
/// Each folder under <c>Golden</c>: a policy, scenarios, perhaps a load, and what is printed for them, the last line being the exit code. What a scenario expects was
/// worked out by hand from the rules; the rest of the text shows where a change of the engine shows. <c>UPDATE_GOLDEN=1</c> writes it anew.
/// </summary>
public sealed partial class GoldenCasesTests
{
    static readonly string Folder = Path.Combine(TestSupport.Testbed.Repository, "tests", "SwarmAutoscaler.Tests", "Simulating", "Golden");

    public static TheoryData<string> Cases => [.. Directory.EnumerateDirectories(Folder).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_scenario_ends_as_it_is_written_down(string name)
    {
        var expected = Path.Combine(Folder, name, "expected.txt");
        var load = Path.Combine(Folder, name, "load.csv");
        var (exitCode, output, error) = Simulate.Run(
            ["--format", "table", Path.Combine(Folder, name, "scenario.yml"), .. File.Exists(load) ? ["--load", load] : Array.Empty<string>()]);
        var printed = (output + error + $"exit code {exitCode}\n").Replace(Path.Combine(Folder, name) + "/", "", StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllText(expected, printed);
        Assert.Equal(File.ReadAllText(expected), printed);
        Assert.Equal(name == "wrong-expectation" ? ExitCode.Unexpected : ExitCode.Good, exitCode);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_step_says_which_reason_it_expects(string name)
    {
        var (scenarios, errors, _) = new ScenarioFiles(RealReader.Sources).Read([Path.Combine(Folder, name, "scenario.yml")]);
        Assert.Empty(errors);
        Assert.All(scenarios.SelectMany(scenario => scenario.Steps).Where(step => name != "wrong-expectation"),
            step => Assert.True(step.Step.Expect?.Reason is not null, $"{step.Place}: no reason is expected"));
    }

    /// <summary>But for <c>gate</c>, a step that never stands for itself: the gate's own word does.</summary>
    [Fact]
    public void Every_reason_is_in_a_case()
    {
        var expected = Directory.EnumerateFiles(Folder, "scenario.yml", SearchOption.AllDirectories)
            .SelectMany(file => Reason().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value)).ToHashSet(StringComparer.Ordinal);
        Assert.Equal([ReasonWords.Gate], ReasonWords.All.Except(expected));
    }

    [GeneratedRegex("reason: ([a-z_]+)")]
    private static partial Regex Reason();
}
