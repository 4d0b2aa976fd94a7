using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Json;
using Serilog.Parsing;

namespace SwarmAutoscaler;

/// <summary>One event a line. JSON: <c>time</c>, <c>level</c>, <c>message</c>, <c>logger</c>, the event's properties in snake_case, <c>exception</c>.</summary>
sealed class LogLineFormatter(LogFormat format) : ITextFormatter
{
    static readonly JsonValueFormatter Values = new(typeTagName: null);
    static readonly ConcurrentDictionary<string, string> Names = new(StringComparer.Ordinal);

    public void Format(LogEvent logEvent, TextWriter output)
    {
        if (format == LogFormat.Json)
            WriteJson(logEvent, output);
        else
            WriteText(logEvent, output);
    }

    static void WriteText(LogEvent logEvent, TextWriter output)
    {
        // A line break inside a value would make one event look like several.
        string message = Message(logEvent).ReplaceLineEndings(" ");
        output.Write($"{Time(logEvent)} {Level(logEvent.Level),-11} {message}");
        output.Write('\n');
        if (logEvent.Exception is { } exception)
            output.Write($"{exception}\n");
    }

    static void WriteJson(LogEvent logEvent, TextWriter output)
    {
        output.Write('{');
        Write(output, "time", Time(logEvent), first: true);
        Write(output, "level", Level(logEvent.Level));
        Write(output, "message", Message(logEvent));
        foreach (var (name, value) in logEvent.Properties)
        {
            if (name == "EventId")
                continue;
            output.Write(",\"");
            output.Write(Names.GetOrAdd(name, KeyOf));
            output.Write("\":");
            Values.Format(value, output);
        }
        if (logEvent.Exception is { } exception)
            Write(output, "exception", exception.ToString());
        output.Write("}\n");
    }

    static void Write(TextWriter output, string name, string value, bool first = false)
    {
        output.Write($"{(first ? "" : ",")}\"{name}\":");
        JsonValueFormatter.WriteQuotedJsonString(value, output);
    }

    /// <summary>A property must not take the place of one of the line's own names.</summary>
    static string KeyOf(string property) => JsonNamingPolicy.SnakeCaseLower.ConvertName(property) switch
    {
        "source_context" => "logger",
        "time" or "level" or "message" or "exception" or "logger" => $"event_{JsonNamingPolicy.SnakeCaseLower.ConvertName(property)}",
        var name => JsonEncodedText.Encode(name).ToString(),
    };

    /// <summary>The message with its values in place, text without quotes.</summary>
    static string Message(LogEvent logEvent)
    {
        using var message = new StringWriter(CultureInfo.InvariantCulture);
        foreach (var token in logEvent.MessageTemplate.Tokens)
            if (token is PropertyToken property && logEvent.Properties.TryGetValue(property.PropertyName, out var value) && value is ScalarValue { Value: string text })
                message.Write(text);
            else
                token.Render(logEvent.Properties, message, CultureInfo.InvariantCulture);
        return message.ToString();
    }

    static string Time(LogEvent logEvent) => logEvent.Timestamp.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    static string Level(LogEventLevel level) => level switch
    {
        LogEventLevel.Verbose => "trace",
        LogEventLevel.Fatal => "critical",
        _ => level.ToString().ToLowerInvariant(),
    };
}
