using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;
using Xunit;

namespace SwarmAutoscaler.Simulating;

/// <summary>The model's arithmetic, worked out by hand. Times are seconds; a count in force is what the policy left before the next evaluation.</summary>
public sealed class LoadRunTests
{
    static LoadRun Run(int replicas, double capacity, double startup, string load, string evaluations, int? running = null) => new(
        Given.Service(replicas, running),
        new ServiceModel
        {
            CapacityPerReplica = capacity,
            Startup = Given.Seconds(startup),
            Metrics = [new(ModelledFigure.Queue), new(ModelledFigure.Utilization), new(ModelledFigure.Rate), new(default, MetricReading.Of(7))],
        },
        new LoadCurve([.. load.Split(' ').Select(row => row.Split(':')).Select(row => new LoadRow(Seconds(row[0]), Number(row[1])))]),
        [.. evaluations.Split(' ').Select(Seconds)]);

    /// <summary>Whatever the count was before, it is one of these from each evaluation on; what each metric shows, evaluation by evaluation.</summary>
    static string Shown(LoadRun run, string counts)
    {
        var shown = new List<string>();
        foreach (var count in counts.Split(' '))
            if (run.Next((int)Number(count)) is { } step)
                shown.Add($"{step.Running}/{string.Join('/', step.Readings.Select(reading => reading is Measured measured ? Text(measured.Value) : "-"))}");
        return string.Join(' ', shown);
    }

    [Theory]
    [InlineData("0:80 10:20 30:0", "0 5 10 15 20 25", "1/0/1/80 1/150/1/80 1/300/1/80 1/150/1/20 1/0/1/20 1/0/0.4/20")]  // 30 a second too much, then 30 too little
    [InlineData("0:80 10:20 30:0", "5 25", "1/150/1/80 1/0/0.85/35")]                                                     // in 20 s 850 of 1,000: 700 arrived, 150 had waited
    [InlineData("0:50 60:0", "0 30", "1/0/1/50 1/0/1/50")]                                                                // just what can be done
    [InlineData("0:0 60:0", "0 30", "1/0/0/0 1/0/0/0")]
    [InlineData("0:0.5 60:0", "3", "1/0/0.01/0.5")]
    [InlineData("0:100 0.5:0 60:0", "1", "1/0/1/50")]                                                                     // 25 wait at 0.5 s, and none at 1 s
    public void What_waits_is_what_arrived_and_was_not_done(string load, string evaluations, string expected) => Assert.Equal(
        expected, Shown(Run(1, 50, 0, load, evaluations), "1 1 1 1 1 1").Replace("/7", "", StringComparison.Ordinal));

    [Theory]
    [InlineData(12, "1 3 3 3 3", "0 5 10 12 15", "1/0 1/100 1/200 3/240 3/240")]  // 30 arrive, 10 are done until 12 s, then 30
    [InlineData(0, "1 3 3 3 3", "0 5 10 12 15", "1/0 3/0 3/0 3/0 3/0")]
    [InlineData(12, "1 3 3 1 1", "0 5 10 12 15", "1/0 1/100 1/200 1/240 1/300")]  // taken back before they ran
    [InlineData(12, "1 3 4 3 3", "0 5 10 15 20", "1/0 1/100 1/200 3/240 3/240")]  // the newest of those that are starting goes first
    [InlineData(12, "1 3 4 4 4", "0 5 10 15 20", "1/0 1/100 1/200 3/240 4/210")]  // 3 run at 12 s, 4 at 17 s: the last 3 s take 10 a second off
    [InlineData(12, "1 3 3 3 1", "0 5 10 15 20", "1/0 1/100 1/200 3/240 1/340")]  // fewer is fewer at once
    public void New_replicas_run_after_the_startup_and_fewer_are_fewer_at_once(double startup, string counts, string evaluations, string expected)
    {
        var shown = Shown(Run(1, 10, startup, "0:30 60:0", evaluations), counts).Split(' ').Select(each => string.Join('/', each.Split('/')[..2]));
        Assert.Equal(expected, string.Join(' ', shown));
    }

    [Fact]
    public void Replicas_that_do_not_run_at_the_beginning_are_starting() =>
        Assert.Equal("1/0/1/30/7 1/200/1/30/7 3/300/0.666667/30/7", Shown(Run(3, 10, 15, "0:30 60:0", "0 10 20", running: 1), "3 3 3"));

    [Fact]
    public void Without_replicas_everything_waits_and_nothing_is_said_of_their_use()
    {
        var run = Run(0, 10, 5, "0:30 60:0", "0 10 20");
        Assert.Equal("0/0/-/30/7 0/300/-/30/7 2/500/0.5/30/7", Shown(run, "0 0 2 2")); // 2 run from 15 s to 20 s and do 100
        Assert.Equal((1800, 900, 900, 1), (run.Summary.Arrivals, run.Summary.Served, run.Summary.QueueAtEnd, run.Summary.OverCapacityRatio));
    }

    /// <summary>3 × 0.9 − 9 × 0.3 is not quite 0; such a rest must not keep a service awake.</summary>
    [Fact]
    public void Nothing_waits_when_all_is_done_to_the_last_bit()
    {
        var run = Run(1, 0.3, 0, "0:0.9 3:0 60:0", "9");
        Assert.Equal(0, run.Next(1)!.Load!.Queue);
        Assert.Equal((2.7, 0.0), (Math.Round(run.Summary.Served, 9), run.Summary.QueueAtEnd));
    }

    [Fact]
    public void The_summary_adds_up_to_the_end_of_the_load()
    {
        var run = Run(2, 10, 60, "0:10 1800:35 3600:0 7200:0", "0 1800 3600");
        Shown(run, "2 2 4 1"); // 2 for half an hour, 4 for the next of which the new ones run after a minute, 1 for an hour
        var summary = run.Summary;
        Assert.Equal(TimeSpan.FromHours(2), summary.Duration);
        Assert.Equal(2 * 0.5 + 4 * 0.5 + 1, summary.ReplicaHours, 9);
        Assert.Equal((10.0 + 35) * 1800, summary.Arrivals);
        Assert.Equal(900, summary.LongestQueue, 9);                       // 15 a second too much for a minute; then 5 a second less for 29 minutes
        Assert.Equal(60.0 / 7200, summary.OverCapacityRatio, 9);
        Assert.Equal((0, summary.Arrivals), (summary.QueueAtEnd, summary.Served));
        Assert.Equal((2, 0, 1, 4), (summary.Changes, summary.Reversals, summary.LowestReplicas, summary.HighestReplicas));
    }

    [Theory]
    [InlineData("2 3 4 5", 3, 0)]
    [InlineData("2 3 2 3", 3, 2)]
    [InlineData("2 2 3 3 3 3 3 2", 2, 1)]                       // 10 min later
    [InlineData("2 2 3 3 3 3 3 3 2", 2, 0)]                     // 12 min later
    [InlineData("2 4 4 3 4", 3, 2)]
    [InlineData("2 2 2 2", 0, 0)]
    public void A_reversal_is_a_change_that_turns_back_within_ten_minutes(string counts, int changes, int reversals)
    {
        var run = Run(2, 10, 0, "0:1 3600:0", string.Join(' ', Enumerable.Range(0, 9).Select(i => i * 120)));
        Shown(run, counts);
        Assert.Equal((changes, reversals), (run.Summary.Changes, run.Summary.Reversals));
    }

    [Fact]
    public void A_count_that_held_for_no_time_is_neither_the_lowest_nor_the_highest()
    {
        var run = Run(9, 10, 0, "0:1 60:0", "0 30");
        Shown(run, "9 4 5");
        Assert.Equal((4, 5), (run.Summary.LowestReplicas, run.Summary.HighestReplicas));
    }

    [Fact]
    public void A_policy_acts_on_what_its_last_decision_brought_about()
    {
        var policy = Given.PolicyOf(new Deciding.PerReplicaTarget(100)) with { Schedule = new IntervalSchedule(Given.Seconds(10)) };
        var model = new ServiceModel { CapacityPerReplica = 10, Startup = Given.Seconds(10), Metrics = [new(ModelledFigure.Queue)] };
        var scenario = new Scenario { Name = "s", Policy = policy, Start = Given.Now, Service = Given.Service(1), History = Given.Seen, Steps = [], Model = model };
        var run = new LoadRun(scenario.Service, model, new LoadCurve([new(TimeSpan.Zero, 50), new(Given.Seconds(50), 0)]), [.. Enumerable.Range(0, 5).Select(i => Given.Seconds(10 * i))]);
        var played = Simulator.Play(scenario, run);

        // 50 a second arrive. 1 does 10: 400 wait, so 4 are decided on; while they start 400 more wait, so 8. 4 do 40: 100 more wait, so 9. 8 do 80: 300 fewer wait, so 6.
        Assert.Equal(["0 1→1", "400 1→4", "800 4→8", "900 8→9", "600 9→6"],
            played.Select(step => $"{Text(step.Step.Load!.Queue)} {step.Decision.Current}→{step.Decision.Desired}"));
        Assert.Equal([1, 4, 8, 9, 6], played.Select(step => step.After));
    }

    static TimeSpan Seconds(string text) => Given.Seconds(Number(text));

    static double Number(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    static string Text(double value) => value.ToString("0.######", System.Globalization.CultureInfo.InvariantCulture);
}
