using Microsoft.Extensions.DependencyInjection;
using SwarmAutoscaler.Commands;
using SwarmAutoscaler.Measuring;

namespace SwarmAutoscaler.Tests.Simulating;

/// <summary>The command with the real sources, which are never asked for a number.</summary>
static class Simulate
{
    static readonly ServiceProvider Parts = new ServiceCollection().AddLogging().AddMetricSources().BuildServiceProvider();

    public static (int ExitCode, string Output, string Error) Run(params string[] arguments) => Run(isTerminal: false, arguments);

    public static (int ExitCode, string Output, string Error) Run(bool isTerminal, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var command = SimulateCommand.Create(Parts.GetRequiredService<IReadOnlyList<IMetricSource>>(), isTerminal);
        int exitCode = command.Parse(arguments).Invoke(new() { Output = output, Error = error });
        return (exitCode, output.ToString(), error.ToString());
    }
}
