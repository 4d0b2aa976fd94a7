using System.Globalization;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Simulating;

/// <summary>What a load came to, as people read it.</summary>
static class LoadReport
{
    /// <param name="summary">What it came to.</param>
    /// <param name="evaluations">How many there were.</param>
    /// <param name="rows">How many of them the table shows.</param>
    public static IEnumerable<string> Lines(LoadSummary summary, int evaluations, int rows) => ((IEnumerable<FormattableString>)
    [
        $"duration         {Durations.Write(summary.Duration)}, {evaluations:#,0} evaluations; {evaluations - rows:#,0} that changed nothing are not shown",
        $"work             {summary.Arrivals:#,0.##} arrived, {summary.Served:#,0.##} served, {summary.QueueAtEnd:#,0.##} wait at the end",
        $"longest queue    {summary.LongestQueue:#,0.##}",
        $"over capacity    {summary.OverCapacityRatio * 100:0.##} % of the time",
        $"replica-hours    {summary.ReplicaHours:#,0.##}",
        $"replicas         lowest {summary.LowestReplicas}, highest {summary.HighestReplicas}",
        $"changes          {summary.Changes:#,0}, of which {summary.Reversals:#,0} turned back within {Durations.Write(LoadSummary.ReversalWindow)}",
    ]).Select(line => line.ToString(CultureInfo.InvariantCulture));
}
