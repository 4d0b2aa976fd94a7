using System.Globalization;
using System.Text;

namespace SwarmAutoscaler.Recording;

/// <summary>Writes the Prometheus text format 0.0.4: families with HELP and TYPE, samples with escaped labels.</summary>
sealed class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    readonly StringBuilder text = new(16 * 1024);

    /// <summary>
    /// The name in the text format: base unit and, for counters, <c>_total</c> are appended. <c>("swarm_autoscaler_cooldown_remaining", "s", false)</c>
    /// is <c>swarm_autoscaler_cooldown_remaining_seconds</c>.
    /// </summary>
    public static string NameOf(string instrument, string? unit, bool isCounter)
    {
        string suffix = unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        return instrument.Replace('.', '_') + suffix + (isCounter ? "_total" : "");
    }

    /// <summary>Starts a family; <paramref name="type"/> is <c>counter</c>, <c>gauge</c> or <c>histogram</c>.</summary>
    public void Family(string name, string type, string? help)
    {
        text.Append("# HELP ").Append(name).Append(' ');
        Escape(help ?? "", quoted: false);
        text.Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
    }

    /// <summary>One sample of the family that was started last; <paramref name="upperBound"/> is a histogram bucket's <c>le</c>.</summary>
    public void Sample(string name, ReadOnlySpan<KeyValuePair<string, object?>> tags, double value, double? upperBound = null)
    {
        text.Append(name);
        char before = '{';
        foreach (var (key, tag) in tags)
        {
            text.Append(before).Append(key).Append("=\"");
            Escape(Convert.ToString(tag, CultureInfo.InvariantCulture) ?? "", quoted: true);
            text.Append('"');
            before = ',';
        }
        if (upperBound is { } bound)
        {
            text.Append(before).Append("le=\"").Append(Number(bound)).Append('"');
            before = ',';
        }
        text.Append(before == ',' ? "} " : " ").Append(Number(value)).Append('\n');
    }

    public override string ToString() => text.ToString();

    static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    void Escape(string raw, bool quoted)
    {
        if (raw.AsSpan().IndexOfAny('\\', '\n', '"') < 0)
        {
            text.Append(raw);
            return;
        }
        foreach (char c in raw)
            switch (c)
            {
                case '\\': text.Append(@"\\"); break;
                case '\n': text.Append(@"\n"); break;
                case '"' when quoted: text.Append("\\\""); break;
                default: text.Append(c); break;
            }
    }
}
