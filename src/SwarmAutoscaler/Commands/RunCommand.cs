using System.CommandLine;
using System.Net.Sockets;
using SwarmAutoscaler.Coordinating;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;
using SwarmAutoscaler.Recording;

namespace SwarmAutoscaler.Commands;

/// <summary><c>run</c>: the service, or with <c>--once</c> one evaluation of every policy.</summary>
static class RunCommand
{
    public const string Name = "run";

    public static Command Create(IReadOnlyDictionary<string, string> environment, IReadOnlyList<IMetricSource> sources)
    {
        var policies = new Option<string[]>("--policies")
        {
            Description = "Policy files and folders, separated by ':' or blanks, instead of AUTOSCALER_POLICIES",
            HelpName = "PATH",
            AllowMultipleArgumentsPerToken = true,
        };
        var observe = new Option<bool>("--observe") { Description = "Decide and record, change nothing" };
        var once = new Option<bool>("--once") { Description = "Evaluate every policy once, then exit" };
        var command = new Command(Name, "Run the autoscaler (the default).") { policies, observe, once };
        command.SetAction(async (parsed, cancellation) =>
        {
            var error = parsed.InvocationConfiguration.Error;
            var (options, errors) = ProcessOptionsReader.Read(environment);
            var (connections, connectionErrors) = EnvironmentConnections.Read(options.Connections, sources);
            var policyErrors = EnvironmentPolicy.Check(options.OnePolicy, sources);
            string[]? given = parsed.GetValue(policies) is { Length: > 0 } texts ? [.. texts.SelectMany(PolicyPaths.Split)] : null;
            string[] pathErrors = given is [] ? ["--policies names no path"] : [];
            if (errors.Concat(connectionErrors).Concat(policyErrors).Concat(pathErrors).ToList() is { Count: > 0 } wrong)
            {
                wrong.ForEach(error.WriteLine);
                return ExitCode.Usage;
            }
            if (given is { } paths)
                options = options with { Policies = paths, PoliciesMayBeMissing = false };
            if (parsed.GetValue(observe))
                options = options with { Mode = PolicyMode.Observe };
            return parsed.GetValue(once) ? await RunOnceAsync(options, connections, cancellation) : await RunAsync(options, connections, cancellation);
        });
        return command;
    }

    static async Task<int> RunAsync(ProcessOptions options, IReadOnlyList<EnvironmentConnection> connections, CancellationToken cancellation)
    {
        await using var app = Composition.BuildService(options, connections);
        var log = app.Services.GetRequiredService<ILogger<ScalingCycle>>();
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            log.NotStarted(e.Message);
            await app.StopAsync(CancellationToken.None); // the first cycle may have begun
            return ExitCode.Errors;
        }
        log.Started(ProcessInstruments.Version, options.Listen.ToString(), string.Join(", ", options.Engine.Endpoints), string.Join(":", options.Policies));
        await app.WaitForShutdownAsync(cancellation);
        return ExitCode.Good;
    }

    /// <summary>0 when every policy was evaluated; 1 when a document is wrong, the engine did not answer or an evaluation failed, which the log tells.</summary>
    static async Task<int> RunOnceAsync(ProcessOptions options, IReadOnlyList<EnvironmentConnection> connections, CancellationToken cancellation)
    {
        await using var parts = new ServiceCollection()
            .AddLogging(logging => logging.AddAutoscalerLogging(options.LogFormat, options.LogLevel))
            .AddMetricSources().AddScalingCycle(options, connections)
            .BuildServiceProvider();
        var catalog = parts.GetRequiredService<PolicyCatalog>();
        catalog.Reload(compareContent: true);
        try
        {
            bool evaluated = await parts.UnderTheLeaseAsync(() =>
                parts.GetRequiredService<ScalingCycle>().RunAsync([.. catalog.Current.Evaluated], TimeProvider.System.GetUtcNow(), cancellation), cancellation);
            return evaluated && catalog.Current.Errors.Count == 0 ? ExitCode.Good : ExitCode.Errors;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return ExitCode.Errors; // told to stop before everything was evaluated
        }
    }
}
