using System.Text;

namespace SwarmAutoscaler.Simulating.Drawing;

/// <summary>Puts a chart into its place in a picture.</summary>
sealed class ChartDrawing
{
    /// <summary>Above the frame: the title and the legend.</summary>
    public const int Heading = 24;

    const int LongestTitle = 60;
    const double LetterWidth = 6.4, SampleWidth = 20;

    readonly SvgWriter svg;
    readonly Chart chart;
    readonly TimeAxis time;
    readonly ValueAxis values;
    readonly double top, bottom;

    public ChartDrawing(SvgWriter svg, Chart chart, TimeAxis time, double y)
    {
        (this.svg, this.chart, this.time, top, bottom) = (svg, chart, time, y + Heading, y + Heading + chart.Height);
        var shown = chart.Curves.SelectMany(curve => curve.Points).Select(point => point.Value ?? 0).Concat(chart.Marks.Select(mark => mark.Value))
            .Concat(chart.Band?.Edges.Select(edge => edge.High) ?? []).Select(value => Math.Min(value, chart.HighestTop)).ToList();
        values = new ValueAxis(shown.Min(), shown.Max(), chart.Numbers, (top, bottom));
    }

    /// <param name="isLast">The times stand under this one.</param>
    public void Draw(bool isLast)
    {
        DrawHeading();
        DrawGrid(isLast);
        var clip = $"inset-{SvgWriter.Coordinate(top)}";
        using (svg.Open("clipPath", ("id", clip)))
            svg.Rectangle("paper", (time.Left, top - 2, time.Right, bottom + 2));
        using (svg.Open("g", ("clip-path", $"url(#{clip})")))
        {
            if (chart.Band is { } band)
                svg.Path("band", Area(band));
            foreach (var curve in chart.Curves)
                svg.Path(curve.Style, curve.IsStepped ? Staircase(curve) : Joined(curve));
        }
        foreach (var mark in chart.Marks)
            svg.Dot(mark.Style, time.At(mark.At), values.At(mark.Value), mark.Text);
    }

    void DrawHeading()
    {
        svg.Text("ink", time.Left, top - 8, chart.Title.Length <= LongestTitle ? chart.Title : chart.Title[..LongestTitle] + "…", ("font-weight", "600"));
        var named = chart.Curves.Where(curve => curve.Name is not null).Select(curve => (curve.Name!, curve.Style)).ToList();
        if (chart.Band is { } band)
            named.Add((band.Name, "band"));
        double x = time.Right - named.Sum(entry => WidthOf(entry.Item1));
        foreach (var (name, style) in named)
        {
            if (style == "band")
                svg.Rectangle(style, (x, top - 17, x + SampleWidth, top - 7));
            else
                svg.Path(style, Line(x, top - 12, x + SampleWidth, top - 12));
            svg.Text("faint", x + SampleWidth + 6, top - 8, name);
            x += WidthOf(name);
        }
    }

    static double WidthOf(string name) => SampleWidth + 6 + name.Length * LetterWidth + 12;

    void DrawGrid(bool isLast)
    {
        foreach (var (value, text) in values.Ticks())
        {
            svg.Path("grid", Line(time.Left, values.At(value), time.Right, values.At(value)));
            svg.Text("faint", time.Left - 8, values.At(value) + 4, text, ("text-anchor", "end"));
        }
        foreach (var (at, text) in time.Ticks())
        {
            svg.Path("grid", Line(time.At(at), top, time.At(at), bottom));
            if (isLast)
                svg.Text("faint", time.At(at), bottom + 16, text, ("text-anchor", "middle"));
        }
        svg.Rectangle("frame", (time.Left, top, time.Right, bottom));
    }

    /// <summary>Points that change nothing are left out, so that a quiet day is a short text.</summary>
    string Staircase(Curve curve)
    {
        var path = new StringBuilder();
        double? before = null;
        TimeSpan? last = null;
        foreach (var (at, value) in curve.Points)
        {
            if (value == before)
                continue;
            if (before is not null && at != last)
                path.Append($" H{X(at)}");
            if (value is { } now)
                path.Append(before is null ? $" M{X(at)},{Y(now)}" : $" V{Y(now)}");
            (before, last) = (value, at);
        }
        if (before is not null)
            path.Append($" H{X(time.To)}");
        return path.ToString().TrimStart();
    }

    string Joined(Curve curve)
    {
        var path = new StringBuilder();
        var points = curve.Points;
        for (int i = 0; i < points.Count; i++)
        {
            double? before = i > 0 ? points[i - 1].Value : null, after = i + 1 < points.Count ? points[i + 1].Value : null;
            if (points[i].Value is { } value && (value != before || value != after))
                path.Append($" {(before is null ? 'M' : 'L')}{X(points[i].At)},{Y(value)}");
        }
        return path.ToString().TrimStart();
    }

    string Area(Band band)
    {
        var there = new StringBuilder($"M{X(band.Edges[0].At)},{Y(band.Edges[0].High)}");
        var back = new List<string> { $" H{X(band.Edges[0].At)} Z" };
        for (int i = 1; i < band.Edges.Count; i++)
        {
            var (at, low, high) = band.Edges[i];
            if ((low, high) == (band.Edges[i - 1].Low, band.Edges[i - 1].High))
                continue;
            there.Append($" H{X(at)} V{Y(high)}");
            back.Add($" H{X(at)} V{Y(band.Edges[i - 1].Low)}");
        }
        back.Add($" H{X(time.To)} V{Y(band.Edges[^1].Low)}");
        return string.Concat(Enumerable.Reverse(back).Prepend(there.ToString()));
    }

    static string Line(double fromX, double fromY, double toX, double toY) =>
        $"M{SvgWriter.Coordinate(fromX)},{SvgWriter.Coordinate(fromY)} L{SvgWriter.Coordinate(toX)},{SvgWriter.Coordinate(toY)}";

    string X(TimeSpan at) => SvgWriter.Coordinate(time.At(at));

    string Y(double value) => SvgWriter.Coordinate(values.At(value));
}
