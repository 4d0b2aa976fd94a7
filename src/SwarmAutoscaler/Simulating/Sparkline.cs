namespace SwarmAutoscaler.Simulating;

/// <summary>Counts over time in one line of text.</summary>
static class Sparkline
{
    const string Levels = "▁▂▃▄▅▆▇█";

    /// <summary>What fits beside two words on a narrow terminal.</summary>
    const int Widest = 60;

    /// <summary>
    /// From the lowest count to the highest, one sign per count. If there are more than 60 counts, each sign stands for an equal share of them, and for the highest of these.
    /// </summary>
    public static string Of(IReadOnlyList<int> counts)
    {
        int width = Math.Min(Widest, counts.Count), lowest = counts.Min(), range = Math.Max(1, counts.Max() - lowest);
        return string.Concat(Enumerable.Range(0, width).Select(column => Levels[(Highest(counts, column, width) - lowest) * (Levels.Length - 1) / range]));
    }

    static int Highest(IReadOnlyList<int> counts, int column, int width)
    {
        int from = (int)((long)column * counts.Count / width), until = (int)((column + 1L) * counts.Count / width), highest = counts[from];
        for (int i = from + 1; i < until; i++)
            highest = Math.Max(highest, counts[i]);
        return highest;
    }
}
