using SwarmAutoscaler.Commands;

// Docker runs the health check every few seconds: it goes first, before anything else is built.
if (args is [HealthcheckCommand.Name])
    return await HealthcheckCommand.RunAsync(Environment.GetEnvironmentVariable, Console.Error, TimeProvider.System, CancellationToken.None);
return await CommandLine.RunAsync(args);
