using System.Text.Json;

namespace SwarmAutoscaler.Measuring.RabbitMq;

/// <summary>Reads the management API's list of queues; keys nobody asked for are skipped without being decoded.</summary>
static class QueueList
{
    /// <exception cref="JsonException">Not JSON, or not a list of queues.</exception>
    public static Dictionary<string, QueueFigures> Parse(ReadOnlySpan<byte> json)
    {
        var queues = new Dictionary<string, QueueFigures>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
            throw new JsonException("not a list");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var queue = ParseQueue(ref reader);
            queues[queue.Name] = queue;
        }
        if (reader.Read())
            throw new JsonException("more than one list");
        return queues;
    }

    static QueueFigures ParseQueue(ref Utf8JsonReader reader)
    {
        string? name = null, state = null;
        double? ready = null, unacked = null, total = null, consumers = null, publishRate = null, deliverRate = null;
        Expect(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("name"u8))
                name = Text(ref reader);
            else if (reader.ValueTextEquals("state"u8))
                state = Text(ref reader);
            else if (reader.ValueTextEquals("messages_ready"u8))
                ready = Number(ref reader);
            else if (reader.ValueTextEquals("messages_unacknowledged"u8))
                unacked = Number(ref reader);
            else if (reader.ValueTextEquals("messages"u8))
                total = Number(ref reader);
            else if (reader.ValueTextEquals("consumers"u8))
                consumers = Number(ref reader);
            else if (reader.ValueTextEquals("message_stats"u8))
                (publishRate, deliverRate) = ParseRates(ref reader);
            else
                Skip(ref reader);
        }
        return new QueueFigures(name ?? throw new JsonException("a queue without a name"))
        {
            State = state,
            Ready = ready,
            Unacked = unacked,
            Total = total,
            Consumers = consumers,
            PublishRate = publishRate,
            DeliverRate = deliverRate,
        };
    }

    static (double? Publish, double? Deliver) ParseRates(ref Utf8JsonReader reader)
    {
        double? publish = null, deliver = null;
        if (!StartsObject(ref reader))
            return default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            if (reader.ValueTextEquals("publish_details"u8))
                publish = ParseRate(ref reader);
            else if (reader.ValueTextEquals("deliver_get_details"u8))
                deliver = ParseRate(ref reader);
            else
                Skip(ref reader);
        return (publish, deliver);
    }

    static double? ParseRate(ref Utf8JsonReader reader)
    {
        double? rate = null;
        if (!StartsObject(ref reader))
            return null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            if (reader.ValueTextEquals("rate"u8))
                rate = Number(ref reader);
            else
                Skip(ref reader);
        return rate;
    }

    /// <summary>Some versions write an empty list where there is no object.</summary>
    static bool StartsObject(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartObject)
            return true;
        reader.Skip();
        return false;
    }

    static string? Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString(),
            JsonTokenType.Null => null,
            _ => throw new JsonException("a text was expected"),
        };
    }

    static double? Number(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType switch
        {
            JsonTokenType.Number => reader.GetDouble(),
            JsonTokenType.Null => null,
            // An unfinished figure is an empty text in some versions.
            JsonTokenType.String when reader.ValueTextEquals(""u8) => null,
            _ => throw new JsonException("a number was expected"),
        };
    }

    static void Expect(ref Utf8JsonReader reader, JsonTokenType token)
    {
        if (reader.TokenType != token)
            throw new JsonException("a queue was expected");
    }

    static void Skip(ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
    }
}
