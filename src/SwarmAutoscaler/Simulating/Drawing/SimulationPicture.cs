using System.Globalization;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Simulating.Drawing;

/// <summary>Scenarios as one picture, one under the other. It is one XML document however many there are.</summary>
static class SimulationPicture
{
    const int Width = 960, Left = 72, Right = 936;

    /// <summary>Of a scenario: its name and what it came to above the charts, the times below.</summary>
    const int Heading = 56, Footing = 52;

    const int LongestName = 90;

    public static void Write(IReadOnlyList<PlayedScenario> scenarios, TextWriter output)
    {
        var all = scenarios.Select(played => (Played: played, Charts: ScenarioCharts.Of(played).ToList())).ToList();
        double height = scenarios.Count == 0 ? Heading : all.Sum(each => HeightOf(each.Charts)), y = 0;
        using (var svg = new SvgWriter(output, Width, height))
        {
            svg.Title(scenarios.Count == 0 ? "no scenario could be played" : string.Join(", ", scenarios.Select(played => played.Scenario.Name)));
            svg.Rectangle("paper", (0, 0, Width, height));
            if (scenarios.Count == 0)
                svg.Text("ink", Left, 32, "no scenario could be played");
            foreach (var (played, charts) in all)
            {
                Draw(svg, played, charts, y);
                y += HeightOf(charts);
            }
        }
        output.WriteLine();
    }

    static double HeightOf(List<Chart> charts) => Heading + charts.Sum(chart => ChartDrawing.Heading + chart.Height + 10) + Footing;

    static void Draw(SvgWriter svg, PlayedScenario played, List<Chart> charts, double y)
    {
        string name = $"{played.Scenario.Name} ({played.Scenario.Policy.Service})";
        var time = new TimeAxis(TimeSpan.Zero, End(played), Left, Right);
        using (svg.Open("g"))
        {
            svg.Title(name);
            svg.Text("ink", Left, y + 28, name.Length <= LongestName ? name : name[..LongestName] + "…", ("font-size", "17"), ("font-weight", "600"));
            svg.Text("faint", Left, y + 48, Outcome(played));
            y += Heading;
            foreach (var chart in charts)
            {
                new ChartDrawing(svg, chart, time, y).Draw(isLast: chart == charts[^1]);
                y += ChartDrawing.Heading + chart.Height + 10;
            }
            svg.Text("faint", (Left + Right) / 2.0, y + 26,
                $"time since {played.Scenario.Start.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}", ("text-anchor", "middle"));
        }
    }

    static string Outcome(PlayedScenario played)
    {
        int[] counts = [.. played.Steps.Select(step => step.After)];
        FormattableString[] parts = played.Summary is { } load
            ?
            [
                $"{load.ReplicaHours:#,0.##} replica-hours",
                $"over capacity {load.OverCapacityRatio * 100:0.##} % of {Durations.Write(load.Duration)}",
                $"longest queue {load.LongestQueue:#,0.##}",
                $"{load.Changes:#,0} changes, {load.Reversals:#,0} turned back",
                $"lowest {load.LowestReplicas}, highest {load.HighestReplicas} replicas",
            ]
            : [$"{played.Steps.Count:#,0} evaluation{(played.Steps.Count == 1 ? "" : "s")}", $"lowest {counts.Min()}, highest {counts.Max()} replicas"];
        return string.Join("; ", parts.Select(part => part.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>The last decision holds as long as the one before it, so that it can be seen.</summary>
    static TimeSpan End(PlayedScenario played)
    {
        if (played.Summary is { } load)
            return load.Duration;
        var last = played.Steps[^1].Step.At;
        var gap = played.Steps.Count > 1 ? last - played.Steps[^2].Step.At : TimeSpan.Zero;
        return last + (gap > TimeSpan.Zero ? gap : IntervalSchedule.Default.Interval);
    }
}
