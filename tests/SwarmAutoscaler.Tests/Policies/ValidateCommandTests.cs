using System.Text.Json;
using SwarmAutoscaler.Commands;
using SwarmAutoscaler.Policies;
using Xunit;

namespace SwarmAutoscaler.Tests.Policies;

public sealed class ValidateCommandTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("validate-").FullName;

    (int ExitCode, string Output, string Error) Run(Dictionary<string, string> environment, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int exitCode = ValidateCommand.Create(FakeSource.All, environment).Parse(arguments).Invoke(new() { Output = output, Error = error });
        return (exitCode, output.ToString().Replace(folder, "…", StringComparison.Ordinal), error.ToString().Replace(folder, "…", StringComparison.Ordinal));
    }

    string Write(string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    [Fact]
    public void Good_documents_end_with_0_and_a_summary()
    {
        Write("shared.yml", Given.Connections);
        Write("web.yml", Given.Policy);
        Assert.Equal((0, "good: 1 policy, 4 connections in 2 files\n", ""), Run([], folder));
    }

    [Fact]
    public void Paths_may_be_separated_by_colons()
    {
        var (shared, web) = (Write("shared.yml", Given.Connections), Write("web.yml", Given.Policy));
        Assert.Equal((0, "good: 1 policy, 4 connections in 2 files\n", ""), Run([], $"{shared}:{web}"));
        Assert.Equal((2, "", "PATH names no path\n"), Run([], ":"));
    }

    [Fact]
    public void Without_a_path_the_setting_counts_and_so_do_its_connections()
    {
        Write("web.yml", Given.Policy);
        Assert.Equal((0, "good: 1 policy, 1 connection in 1 file\n", ""),
            Run(new() { ["AUTOSCALER_POLICIES"] = folder, ["PROMETHEUS_URL"] = "http://prometheus.example.com" }));
    }

    [Fact]
    public void Errors_end_with_1_and_go_to_the_error_stream()
    {
        var path = Write("web.yml", "service: web\nreplicas: { min: 9, max: 3 }\nmode: dry");
        Assert.Equal((1, "", "…/web.yml:2:18: min (9) is above max (3)\n…/web.yml:3:7: 'mode': 'dry' is not one of apply, observe\n"
            + "…/web.yml:1:1: warning: no metrics: the count is only kept within min and max\n2 errors\n"), Run([], path));
    }

    [Fact]
    public void Warnings_are_shown_and_end_with_0() => Assert.Equal(
        (0, "good: 1 policy, 0 connections in 1 file\n", "…/web.yml:1:1: warning: no metrics: the count is only kept within min and max\n"),
        Run([], Write("web.yml", "service: web\nreplicas: { max: 3 }")));

    [Theory]
    [InlineData("", 1)]
    [InlineData("# ", 0)]
    public void Json_holds_everything_on_the_output_stream(string prefix, int errors)
    {
        var (exitCode, output, error) = Run([], "--format", "json", Write("web.yml", $"service: web\nreplicas: {{ max: 3 }}\n{prefix}mode: \"dry\""));
        Assert.Equal((errors, ""), (exitCode, error));
        var json = JsonDocument.Parse(output).RootElement;
        Assert.Equal(errors, json.GetProperty("errors").GetArrayLength());
        Assert.Equal(1, json.GetProperty("warnings").GetArrayLength());
        if (errors > 0)
            Assert.Equal("…/web.yml 3 7 'mode': 'dry' is not one of apply, observe",
                string.Join(' ', new[] { "file", "line", "column", "message" }.Select(name => json.GetProperty("errors")[0].GetProperty(name).ToString())));
        Assert.Equal(1 - errors, json.GetProperty("policies").GetInt32());
    }

    [Fact]
    public void A_path_that_is_not_there_is_a_usage_error() =>
        Assert.Equal((2, "", "…/nowhere: no such file or folder\n"), Run([], Path.Combine(folder, "nowhere")));

    [Fact]
    public void So_is_an_unknown_format() => Assert.Equal((2, "", "--format: 'xml' is not one of text, json\n"), Run([], "--format", "xml", folder));

    [Fact]
    public void And_a_wrong_setting() =>
        Assert.Equal((2, "", "AUTOSCALER_MODE: 'x' is not one of apply, observe\n"), Run(new() { ["AUTOSCALER_MODE"] = "x" }, folder));

    /// <summary>The golden file: everything that is wrong with a document is said in one run.</summary>
    [Fact]
    public void All_errors_of_all_documents_are_reported_at_once()
    {
        var golden = Path.Combine(TestSupport.Testbed.Repository, "tests", "SwarmAutoscaler.Tests", "Policies", "Golden");
        foreach (var file in Directory.EnumerateFiles(golden, "*.yml"))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        var (exitCode, _, error) = Run([], folder);
        Assert.Equal(1, exitCode);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllText(Path.Combine(golden, "expected.txt"), error);
        Assert.Equal(File.ReadAllText(Path.Combine(golden, "expected.txt")), error);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
