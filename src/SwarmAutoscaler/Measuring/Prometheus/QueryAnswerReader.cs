using System.Collections.Immutable;
using System.Text.Json;

namespace SwarmAutoscaler.Measuring.Prometheus;

/// <summary>
/// Reads the JSON of an instant query in one pass. The order of the fields does not matter; unknown ones are skipped. What servers that speak
/// Prometheus's protocol leave out (<c>status</c>, <c>resultType</c>) is told by the shape of the result.
/// </summary>
ref struct QueryAnswerReader(ReadOnlySpan<byte> json, ImmutableArray<string> labels)
{
    readonly QueryAnswer answer = new(labels);
    readonly List<string> warnings = [];
    Utf8JsonReader reader = new(json);
    string? status, error, errorType, resultType, pairText;
    bool hasResult, hasPair, hasRange;

    /// <summary>The series, or a failure: what the server calls an error, or an answer that cannot be understood.</summary>
    public static QueryAnswer Read(ReadOnlySpan<byte> json, ImmutableArray<string> labels)
    {
        try
        {
            var reader = new QueryAnswerReader(json, labels);
            reader.ReadDocument();
            return reader.Conclude();
        }
        // The reader of the base library reports invalid UTF-8 and wrong token types as InvalidOperationException.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return Malformed("the answer is not the JSON of a Prometheus");
        }
    }

    /// <summary>The text of an error answer, or null when the body holds none.</summary>
    public static string? ReadError(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new QueryAnswerReader(json, []);
            reader.ReadDocument();
            return reader.ErrorText();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    static QueryAnswer Malformed(string detail) => QueryAnswer.Failed(MissingReason.Malformed, detail);

    readonly string? ErrorText() => error is { Length: > 0 } ? (errorType is { Length: > 0 } ? $"{errorType}: {error}" : error) : null;

    QueryAnswer Conclude()
    {
        if (status is not (null or "success") || error is { Length: > 0 })
            return QueryAnswer.Failed(MissingReason.Error, ErrorText() is { } text ? $"the server answered {text}" : $"the server answered with status {status}");
        if (resultType is "matrix" || hasRange)
            return Malformed("the query gives a range of values (matrix): an instant vector or a scalar is needed");
        if (resultType is "string")
            return Malformed("the query gives a string: an instant vector or a scalar is needed");
        if (!hasResult || resultType is not (null or "vector" or "scalar"))
            return Malformed(hasResult ? $"the query gives a result of the unknown type {resultType}" : "the answer holds no result");
        if (hasPair)
            answer.Add(SampleText.Read(pairText), new string?[answer.Labels.Length]);
        return warnings.Count == 0 ? answer : answer.WithWarnings(warnings);
    }

    void ReadDocument()
    {
        Expect(JsonTokenType.StartObject);
        while (NextProperty())
            if (reader.ValueTextEquals("data"u8))
                ReadData();
            else if (reader.ValueTextEquals("status"u8))
                status = NextText();
            else if (reader.ValueTextEquals("error"u8))
                error = NextText();
            else if (reader.ValueTextEquals("errorType"u8))
                errorType = NextText();
            else if (reader.ValueTextEquals("warnings"u8))
                ReadWarnings();
            else
                reader.Skip();
        if (reader.Read())
            throw new JsonException();
    }

    void ReadData()
    {
        Expect(JsonTokenType.StartObject, JsonTokenType.Null);
        if (reader.TokenType == JsonTokenType.Null)
            return;
        while (NextProperty())
            if (reader.ValueTextEquals("resultType"u8))
                resultType = NextText();
            else if (reader.ValueTextEquals("result"u8))
                ReadResult();
            else
                reader.Skip();
    }

    /// <summary>A list of series, or the pair of time and text that a scalar or string is.</summary>
    void ReadResult()
    {
        Expect(JsonTokenType.StartArray, JsonTokenType.Null);
        if (hasResult)
            throw new JsonException();
        hasResult = true;
        if (reader.TokenType == JsonTokenType.Null)
            return;
        var values = new string?[answer.Labels.Length];
        reader.Read();
        if (reader.TokenType is JsonTokenType.Number or JsonTokenType.String)
        {
            hasPair = true;
            pairText = ReadPairRest();
            return;
        }
        for (; reader.TokenType != JsonTokenType.EndArray; reader.Read())
            ReadSeries(values);
    }

    void ReadSeries(string?[] values)
    {
        Require(JsonTokenType.StartObject);
        Array.Clear(values);
        string? text = null;
        bool hasValue = false, hasHistogram = false;
        while (NextProperty())
            if (reader.ValueTextEquals("metric"u8))
                ReadLabels(values);
            else if (reader.ValueTextEquals("value"u8))
            {
                Expect(JsonTokenType.StartArray);
                reader.Read();
                hasValue = true;
                text = ReadPairRest();
            }
            else
            {
                hasHistogram |= reader.ValueTextEquals("histogram"u8);
                hasRange |= reader.ValueTextEquals("values"u8) || reader.ValueTextEquals("histograms"u8);
                reader.Skip();
            }
        answer.Add(hasValue ? SampleText.Read(text) : new Missing(MissingReason.Malformed, hasHistogram
            ? "the series is a native histogram: take histogram_quantile or another function of it"
            : "the series has no value"), values);
    }

    void ReadLabels(string?[] values)
    {
        Expect(JsonTokenType.StartObject);
        while (NextProperty())
        {
            int index = answer.Labels.Length;
            while (--index >= 0 && !reader.ValueTextEquals(answer.Labels[index]))
            {
            }
            Expect(JsonTokenType.String);
            if (index >= 0)
                values[index] = reader.GetString();
        }
    }

    /// <summary>Stands on the time of a pair; returns the text after it and stands on the pair's end.</summary>
    string? ReadPairRest()
    {
        if (reader.TokenType is not (JsonTokenType.Number or JsonTokenType.String))
            throw new JsonException();
        Expect(JsonTokenType.String, JsonTokenType.EndArray);
        if (reader.TokenType == JsonTokenType.EndArray)
            return null;
        var text = reader.GetString();
        Expect(JsonTokenType.EndArray);
        return text;
    }

    void ReadWarnings()
    {
        Expect(JsonTokenType.StartArray, JsonTokenType.Null);
        if (reader.TokenType == JsonTokenType.Null)
            return;
        while (reader.Read() && reader.TokenType == JsonTokenType.String)
            warnings.Add(reader.GetString()!);
        Require(JsonTokenType.EndArray);
    }

    bool NextProperty()
    {
        Expect(JsonTokenType.PropertyName, JsonTokenType.EndObject);
        return reader.TokenType == JsonTokenType.PropertyName;
    }

    string? NextText()
    {
        Expect(JsonTokenType.String, JsonTokenType.Null);
        return reader.GetString();
    }

    void Expect(JsonTokenType type, JsonTokenType otherwise = JsonTokenType.None)
    {
        if (!reader.Read() || (reader.TokenType != type && reader.TokenType != otherwise))
            throw new JsonException();
    }

    readonly void Require(JsonTokenType type)
    {
        if (reader.TokenType != type)
            throw new JsonException();
    }
}
