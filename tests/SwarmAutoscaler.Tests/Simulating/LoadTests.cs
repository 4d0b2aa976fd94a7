using System.Text.Json;
using SwarmAutoscaler.Policies;
using SwarmAutoscaler.Scheduling;
using Xunit;

namespace SwarmAutoscaler.Tests.Simulating;

/// <summary><c>simulate --load</c>: from the two files to what is printed. The arithmetic itself is tested with the decision.</summary>
public sealed class LoadTests : IDisposable
{
    const string Scenario = """
        name: burst
        policy:
          service: worker
          interval: 10s
          replicas: { min: 1, max: 9 }
          metrics:
            - { name: jobs, source: redis, key: jobs, target: { per_replica: 100 } }
            - { name: cpu, source: prometheus, preset: cpu, target: { utilization: 50% } }
          scale_up: { limits: [ { replicas: 99, per: 1s } ] }
        service: { replicas: 1 }
        history: { known: true }
        """;

    const string Model = "model: { capacity_per_replica: 10, startup: 10s, metrics: { jobs: queue, cpu: utilization } }";
    const string Load = "0,5\n10,50\n30,5\n60,0\n";

    readonly string folder = Directory.CreateTempSubdirectory("load-").FullName;

    string Write(string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    (int ExitCode, string Output, string Error) Play(string scenario, string? load, string format = "jsonl")
    {
        string[] arguments = ["--format", format, Write("s.yml", scenario), .. load is null ? Array.Empty<string>() : ["--load", Write("l.csv", load)]];
        var (exitCode, output, error) = Simulate.Run(arguments);
        return (exitCode, output, error.Replace(folder + "/", "", StringComparison.Ordinal));
    }

    static List<JsonElement> Lines(string output) => [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    /// <summary>
    /// 10 s: 50 a second begin. 20 s: 1 has done 10 a second, 400 wait, 4 wanted. 30 s: 4 run since this moment and 800 waited, 8 wanted. 40 s: 4 have taken 350 off
    /// and worked all the time; that is half of what 8 can do, so 8 stay. 50 s: 8 have done the rest and 50 more, 500 of 800: above half.
    /// </summary>
    [Fact]
    public void Every_step_says_what_arrived_and_what_could_be_done()
    {
        var (exitCode, output, error) = Play($"{Scenario}\n{Model}", Load);
        Assert.Equal((0, ""), (exitCode, error));
        var lines = Lines(output);
        Assert.Equal(
            [
                "0s 1→1 {\"arrivals_per_second\":5,\"served_per_second\":5,\"capacity_per_second\":10,\"queue\":0}",
                "10s 1→1 {\"arrivals_per_second\":5,\"served_per_second\":5,\"capacity_per_second\":10,\"queue\":0}",
                "20s 1→4 {\"arrivals_per_second\":50,\"served_per_second\":10,\"capacity_per_second\":10,\"queue\":400}",
                "30s 4→8 {\"arrivals_per_second\":50,\"served_per_second\":10,\"capacity_per_second\":40,\"queue\":800}",
                "40s 8→8 {\"arrivals_per_second\":5,\"served_per_second\":40,\"capacity_per_second\":80,\"queue\":450}",
                "50s 8→9 {\"arrivals_per_second\":5,\"served_per_second\":50,\"capacity_per_second\":80,\"queue\":0}",
            ],
            lines.SkipLast(1).Select(line => $"{line.GetProperty("at")} {line.GetProperty("current")}→{line.GetProperty("desired")} {line.GetProperty("load").GetRawText()}"));
        Assert.Equal(
            "{\"scenario\":\"burst\",\"summary\":{\"duration_seconds\":60,\"evaluations\":6,\"arrivals\":1200,\"served\":1200,\"queue_at_end\":0,\"longest_queue\":800,"
            + "\"over_capacity_ratio\":0.3333333333333333,\"replica_hours\":0.08611111111111111,\"lowest_replicas\":1,\"highest_replicas\":9,\"changes\":3,\"reversals\":0}}",
            lines[^1].GetRawText());
    }

    [Theory]
    [InlineData("jsonl")]
    [InlineData("table")]
    [InlineData("svg")]
    public void The_same_input_gives_the_same_bytes(string format)
    {
        var first = Play($"{Scenario}\n{Model}", Load, format);
        Assert.Equal((0, ""), (first.ExitCode, first.Error));
        Assert.NotEmpty(first.Output);
        Assert.Equal(first, Play($"{Scenario}\n{Model}", Load, format));
    }

    [Fact]
    public void The_table_shows_the_changes_and_what_the_load_came_to()
    {
        var (_, output, _) = Play($"{Scenario}\n{Model}", Load, "table");
        Assert.Equal(
            """
            burst (worker)
            at   replicas  1                  9  action    reason     load                    metrics
            20s  1 -> 4    ├━━━━━━●───────────┤  scale_up  recommend  50/s of 10/s, 400 wait  jobs 400 wants 4, cpu 1 wants 2
                   combine 1 -> 4: jobs: 400 at 100 a replica is 4
            30s  4 -> 8    ├━━━━━━━━━━━━━━━━●─┤  scale_up  recommend  50/s of 40/s, 800 wait  jobs 800 wants 8, cpu 0.25 wants 2
                   combine 4 -> 8: jobs: 800 at 100 a replica is 8
            50s  8 -> 9    ├━━━━━━━━━━━━━━━━━━●  scale_up  bounds     5/s of 80/s, 0 wait     jobs 0 wants 0, cpu 0.625 wants 10
                   combine 8 -> 10: cpu: 0.625 is 1.25 of the target 0.5; × 8 running is 10
                   bounds 10 -> 9: 10 is above the maximum of 9
            ▁▁▃▇▇█  lowest 1, highest 9
            duration         1m, 6 evaluations; 3 that changed nothing are not shown
            work             1,200 arrived, 1,200 served, 0 wait at the end
            longest queue    800
            over capacity    33.33 % of the time
            replica-hours    0.09
            replicas         lowest 1, highest 9
            changes          3, of which 0 turned back within 10m


            """, output);
    }

    [Theory]
    [InlineData("seconds,arrivals\r\n0,5\r\n 10 , 50\r\n\r\n# a burst ends\r\n30,5\r\n60,0")]
    [InlineData("\uFEFF# load of a Thursday\nseconds, arrivals\n0,5.0\n1e1,5e1\n30,5\n60,0\n")]
    [InlineData("0,5\n5,5\n10,50\n30,5\n60,77\n")]
    public void A_load_may_have_a_heading_comments_and_empty_lines_and_its_last_row_only_ends_it(string load) =>
        Assert.Equal(Play($"{Scenario}\n{Model}", Load), Play($"{Scenario}\n{Model}", load));

    [Theory]
    [InlineData("", "l.csv:1:1: a load has at least two rows; the last one says when it ends")]
    [InlineData("seconds,arrivals\n0,5\n", "l.csv:2:1: a load has at least two rows; the last one says when it ends")]
    [InlineData("time,rate\n0,5\n9,5", "l.csv:1:1: 'time' is not a number", "l.csv:1:6: 'rate' is not a number")]
    [InlineData("0,5\nseconds,arrivals\n9,5", "l.csv:2:1: 'seconds' is not a number", "l.csv:2:9: 'arrivals' is not a number")]
    [InlineData("5,5\n9,5", "l.csv:1:1: the first row must be at 0 seconds, not at 5: what arrives before it is not known")]
    [InlineData("0,5\n9,-1\n 9 , NaN\n 9, 1\n8,0,0\n,3\n07,3\n12,", "l.csv:2:3: -1 must be from 0 to 1000000000", "l.csv:3:6: 'NaN' is not a number",
        "l.csv:5:1: a row has two values, seconds,arrivals; this one has 3", "l.csv:6:1: a value is missing", "l.csv:7:1: '07' is not a number", "l.csv:8:4: a value is missing")]
    [InlineData("0,5\n9,1\n 9, 1\n8,2\n10,2\n", "l.csv:3:2: 9 seconds are not after the row before", "l.csv:4:1: 8 seconds are not after the row before")]
    [InlineData("0,5\n1e10,1", "l.csv:2:1: 1e10 must be from 0 to 315360000")]
    [InlineData("0;5\n9;1", "l.csv:1:1: a row has two values, seconds,arrivals; this one has 1", "l.csv:2:1: a row has two values, seconds,arrivals; this one has 1")]
    public void Every_mistake_in_a_load_is_reported_at_its_place(string load, params string[] expected) =>
        Assert.Equal((1, "", string.Join('\n', expected) + "\n"), Play($"{Scenario}\n{Model}", load));

    [Theory]
    [InlineData("model: {}", "s.yml:12:8: 'capacity_per_replica' is missing, write for instance capacity_per_replica: 50",
        "s.yml:12:8: 'metrics' is missing, write for instance metrics: { jobs: queue }", "s.yml:12:8: 'startup' is missing, write for instance startup: 30s")]
    [InlineData("model: 5", "s.yml:12:8: 'model' must be a mapping")]
    [InlineData("model: { capacity_per_replica: 0, startup: 0s, metrics: { jobs: queue, cpu: utilization } }",
        "s.yml:12:32: 'capacity_per_replica': '0' must be above 0 and at most 1000000000")]
    [InlineData("model: { capacity_per_replica: 5/s, startup: 30, metrics: { jobs: queue, cpu: utilization } }",
        "s.yml:12:32: 'capacity_per_replica': '5/s' is not a number of arrivals per second", "s.yml:12:46: 'startup': '30' is not a duration, write for instance 500ms, 30s, 5m or 1h30m")]
    [InlineData("model: { capacity_per_replica: 5, startup: 0s, metrics: { jobs: queu } }",
        "s.yml:12:57: 'cpu' is missing: a model says what each metric of the policy shows (queue, utilization, rate), or a value that it always has",
        "s.yml:12:65: 'jobs': 'queu' is not one of queue, utilization, rate")]
    [InlineData("model: { capacity_per_replica: 5, startup: 0s, metrics: { jobs: queue, cpu: rate, p95: 1 } }",
        "s.yml:12:77: 'cpu' is a share of a limit: of a model's figures only utilization is one", "s.yml:12:83: unknown key 'p95'")]
    [InlineData("model: { capacity_per_replica: 5, startup: 0s, metrics: { jobs: 5x, cpu: 83 } }",
        "s.yml:12:65: 'jobs': '5x' is not a number, percentage or duration", "s.yml:12:74: 'cpu' is a share of a limit: write 83% or a ratio such as 0.65")]
    [InlineData(Model + "\nsteps: [ { at: 0s } ]", "s.yml:12:8: a scenario has either 'steps' or a 'model', which makes the steps")]
    public void A_mistake_in_a_model_is_reported_at_its_place(string model, params string[] expected) =>
        Assert.Equal((1, "", string.Join('\n', expected) + "\n"), Play($"{Scenario}\n{model}", Load));

    [Fact]
    public void A_model_needs_a_replicated_service() => Assert.Equal(
        (1, "", "s.yml:12:8: a model needs a service with mode: replicated\n"),
        Play($"{Scenario}\n{Model}".Replace("{ replicas: 1 }", "{ mode: global }", StringComparison.Ordinal), Load));

    [Theory]
    [InlineData(Model, null, "s.yml:12:8: a scenario with a 'model' needs a load, give it with --load FILE")]
    [InlineData("steps: [ { at: 0s } ]", Load, "--load: none of the scenarios has a 'model' that could work off a load")]
    public void A_model_without_a_load_and_a_load_without_a_model_are_usage_errors(string rest, string? load, string expected) =>
        Assert.Equal((2, "", expected + "\n"), Play($"{Scenario}\n{rest}", load));

    [Fact]
    public void A_wrong_load_does_not_keep_scenarios_with_steps_from_being_played()
    {
        var (exitCode, output, error) = Play($"{Scenario}\n{Model}\n---\n{Scenario}\nsteps: [ {{ at: 0s }} ]", "0,5\n");
        Assert.Equal((1, "l.csv:1:1: a load has at least two rows; the last one says when it ends\n"), (exitCode, error));
        Assert.Single(Lines(output));
    }

    [Theory]
    [InlineData("0,1\n315360000,0\n", "interval: 10s", "s.yml:12:8: the load lasts 3650d, which is more than 250000 evaluations (every 10 s)")]
    [InlineData("0,1\n60,0\n", "cron: \"0 30 12 * * ?\"", "s.yml:12:8: the policy is not evaluated once (cron 0 30 12 * * ? UTC) in the 1m that the load lasts")]
    public void A_load_that_is_too_long_or_too_short_for_the_schedule_is_an_error(string load, string schedule, string expected) => Assert.Equal(
        (1, "", expected + "\n"), Play($"{Scenario}\n{Model}".Replace("interval: 10s", schedule, StringComparison.Ordinal), load));

    [Fact]
    public void A_metric_may_always_show_the_same()
    {
        var (_, output, error) = Play($"{Scenario}\nmodel: {{ capacity_per_replica: 10, startup: 0s, metrics: {{ jobs: missing, cpu: 50% }} }}", "0,70\n20,0\n");
        Assert.Equal("", error);
        Assert.All(Lines(output).SkipLast(1), line => Assert.Equal("- 0.5", string.Join(' ', line.GetProperty("metrics").EnumerateArray()
            .Select(metric => metric.GetProperty("value").ToString() is { Length: > 0 } value ? value : "-"))));
    }

    /// <summary>In Berlin the clocks went from 2 to 3 on 29 March.</summary>
    [Theory]
    [InlineData("2026-03-29T00:30:00Z", 2.0, "00:30 01:00 01:30 02:00", null)]
    [InlineData("2026-03-29T00:30:00Z", 2.0, "00:30 01:00 01:30 02:00", "0 0/30 * * * ?")]
    [InlineData("2026-03-29T00:29:59Z", 3.0, "01:00 02:00 03:00", "0 0 * * * ?")]
    [InlineData("2026-03-28T22:00:00Z", 5.0, "00:15 01:15", "0 15 1,3 * * ?")]
    public void A_policy_is_evaluated_when_its_schedule_says(string from, double hours, string expected, string? cron)
    {
        var start = DateTimeOffset.Parse(from, System.Globalization.CultureInfo.InvariantCulture);
        EvaluationSchedule schedule = cron is null ? new IntervalSchedule(TimeSpan.FromMinutes(30)) : new CronSchedule(cron, "Europe/Berlin");
        Assert.Equal(expected, string.Join(' ', FiringTimes.Of(schedule, start, start.AddHours(hours)).Select(time => time.UtcDateTime.ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture))));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
