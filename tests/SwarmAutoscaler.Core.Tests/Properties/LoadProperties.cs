using FsCheck;
using FsCheck.Fluent;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Simulating;
using Xunit;

namespace SwarmAutoscaler.Properties;

/// <summary>Whatever arrives and whatever is decided: work is neither lost nor made.</summary>
public sealed class LoadProperties
{
    static readonly Gen<LoadCurve> Load =
        from count in Gen.Choose(1, 12)
        from gaps in Gen.Elements(0.1, 1, 7, 15, 15, 60).ArrayOf(count)
        from arrivals in Gen.Frequency((2, Gen.Constant(0.0)), (5, Gen.Choose(0, 900).Select(tenths => tenths / 10.0)), (1, Gen.Constant(1e6))).ArrayOf(count)
        select new LoadCurve([.. Enumerable.Range(0, count).Select(i => new LoadRow(Given.Seconds(gaps[..i].Sum()), arrivals[i])), new(Given.Seconds(gaps.Sum()), 0)]);

    static readonly Gen<(LoadCurve Load, double Capacity, int Startup, int[] Counts)> Run =
        from load in Load
        from capacity in Gen.Elements(0.3, 1, 10, 50)
        from startup in Gen.Elements(0, 0, 3, 15, 100)
        from counts in Gen.Frequency((1, Gen.Constant(0)), (3, Gen.Choose(0, 20))).ArrayOf(60)
        select (load, capacity, startup, counts);

    [Fact]
    public void What_arrived_was_served_or_waits_and_less_than_nothing_never_waits() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(Run.ToArbitrary(), run =>
    {
        var model = new ServiceModel
        {
            CapacityPerReplica = run.Capacity, Startup = Given.Seconds(run.Startup), Metrics = [new(ModelledFigure.Queue), new(ModelledFigure.Utilization)],
        };
        TimeSpan[] evaluations = [.. Enumerable.Range(0, 60).Select(i => Given.Seconds(4 * i)).Where(at => at < run.Load.End)];
        var loaded = new LoadRun(Given.Service(run.Counts[0]), model, run.Load, evaluations);
        for (int i = 0; loaded.Next(run.Counts[i % 60]) is { } step; i++)
        {
            var (load, summary) = (step.Load!, loaded.Summary);
            Assert.True(load.Queue >= 0 && load.ServedPerSecond >= 0);
            Assert.True(step.Running <= run.Counts[i % 60]);
            Assert.True(step.Readings[1] is Measured use ? use.Value is >= 0 and <= 1 + 1e-9 : step.Running == 0);
            Assert.Equal(summary.Arrivals, summary.Served + summary.QueueAtEnd, 1e-9 * Math.Max(1, summary.Arrivals));
            Assert.True(summary.LongestQueue >= load.Queue);
        }
        Assert.Equal(run.Load.End, loaded.Summary.Duration);
        Assert.Equal(loaded.Summary.Arrivals, loaded.Summary.Served + loaded.Summary.QueueAtEnd, 1e-9 * Math.Max(1, loaded.Summary.Arrivals));
    }));
}
