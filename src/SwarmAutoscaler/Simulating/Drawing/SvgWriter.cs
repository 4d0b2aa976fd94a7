using System.Globalization;
using System.Text;
using System.Xml;

namespace SwarmAutoscaler.Simulating.Drawing;

/// <summary>Writes one SVG document. Texts are escaped, and signs that XML does not know are replaced.</summary>
sealed class SvgWriter : IDisposable
{
    const string Namespace = "http://www.w3.org/2000/svg";

    readonly XmlWriter xml;

    public SvgWriter(TextWriter output, double width, double height)
    {
        xml = XmlWriter.Create(output, new XmlWriterSettings { OmitXmlDeclaration = true, Indent = true, IndentChars = " ", NewLineChars = "\n", NewLineHandling = NewLineHandling.None });
        xml.WriteStartElement("svg", Namespace);
        Attributes(("viewBox", $"0 0 {Coordinate(width)} {Coordinate(height)}"), ("width", Coordinate(width)), ("height", Coordinate(height)), ("role", "img"),
            ("font-family", "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"), ("font-size", "12"));
        Leaf("style", PictureStyle.Text);
    }

    /// <summary>An element with others in it, until the answer is disposed of.</summary>
    public IDisposable Open(string name, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        xml.WriteStartElement(name, Namespace);
        Attributes(attributes);
        return new Closing(xml);
    }

    public void Title(string text) => Leaf("title", text);

    public void Path(string style, string data)
    {
        if (data.Length > 0)
            Open("path", ("class", style), ("d", data)).Dispose();
    }

    public void Rectangle(string style, (double Left, double Top, double Right, double Bottom) box, params ReadOnlySpan<(string Name, string Value)> more) =>
        Open("rect", [("class", style), ("x", Coordinate(box.Left)), ("y", Coordinate(box.Top)), ("width", Coordinate(box.Right - box.Left)),
            ("height", Coordinate(box.Bottom - box.Top)), .. more]).Dispose();

    public void Dot(string style, double x, double y, string title)
    {
        string radius = style == PictureStyle.Hold ? "3" : "4.5"; // where nothing happened the line is to be seen
        using (Open("circle", ("class", style), ("cx", Coordinate(x)), ("cy", Coordinate(y)), ("r", radius)))
            Title(title);
    }

    /// <param name="style">Its class.</param>
    /// <param name="x">Where it is anchored.</param>
    /// <param name="y">Its base line.</param>
    /// <param name="text">What it says.</param>
    /// <param name="more">Other attributes.</param>
    public void Text(string style, double x, double y, string text, params ReadOnlySpan<(string Name, string Value)> more)
    {
        using (Open("text", [("class", style), ("x", Coordinate(x)), ("y", Coordinate(y)), .. more]))
            xml.WriteString(Valid(text));
    }

    public static string Coordinate(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    public void Dispose()
    {
        xml.WriteEndElement();
        xml.Dispose();
    }

    void Leaf(string name, string text)
    {
        xml.WriteStartElement(name, Namespace);
        xml.WriteString(Valid(text));
        xml.WriteEndElement();
    }

    void Attributes(params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        foreach (var (name, value) in attributes)
            xml.WriteAttributeString(name, Valid(value));
    }

    /// <summary>A name may hold any sign that YAML can write; XML has none for most control characters.</summary>
    static string Valid(string text) => string.Concat(text.EnumerateRunes().Select(rune =>
        rune.IsBmp && !XmlConvert.IsXmlChar((char)rune.Value) ? Rune.ReplacementChar.ToString() : rune.ToString()));

    sealed class Closing(XmlWriter xml) : IDisposable
    {
        public void Dispose() => xml.WriteEndElement();
    }
}
