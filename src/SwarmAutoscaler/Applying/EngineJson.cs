using System.Text;
using System.Text.Json;

namespace SwarmAutoscaler.Applying;

/// <summary>Walking through the engine's JSON without building a tree, and the small answers.</summary>
static class EngineJson
{
    /// <summary>The engine's sentences go into logs and answers: one line, not endless.</summary>
    const int LongestMessage = 300;

    /// <summary>A reader that stands at the beginning of an array of objects.</summary>
    /// <exception cref="JsonException">It is no array.</exception>
    public static Utf8JsonReader Array(byte[] json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        return reader.TokenType == JsonTokenType.StartArray ? reader : throw new JsonException($"an array was expected, not {reader.TokenType}");
    }

    /// <summary>Steps into the next object of the array; false at its end, after which nothing may follow.</summary>
    public static bool NextObject(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.EndArray)
            return reader.Read();
        return reader.TokenType == JsonTokenType.StartObject ? true : throw new JsonException($"an object was expected, not {reader.TokenType}");
    }

    /// <summary>Steps into the value of the property just read. False when it is <c>null</c>.</summary>
    /// <exception cref="JsonException">It is neither an object nor null.</exception>
    public static bool Enter(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType switch
        {
            JsonTokenType.StartObject => true,
            JsonTokenType.Null => false,
            var other => throw new JsonException($"an object was expected, not {other}"),
        };
    }

    /// <summary>Steps into the list of the property just read. False when it is <c>null</c>.</summary>
    /// <exception cref="JsonException">It is neither a list nor null.</exception>
    public static bool EnterArray(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType switch
        {
            JsonTokenType.StartArray => true,
            JsonTokenType.Null => false,
            var other => throw new JsonException($"a list was expected, not {other}"),
        };
    }

    /// <summary>Steps to the next entry of a list inside the answer, which has to begin like this; false at its end.</summary>
    public static bool NextInner(ref Utf8JsonReader reader, JsonTokenType expected)
    {
        reader.Read();
        return reader.TokenType == expected ? true
            : reader.TokenType == JsonTokenType.EndArray ? false
            : throw new JsonException($"{expected} was expected, not {reader.TokenType}");
    }

    /// <summary>The texts of the list under the property just read; none when it is <c>null</c>.</summary>
    public static IReadOnlyList<string> Texts(ref Utf8JsonReader reader)
    {
        var texts = new List<string>();
        if (EnterArray(ref reader))
            while (NextInner(ref reader, JsonTokenType.String))
                texts.Add(reader.GetString()!);
        return texts;
    }

    /// <summary>The texts of the object under the property just read, by name; none when it is <c>null</c>.</summary>
    public static IReadOnlyDictionary<string, string> TextMap(ref Utf8JsonReader reader)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Enter(ref reader))
            while (NextProperty(ref reader))
                texts[reader.GetString()!] = Text(ref reader) ?? "";
        return texts;
    }

    /// <summary>Steps to the next property of the object; false at its end. Its value has to be read, entered or skipped before the next call.</summary>
    public static bool NextProperty(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.PropertyName;
    }

    public static string? Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType is JsonTokenType.String or JsonTokenType.Null
            ? reader.GetString()
            : throw new JsonException($"a text was expected, not {reader.TokenType}");
    }

    /// <summary>The moment in the property just read; null when there is none.</summary>
    public static DateTimeOffset? Time(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType switch
        {
            JsonTokenType.String when reader.TryGetDateTimeOffset(out var time) => time,
            JsonTokenType.Null => null,
            var other => throw new JsonException($"a time was expected, not {other}"),
        };
    }

    /// <summary>The whole number that the reader stands on, 0 or more.</summary>
    public static ulong Number(in Utf8JsonReader reader) => reader.TokenType == JsonTokenType.Number && reader.TryGetUInt64(out var number)
        ? number
        : throw new JsonException("a whole number, 0 or more, was expected");

    /// <summary>The number of the property just read.</summary>
    public static ulong NextNumber(ref Utf8JsonReader reader)
    {
        reader.Read();
        return Number(reader);
    }

    /// <summary>A count as an int; what does not fit is as large as an int can be.</summary>
    public static int Count(ulong number) => (int)Math.Min(number, int.MaxValue);

    /// <summary>What the engine says in <c>{"message": …}</c>, else the beginning of what came instead, on one line.</summary>
    public static string Message(byte[] body)
    {
        var text = Field(body, "message", value => value.GetString());
        text ??= Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, LongestMessage)));
        text = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length > LongestMessage ? text[..LongestMessage] + "…" : text;
    }

    /// <summary>The <c>Warnings</c> of an accepted update.</summary>
    public static IReadOnlyList<string> Warnings(byte[] body) =>
        Field(body, "Warnings", value => value.EnumerateArray().Select(warning => warning.GetString() ?? "").ToArray()) ?? [];

    static T? Field<T>(byte[] body, string name, Func<JsonElement, T?> read) where T : class
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out var value)
                && value.ValueKind != JsonValueKind.Null ? read(value) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
