using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.Commands;

/// <summary>The built program as people start it.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--help", "swarm-autoscaler [command] [options]")]
    [InlineData("run --help", "--observe")]
    [InlineData("--version", "0.1.0")]
    public async Task Asked_about_itself_it_answers(string arguments, string expected)
    {
        var (exitCode, output, error) = await RunAsync(arguments);
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains(expected, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bogus", "there is no command 'bogus'")]
    [InlineData("run --bogus", "Unrecognized command or argument '--bogus'.")]
    [InlineData("--bogus", "Unrecognized command or argument '--bogus'.")]
    public async Task What_it_does_not_know_is_one_line_and_a_hint(string arguments, string line)
    {
        var (exitCode, output, error) = await RunAsync(arguments);
        Assert.Equal((2, "", $"{line}\nsee swarm-autoscaler --help\n"), (exitCode, output, error));
    }

    [Theory]
    [InlineData("run")]
    [InlineData("run --once")]
    [InlineData("")]
    public async Task A_wrong_setting_stops_the_start_with_one_line(string arguments) => Assert.Equal(
        (2, "", "AUTOSCALER_MODE: 'aply' is not one of apply, observe\n"), await RunAsync(arguments, ("AUTOSCALER_MODE", "aply")));

    [Theory]
    [InlineData("192.0.2.1:8080")]
    public async Task An_address_that_is_not_of_this_machine_ends_the_start(string listen)
    {
        var (exitCode, output, _) = await RunAsync("run", ("AUTOSCALER_LISTEN", listen));
        Assert.Equal(1, exitCode);
        Assert.Contains("The service cannot start: ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_once_says_when_the_engine_does_not_answer()
    {
        var (exitCode, output, error) = await RunAsync("run --once");
        Assert.Equal((1, ""), (exitCode, error));
        Assert.Contains("The engine did not answer, so 1 policies were not evaluated", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/nowhere/a:/nowhere/b")]
    [InlineData("/nowhere/a /nowhere/b")]
    public async Task Paths_are_separated_by_colons_or_blanks(string paths)
    {
        var (exitCode, output, _) = await RunAsync($"run --once --policies {paths}");
        Assert.Equal(1, exitCode);
        Assert.Contains("/nowhere/a:1:1: the policies here cannot be read: no such file or folder", output, StringComparison.Ordinal);
        Assert.Contains("/nowhere/b:1:1: the policies here cannot be read: no such file or folder", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_path_at_all_stops_the_start() => Assert.Equal((2, "", "--policies names no path\n"), await RunAsync("run --policies :"));

    static async Task<(int ExitCode, string Output, string Error)> RunAsync(string arguments, params (string Name, string Value)[] settings)
    {
        string folder = Directory.CreateTempSubdirectory("policies-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "web.yml"), "service: web\nreplicas: { max: 5 }\n");
        var environment = new Dictionary<string, string>
        {
            ["DOCKER_HOST"] = $"unix://{folder}/engine.sock",
            ["AUTOSCALER_POLICIES"] = folder,
            ["AUTOSCALER_LOG_FORMAT"] = "text",
        };
        foreach (var (name, value) in settings)
            environment[name] = value;
        string program = Path.Combine(AppContext.BaseDirectory, "swarm-autoscaler.dll");
        var result = await Testbed.ExecuteAsync("dotnet", [program, .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)], environment);
        Directory.Delete(folder, recursive: true);
        return result;
    }
}
