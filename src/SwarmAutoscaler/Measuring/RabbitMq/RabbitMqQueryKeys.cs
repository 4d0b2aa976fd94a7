using System.Text;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Measuring.RabbitMq;

/// <summary>Reads this source's keys of one metric.</summary>
static class RabbitMqQueryKeys
{
    const int LongestName = 255;

    /// <summary>AMQP names are at most 255 bytes.</summary>
    public static bool IsShort(string name) => Encoding.UTF8.GetByteCount(name) <= LongestName;

    public static RabbitMqQuery? Read(FieldReader fields, RabbitMqConnection broker)
    {
        bool valid = true;
        var virtualHost = Name(fields, "vhost", ref valid) ?? broker.VirtualHost;
        var queue = fields.Has("queue") ? Name(fields, "queue", ref valid) : null;
        var pattern = Pattern(fields, ref valid);
        var measure = Choice(fields, "measure", QueueMeasure.Total, ref valid,
            ("ready", QueueMeasure.Ready), ("unacked", QueueMeasure.Unacked), ("total", QueueMeasure.Total),
            ("publish_rate", QueueMeasure.PublishRate), ("deliver_rate", QueueMeasure.DeliverRate),
            ("consumers", QueueMeasure.Consumers), ("drain_time", QueueMeasure.DrainTime));
        var combine = Choice(fields, "combine", QueueCombination.Sum, ref valid,
            ("sum", QueueCombination.Sum), ("max", QueueCombination.Max), ("avg", QueueCombination.Avg));
        if (fields.Has("queue") == fields.Has("queue_pattern"))
            Refuse(fields, fields.Has("queue") ? "'queue' and 'queue_pattern' exclude each other" : "'queue' or 'queue_pattern' is missing", ref valid);
        if (fields.Has("combine") && !fields.Has("queue_pattern"))
            Refuse(fields, "combine", "'combine' needs 'queue_pattern': one queue is one number", ref valid);
        if (broker.Management is null)
            CheckAmqp(fields, broker, measure, ref valid);
        return valid ? new RabbitMqQuery(broker, virtualHost, measure) { Queue = queue, Pattern = pattern, Combine = combine } : null;
    }

    /// <summary>A passive declare tells ready messages and consumers, nothing else, and of one queue only.</summary>
    static void CheckAmqp(FieldReader fields, RabbitMqConnection broker, QueueMeasure measure, ref bool valid)
    {
        string need = $"needs the management API, and connection '{broker.Name}' has no 'management_url'";
        if (fields.Has("queue_pattern"))
            Refuse(fields, "queue_pattern", $"'queue_pattern' {need}", ref valid);
        if (measure is QueueMeasure.Ready or QueueMeasure.Consumers)
            return;
        var word = fields.Has("measure") ? $"'measure: {fields.Text("measure")}'" : "'measure: total', the default,";
        Refuse(fields, "measure", $"{word} {need}; over AMQP only 'ready' and 'consumers' can be read", ref valid);
    }

    static string? Name(FieldReader fields, string key, ref bool valid)
    {
        if (!fields.Has(key))
            return null;
        var name = fields.RequiredText(key);
        if (name is null)
            valid = false;
        else if (!IsShort(name))
            Refuse(fields, key, $"'{key}' is longer than {LongestName} bytes", ref valid);
        return name;
    }

    static QueuePattern? Pattern(FieldReader fields, ref bool valid)
    {
        if (!fields.Has("queue_pattern"))
            return null;
        if (fields.RequiredText("queue_pattern") is { } text)
            try
            {
                return new QueuePattern(text);
            }
            catch (Exception e) when (e is ArgumentException or NotSupportedException)
            {
                fields.Error("queue_pattern", $"'queue_pattern' is not a regular expression that can be used here: {e.Message}");
            }
        valid = false;
        return null;
    }

    static T Choice<T>(FieldReader fields, string key, T otherwise, ref bool valid, params (string Word, T Value)[] choices) where T : struct
    {
        if (!fields.Has(key))
            return otherwise;
        var value = fields.Choice(key, choices);
        valid &= value is not null;
        return value ?? otherwise;
    }

    static void Refuse(FieldReader fields, string message, ref bool valid)
    {
        fields.Error(message);
        valid = false;
    }

    static void Refuse(FieldReader fields, string key, string message, ref bool valid)
    {
        fields.Error(key, message);
        valid = false;
    }
}
