using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using SwarmAutoscaler.Policies;
using Xunit;

namespace SwarmAutoscaler.Tests.Simulating;

public sealed partial class PictureTests : IDisposable
{
    const string Policy = """
        policy:
          service: web
          replicas: { min: 2, max: 12 }
          metrics:
            - { name: cpu, source: prometheus, preset: cpu, target: { utilization: 50% } }
            - { name: jobs, source: redis, key: jobs, target: { per_replica: 100 } }
          schedules: [ { name: night, start: "1 0 * * *", duration: 1h, max: 6 } ]
        service: { replicas: 4 }
        history: { known: true }
        """;

    const string Steps = """
        steps:
          - { at: 0s, metrics: { cpu: 75%, jobs: 300 } }
          - { at: 30s, metrics: { cpu: missing } }
          - { at: 60s, metrics: { cpu: 50% }, replicas: 9, running: 5 }
          - { at: 90s, metrics: { cpu: 50%, jobs: 100 }, expect: { replicas: 7 } }
        """;

    readonly string folder = Directory.CreateTempSubdirectory("picture-").FullName;

    (string Text, XElement Root) Draw(string text, params string[] more)
    {
        var path = Path.Combine(folder, "s.yml");
        File.WriteAllText(path, text);
        string output = Simulate.Run(["--format", "svg", path, .. more]).Output;
        return (output, XDocument.Parse(output).Root!);
    }

    static IEnumerable<XElement> All(XElement root, string name, string? style = null) =>
        root.Descendants().Where(element => element.Name.LocalName == name && (style is null || (string?)element.Attribute("class") == style));

    static double Number(XElement element, string attribute) => double.Parse((string)element.Attribute(attribute)!, CultureInfo.InvariantCulture);

    static string TitleOf(XElement element) => element.Elements().Single(child => child.Name.LocalName == "title").Value;

    /// <summary>The axes as they are labelled: the value of a place is what the labels beside it say.</summary>
    static Func<double, double> Axis(IReadOnlyList<(double Place, double Value)> labels)
    {
        var (first, last) = (labels[0], labels[^1]);
        Assert.True(labels.Count > 1);
        return place => first.Value + (place - first.Place) / (last.Place - first.Place) * (last.Value - first.Value);
    }

    static Func<double, double> ValueAxis(XElement root, double top, double bottom) => Axis([.. All(root, "text", "faint")
        .Where(label => (string?)label.Attribute("text-anchor") == "end" && Number(label, "y") - 4 >= top - 1 && Number(label, "y") - 4 <= bottom + 1)
        .Select(label => (Number(label, "y") - 4, double.Parse(label.Value.Replace(" %", "", StringComparison.Ordinal), CultureInfo.InvariantCulture)))]);

    static Func<double, double> TimeAxis(XElement root) => Axis([.. All(root, "text", "faint")
        .Where(label => (string?)label.Attribute("text-anchor") == "middle" && Durations.TryParse(label.Value, out _))
        .Select(label => (Number(label, "x"), Durations.TryParse(label.Value, out var time) ? time.TotalSeconds : 0))]);

    [Fact]
    public void Each_decision_is_a_point_at_its_time_and_count_and_says_its_reason()
    {
        var (_, root) = Draw($"{Policy}\n{Steps}");
        var frame = All(root, "rect", "frame").First();
        double top = Number(frame, "y"), bottom = top + Number(frame, "height");
        var (count, time) = (ValueAxis(root, top, bottom), TimeAxis(root));
        var dots = All(root, "circle").Where(dot => Number(dot, "cy") >= top && Number(dot, "cy") <= bottom).ToList();
        Assert.Equal(
            [
                "0 6 up 0s: 4 → 6, scale_up, recommend", "30 6 hold 30s: 6 → 6, hold, combine", "60 6 down 60s: 9 → 6, scale_down, schedule",
                "90 6 unexpected 90s: 6 → 6, hold, within_tolerance",
            ],
            dots.Select(dot => string.Create(CultureInfo.InvariantCulture,
                $"{time(Number(dot, "cx")):0.#} {count(Number(dot, "cy")):0.##} {(string?)dot.Attribute("class")} {TitleOf(dot).Split('\n')[0]}")));
        Assert.Contains("\ncombine 4 → 6: cpu: 0.75 is 1.5 of the target 0.5; × 4 running is 6", TitleOf(dots[0]), StringComparison.Ordinal);
        Assert.Contains("\nexpected 7 replicas, decided 6", TitleOf(dots[3]), StringComparison.Ordinal);
    }

    /// <summary>Each corner of the lines, read back through the axes.</summary>
    [Theory]
    [InlineData(0, "count", "0:4 0:6 60:6 60:9 60:6 120:6")]
    [InlineData(0, "running", "0:4 30:4 30:6 60:6 60:5 90:5 90:6 120:6")]
    [InlineData(0, "band", "0:12 60:12 60:6 120:6 120:2 60:2 60:2 0:2")]
    [InlineData(1, "value", "0:75 60:50 90:50")]                       // the missing one is a gap
    [InlineData(1, "target", "0:50 120:50")]
    [InlineData(2, "value", "0:300 60:300 90:100")]
    [InlineData(2, "target", "0:400 30:400 30:600 60:600 60:500 90:500 90:600 120:600")]
    public void The_lines_are_what_was_seen_and_decided(int chart, string style, string expected)
    {
        var (_, root) = Draw($"{Policy}\n{Steps}");
        var frame = All(root, "rect", "frame").ElementAt(chart);
        double top = Number(frame, "y"), bottom = top + Number(frame, "height");
        var (value, time) = (ValueAxis(root, top, bottom), TimeAxis(root));
        var path = (string)All(root, "path", style).Single(path => path.Ancestors().Any(group => group.Attribute("clip-path") is not null)
            && Corners((string)path.Attribute("d")!)[0].Y is var y && y >= top && y <= bottom).Attribute("d")!;
        Assert.Equal(expected, string.Join(' ', Corners(path).Select(corner => string.Create(CultureInfo.InvariantCulture, $"{time(corner.X):0.#}:{value(corner.Y):0.#}"))));
    }

    [Fact]
    public void A_missing_value_is_a_point_of_its_own_that_says_why()
    {
        var (_, root) = Draw($"{Policy}\n{Steps}");
        Assert.Equal("30s: missing\nempty: the scenario says so", TitleOf(Assert.Single(All(root, "circle", "missing"))));
    }

    /// <summary>Also signs that YAML can write and XML has not.</summary>
    [Fact]
    public void Names_are_escaped()
    {
        const string hostile = "</title><script>alert(1)</script> & \\\"' \\u0001 ]]> \\U0001F600";
        var (text, root) = Draw($"name: \"{hostile}\"\n{Policy}\n{Steps}".Replace("name: jobs", "name: \"<b>&\\\"jobs\"", StringComparison.Ordinal)
            .Replace("jobs: 300", "\"<b>&\\\"jobs\": 300", StringComparison.Ordinal).Replace("jobs: 100", "\"<b>&\\\"jobs\": 100", StringComparison.Ordinal));
        Assert.DoesNotContain("<script", text, StringComparison.Ordinal);
        Assert.Contains(All(root, "text", "ink"), name => name.Value.Contains("<script>alert(1)</script> & \"' \uFFFD ]]> \U0001F600", StringComparison.Ordinal));
        Assert.Contains(All(root, "text", "ink"), name => name.Value == "<b>&\"jobs (total)");
    }

    [Fact]
    public void Nothing_is_loaded_from_elsewhere_and_it_is_light_or_dark_as_its_surroundings()
    {
        var (text, root) = Draw($"{Policy}\n{Steps}");
        Assert.Equal(["http://www.w3.org/2000/svg"], Address().Matches(text).Select(match => match.Value).Distinct());
        Assert.DoesNotContain(root.Descendants(), element => element.Name.LocalName is "script" or "image" or "use" or "a" or "foreignObject");
        Assert.DoesNotContain(root.DescendantsAndSelf().Attributes(),
            attribute => attribute.Name.LocalName == "href" || attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal));
        Assert.Contains("@media (prefers-color-scheme: dark)", All(root, "style").Single().Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_style_that_is_used_has_a_colour_in_the_light_and_in_the_dark()
    {
        var (_, root) = Draw($"{Policy}\n{Steps}");
        string[] sheets = All(root, "style").Single().Value.Split("@media");
        foreach (var style in root.Descendants().Select(element => (string?)element.Attribute("class")).OfType<string>().Distinct())
            Assert.All(sheets, sheet => Assert.Matches($@"\.{style}[ ,]", sheet));
    }

    [Fact]
    public void Many_scenarios_are_one_document_one_under_the_other()
    {
        var one = Draw($"name: first\n{Policy}\n{Steps}").Root;
        var two = Draw($"name: first\n{Policy}\n{Steps}\n---\nname: second\n{Policy}\n{Steps}").Root;
        Assert.Equal(2 * Number(one, "height"), Number(two, "height"));
        Assert.Equal(["first (web)", "second (web)"], two.Elements().Where(element => element.Name.LocalName == "g").Select(TitleOf));
        Assert.Equal(2 * All(one, "circle").Count(), All(two, "circle").Count());
        var ids = All(two, "clipPath").Select(clip => (string)clip.Attribute("id")!).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Fact]
    public void When_nothing_can_be_played_it_is_a_document_all_the_same() =>
        Assert.Equal("no scenario could be played", Assert.Single(All(Draw("name: empty").Root, "text")).Value);

    [Theory]
    [InlineData("1e300")]
    [InlineData("-1.7e308")]
    [InlineData("0")]
    [InlineData("1e-300")]
    public void Any_number_has_its_place(string value)
    {
        var (text, _) = Draw($"{Policy}\nsteps: [ {{ at: 0s, metrics: {{ cpu: 0.5, jobs: {value} }} }}, {{ at: 0s, metrics: {{ jobs: 1.7e308 }} }} ]");
        Assert.DoesNotMatch("NaN|Infinity|∞", text);
        Assert.True(text.Length < 30_000);
    }

    [Fact]
    public void Under_a_load_the_load_and_what_can_be_done_are_drawn_too()
    {
        var load = Path.Combine(folder, "l.csv");
        File.WriteAllText(load, "0,40\n600,90\n1200,0\n");
        var (_, root) = Draw($"{Policy}\nmodel: {{ capacity_per_replica: 10, startup: 30s, metrics: {{ cpu: utilization, jobs: 5 }} }}", "--load", load);
        Assert.Equal(["replicas", "load (per second)", "queue (arrivals that wait)", "cpu (share of the limit)", "jobs (total)"],
            All(root, "text", "ink").Skip(1).Select(title => title.Value));
        var frame = All(root, "rect", "frame").ElementAt(1);
        double top = Number(frame, "y"), bottom = top + Number(frame, "height");
        var corners = Corners((string)All(root, "path", "load").Last().Attribute("d")!);
        Assert.Equal([40, 40, 90, 90], corners.Select(corner => Math.Round(ValueAxis(root, top, bottom)(corner.Y), 3)));
    }

    /// <summary>Knows M, L, H, V and Z with absolute numbers, which is all that is drawn.</summary>
    static List<(double X, double Y)> Corners(string path)
    {
        var corners = new List<(double X, double Y)>();
        foreach (Match move in Move().Matches(path))
        {
            double first = double.Parse(move.Groups[2].Value, CultureInfo.InvariantCulture);
            corners.Add(move.Groups[1].Value switch
            {
                "H" => (first, corners[^1].Y),
                "V" => (corners[^1].X, first),
                _ => (first, double.Parse(move.Groups[3].Value, CultureInfo.InvariantCulture)),
            });
        }
        return corners;
    }

    [GeneratedRegex(@"([MLHV])(-?[0-9.]+)(?:,(-?[0-9.]+))?")]
    private static partial Regex Move();

    [GeneratedRegex(@"[a-z]+://[^\s""']+")]
    private static partial Regex Address();

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
