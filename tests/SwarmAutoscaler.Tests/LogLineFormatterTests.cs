using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Xunit;

namespace SwarmAutoscaler;

public sealed partial class LogLineFormatterTests
{
    [Fact]
    public void A_json_line_is_one_flat_object()
    {
        string line = Write(LogFormat.Json, logger => Scaled(logger, "shop_\"api\"", 3, "two\nlines"));
        Assert.Equal(1, line.Count(c => c == '\n'));
        var json = JsonNode.Parse(line)!.AsObject();
        Assert.Equal(["time", "level", "message", "service_name", "current", "level_detail", "logger"], json.Select(pair => pair.Key));
        Assert.Equal("scaled shop_\"api\" to 3, two\nlines", (string?)json["message"]);
        Assert.Equal(("shop_\"api\"", 3, "information", "shop"), ((string?)json["service_name"], (int?)json["current"], (string?)json["level"], (string?)json["logger"]));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", (string?)json["time"]);
    }

    [Fact]
    public void A_property_does_not_take_the_place_of_the_lines_own_names()
    {
        var json = JsonNode.Parse(Write(LogFormat.Json, logger => Clashing(logger, "mine", "mine")))!;
        Assert.Equal(("warning", "mine", "mine"), ((string?)json["level"], (string?)json["event_level"], (string?)json["event_time"]));
    }

    [Fact]
    public void A_json_line_holds_the_exception()
    {
        var json = JsonNode.Parse(Write(LogFormat.Json, logger => Failed(logger, new InvalidOperationException("broken"))))!;
        Assert.Equal(("error", true), ((string?)json["level"], ((string?)json["exception"])!.Contains("broken", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_text_line_stays_one_line()
    {
        string line = Write(LogFormat.Text, logger => Scaled(logger, "shop_api", 3, "two\nlines"));
        Assert.Matches(@"^\S+Z information scaled shop_api to 3, two lines\n$", line);
    }

    [Theory]
    [InlineData("trace", true, LogLevel.Trace)]
    [InlineData("debug", true, LogLevel.Debug)]
    [InlineData("Debug", true, LogLevel.Debug)]
    [InlineData("information", true, LogLevel.Information)]
    [InlineData("info", true, LogLevel.Information)]
    [InlineData("warning", true, LogLevel.Warning)]
    [InlineData("warn", true, LogLevel.Warning)]
    [InlineData("error", true, LogLevel.Error)]
    [InlineData("critical", true, LogLevel.Critical)]
    [InlineData("none", false, LogLevel.Information)]
    [InlineData("2", false, LogLevel.Information)]
    public void The_level_is_a_word(string text, bool known, LogLevel level)
    {
        Assert.Equal(known, LoggingSetup.TryParseLevel(text, out var parsed));
        Assert.Equal(level, parsed);
    }

    static string Write(LogFormat format, Action<Microsoft.Extensions.Logging.ILogger> log)
    {
        var sink = new TextSink(format);
        using var serilog = new LoggerConfiguration().MinimumLevel.Verbose().WriteTo.Sink(sink).CreateLogger();
        using var factory = LoggerFactory.Create(logging => logging.AddSerilog(serilog));
        log(factory.CreateLogger("shop"));
        return sink.Output.ToString();
    }

    [LoggerMessage(LogLevel.Information, "scaled {ServiceName} to {Current}, {LevelDetail}")]
    static partial void Scaled(Microsoft.Extensions.Logging.ILogger logger, string serviceName, int current, string levelDetail);

    [LoggerMessage(LogLevel.Warning, "{Level} {Time}")]
    static partial void Clashing(Microsoft.Extensions.Logging.ILogger logger, string level, string time);

    [LoggerMessage(LogLevel.Error, "a cycle was lost")]
    static partial void Failed(Microsoft.Extensions.Logging.ILogger logger, Exception exception);

    sealed class TextSink(LogFormat format) : ILogEventSink
    {
        public StringWriter Output { get; } = new();

        public void Emit(LogEvent logEvent) => new LogLineFormatter(format).Format(logEvent, Output);
    }
}
