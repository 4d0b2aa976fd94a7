using Microsoft.Extensions.Logging;
using Xunit;

namespace SwarmAutoscaler;

/// <summary>Takes the process's stdout, so nothing else may run beside it.</summary>
[CollectionDefinition(nameof(LoggingSetupTests), DisableParallelization = true)]
public sealed class StdoutCollection;

[Collection(nameof(LoggingSetupTests))]
public sealed partial class LoggingSetupTests
{
    [Theory]
    [InlineData(LogLevel.Information, "SwarmAutoscaler.Recording", "information warning")]
    [InlineData(LogLevel.Information, "Microsoft.AspNetCore.Hosting", "warning")]
    [InlineData(LogLevel.Information, "System.Net.Http", "warning")]
    [InlineData(LogLevel.Information, "Quartz.Core", "warning")]
    [InlineData(LogLevel.Debug, "Quartz.Core", "debug information warning")]
    [InlineData(LogLevel.Warning, "SwarmAutoscaler.Recording", "warning")]
    [InlineData(LogLevel.Error, "Quartz.Core", "")]
    public void Frameworks_speak_up_only_for_warnings_unless_somebody_looks_for_something(LogLevel level, string logger, string expected)
    {
        var stdout = Console.Out;
        using var captured = new StringWriter();
        Console.SetOut(captured);
        try
        {
            using var factory = LoggerFactory.Create(logging => logging.AddAutoscalerLogging(LogFormat.Text, level));
            var log = factory.CreateLogger(logger);
            foreach (var each in (LogLevel[])[LogLevel.Debug, LogLevel.Information, LogLevel.Warning])
                Said(log, each);
        }
        finally
        {
            Console.SetOut(stdout);
        }
        Assert.Equal(expected, string.Join(' ', captured.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[1])));
    }

    [LoggerMessage("something happened")]
    static partial void Said(ILogger logger, LogLevel level);
}
