using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;

namespace SwarmAutoscaler.Api;

/// <summary>HTML as an interpolated string. What stands in a hole is escaped, unless it is such HTML itself: no text can be forgotten.</summary>
[InterpolatedStringHandler]
sealed class Html(int literalLength, int formattedCount)
{
    readonly StringBuilder text = new(literalLength + (formattedCount * 16));

    public void AppendLiteral(string literal) => text.Append(literal);

    public void AppendFormatted(string? value) => text.Append(HtmlEncoder.Default.Encode(value ?? ""));

    public void AppendFormatted(int value) => text.Append(CultureInfo.InvariantCulture, $"{value}");

    public void AppendFormatted(int? value) => text.Append(CultureInfo.InvariantCulture, $"{value}");

    public void AppendFormatted(Html? part) => text.Append(part?.text);

    public void AppendFormatted(IEnumerable<Html> parts)
    {
        foreach (var part in parts)
            text.Append(part.text);
    }

    public override string ToString() => text.ToString();
}
