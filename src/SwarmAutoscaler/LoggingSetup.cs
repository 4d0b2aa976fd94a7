using Serilog;
using Serilog.Events;

namespace SwarmAutoscaler;

/// <summary>How log events are written: one flat JSON object a line, or text for people.</summary>
enum LogFormat
{
    Json,
    Text,
}

/// <summary>The log goes to stdout. The only place that knows what is behind <see cref="Microsoft.Extensions.Logging.ILogger"/>.</summary>
static class LoggingSetup
{
    /// <summary><c>json</c> or <c>text</c>.</summary>
    public const string FormatSetting = "AUTOSCALER_LOG_FORMAT";

    /// <summary><c>trace</c>, <c>debug</c>, <c>information</c>, <c>warning</c>, <c>error</c>, <c>critical</c>; <c>info</c> and <c>warn</c> are understood too.</summary>
    public const string LevelSetting = "AUTOSCALER_LOG_LEVEL";

    public static bool TryParseLevel(string text, out LogLevel level)
    {
        (level, bool known) = text.ToLowerInvariant() switch
        {
            "trace" => (LogLevel.Trace, true),
            "debug" => (LogLevel.Debug, true),
            "information" or "info" => (LogLevel.Information, true),
            "warning" or "warn" => (LogLevel.Warning, true),
            "error" => (LogLevel.Error, true),
            "critical" => (LogLevel.Critical, true),
            _ => (LogLevel.Information, false),
        };
        return known;
    }

    /// <summary>Replaces whatever the host logs with.</summary>
    public static ILoggingBuilder AddAutoscalerLogging(this ILoggingBuilder logging, LogFormat format, LogLevel level)
    {
        var least = (LogEventLevel)level;
        var logger = new LoggerConfiguration()
            .MinimumLevel.Is(least)
            // The frameworks speak of every request and every trigger; what an operator needs of them are warnings.
            .MinimumLevel.Override("Microsoft", AtLeastWarning(least))
            .MinimumLevel.Override("System", AtLeastWarning(least))
            .MinimumLevel.Override("Quartz", AtLeastWarning(least))
            .WriteTo.Console(new LogLineFormatter(format))
            .CreateLogger();
        return logging.ClearProviders().SetMinimumLevel(level).AddSerilog(logger, dispose: true);
    }

    /// <summary>Below Information somebody is looking for something and wants to see all.</summary>
    static LogEventLevel AtLeastWarning(LogEventLevel least) =>
        least < LogEventLevel.Information || least > LogEventLevel.Warning ? least : LogEventLevel.Warning;
}
