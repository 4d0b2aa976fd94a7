using System.Collections;
using System.CommandLine;
using SwarmAutoscaler.Measuring;

namespace SwarmAutoscaler.Commands;

/// <summary>The commands of the executable; <c>run</c> is the default.</summary>
static class CommandLine
{
    public static async Task<int> RunAsync(string[] args)
    {
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(pair => (string)pair.Key, pair => (string?)pair.Value ?? "", StringComparer.Ordinal);
        await using var parts = new ServiceCollection().AddLogging().AddMetricSources().BuildServiceProvider();
        var sources = parts.GetRequiredService<IReadOnlyList<IMetricSource>>();
        var terminal = Terminal.Of(Console.IsOutputRedirected, environment);
        var root = new RootCommand("Scales Docker Swarm services by what Prometheus, Redis and RabbitMQ say, as policies tell it.")
        {
            RunCommand.Create(environment, sources),
            ValidateCommand.Create(sources, environment),
            SimulateCommand.Create(sources, isTerminal: terminal.IsInteractive),
            StatusCommand.Create(terminal, TimeProvider.System),
            ExplainCommand.Create(terminal, TimeProvider.System),
            SchemaCommand.Create(),
            new Command(HealthcheckCommand.Name, "Ask the local instance whether it is alive; for Docker's HEALTHCHECK."),
            CompletionCommand.Create(),
        };
        return await InvokeAsync(root, IsCommand(args) ? args : [RunCommand.Name, .. args]);
    }

    /// <summary>No command means <c>run</c>, also with its options.</summary>
    static bool IsCommand(string[] args) => args is [var first, ..] && (!first.StartsWith('-') || first is "--help" or "-h" or "-?" or "--version");

    /// <summary>What a command may take to end once it is told to; above the service's own time-out for stopping, inside Docker's default grace of 10 s.</summary>
    static readonly TimeSpan TerminationTimeout = TimeSpan.FromSeconds(9);

    static async Task<int> InvokeAsync(RootCommand root, string[] args)
    {
        var parsed = root.Parse(args);
        if (parsed.Errors.Count == 0)
            return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TerminationTimeout });
        if (parsed.CommandResult.Command == root)
            await Console.Error.WriteLineAsync($"there is no command '{args[0]}'");
        else
            foreach (var error in parsed.Errors)
                await Console.Error.WriteLineAsync(error.Message);
        await Console.Error.WriteLineAsync("see swarm-autoscaler --help");
        return ExitCode.Usage;
    }
}
