using System.Globalization;
using SwarmAutoscaler.Policies;
using Xunit;

namespace SwarmAutoscaler.Tests.Policies;

public sealed class SchedulesTests
{
    const string Office = "start: \"0 8 * * 1-5\", end: \"0 18 * * 1-5\"";

    static string Policy(string schedules, string replicas = "{ min: 2, max: 10 }") =>
        $"service: web\nreplicas: {replicas}\nmetrics: [ {{ source: redis, key: k, target: {{ per_replica: 5 }} }} ]\nschedules:\n{schedules}\n";

    [Fact]
    public void A_schedule_is_read_with_all_its_keys()
    {
        var windows = Given.PolicyOf(Policy($"  - {{ name: office, timezone: Europe/Berlin, {Office}, min: 5, max: 80 }}\n  - {{ name: night, start: \"0 22 * * *\", duration: 8h, max: 3 }}")).Windows;
        Assert.Equal([("office", 5, 80), ("night", null, 3)], windows.Select(window => (window.Name, window.Min, window.Max)));
        Assert.Equal([true, false], windows.Select(window => window.Hours.IsActive(DateTimeOffset.Parse("2026-07-01T06:00Z", CultureInfo.InvariantCulture))));
        Assert.Equal([false, true], windows.Select(window => window.Hours.IsActive(DateTimeOffset.Parse("2026-07-02T05:59Z", CultureInfo.InvariantCulture))));
    }

    [Theory]
    [InlineData("  - { start: \"0 8 * * *\", duration: 1h, min: 3 }", "p.yml:5:5: 'name' is missing")]
    [InlineData("  - { name: a, start: \"0 8 * * *\", duration: 1h }", "p.yml:5:5: a schedule needs 'min' or 'max'")]
    [InlineData("  - { name: a, duration: 1h, min: 3 }", "p.yml:5:5: 'start' is missing, write for instance start: \"0 8 * * 1-5\"")]
    [InlineData("  - { name: a, start: \"0 8 * * *\", min: 3 }", "p.yml:5:5: a schedule needs either 'end' or 'duration'")]
    [InlineData("  - { name: a, start: 0 8 * * *, end: 0 9 * * *, duration: 1h, min: 3 }", "p.yml:5:5: a schedule needs either 'end' or 'duration'")]
    [InlineData("  - { name: a, start: 0 8 * *, duration: 1h, min: 3 }",
        "p.yml:5:23: 'start': '0 8 * *' has 4 fields; a schedule's cron expression has 5 (minute, hour, day of month, month, day of week), for instance 0 8 * * 1-5")]
    [InlineData("  - { name: a, start: 0 0 8 * * ?, duration: 1h, min: 3 }",
        "p.yml:5:23: 'start': '0 0 8 * * ?' has 6 fields; a schedule's cron expression has 5 (minute, hour, day of month, month, day of week), for instance 0 8 * * 1-5")]
    [InlineData("  - { name: a, start: 0 8 * * *, end: 0 25 * * *, min: 3 }", "p.yml:5:39: 'end': '0 25 * * *' is not a cron expression: Hour values must be between 0 and 23")]
    [InlineData("  - { name: a, start: 0 0 31 2 *, duration: 1h, min: 3 }", "p.yml:5:23: 'start': '0 0 31 2 *' never comes true")]
    [InlineData("  - { name: a, start: 0 8 * * *, duration: 30s, min: 3 }", "p.yml:5:44: 'duration': '30s' must be at least 1m")]
    [InlineData("  - { name: a, start: 0 8 * * *, duration: 1h, min: 3, timezone: Berlin }",
        "p.yml:5:66: 'timezone': 'Berlin' is not a known time zone, write for instance Europe/Berlin")]
    [InlineData("  - { name: a, start: 0 8 * * *, duration: 1h, min: 3, maxx: 5 }", "p.yml:5:56: unknown key 'maxx', did you mean 'max'?")]
    [InlineData("  - { name: a, start: 0 8 * * *, duration: 1h, min: 9, max: 5 }", "p.yml:5:53: min (9) is above max (5)")]
    [InlineData("  - { name: a, start: 0 8 * * *, duration: 1h, max: 0 }", "p.yml:5:53: 'max': '0' must be from 1 to 1000000")]
    [InlineData("  - { name: a, start: 0 8 * * *, duration: 1h, min: 11 }", "p.yml:5:53: min (11) is above the policy's max (10)")]
    [InlineData("  - { name: a, start: 0 8 * * *, duration: 1h, max: 1 }", "p.yml:5:53: max (1) is below the policy's min (2)")]
    [InlineData("  - { name: a, start: 0 8 * * *, duration: 1h, max: 3 }\n  - { name: a, start: 0 9 * * *, duration: 1h, max: 3 }",
        "p.yml:6:13: a schedule named 'a' is already there; names are unique within a policy")]
    [InlineData("  night: { start: 0 8 * * * }", "p.yml:5:3: 'schedules' must be a list")]
    public void A_mistake_in_a_schedule_is_reported_at_its_place(string schedules, params string[] expected) => Assert.Equal(expected, Given.ErrorsOf(Policy(schedules)));

    [Theory]
    [InlineData("0 8 * * *", "0 17 * * *", true)]     // 17:00 is inside 8:00 to 18:00
    [InlineData("0 8 * * *", "0 18 * * *", false)]    // the end does not belong to the hours
    [InlineData("0 8 * * 1-5", "0 9 * * 6", false)]
    [InlineData("0 8 * * 1-5", "0 8 24 12 *", true)]  // met at Christmas only
    public void Windows_that_contradict_each_other_where_they_meet_are_refused(string low, string high, bool meet)
    {
        var errors = Given.ErrorsOf(Policy($"  - {{ name: low, start: {low}, duration: 10h, min: 8 }}\n  - {{ name: high, start: {high}, duration: 1h, max: 4 }}"));
        Assert.Equal(meet ? 1 : 0, errors.Length);
        if (meet)
            Assert.StartsWith("p.yml:6:5: schedules 'low' (min 8) and 'high' (max 4) leave no count when both are active, for instance on 20", errors[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_window_must_stay_above_idle() => Assert.Equal(["p.yml:5:53: min (1) must be above idle (1)"],
        Given.ErrorsOf(Policy("  - { name: a, start: 0 8 * * *, duration: 1h, min: 1 }", "{ min: 2, max: 10, idle: 1 }")));

    [Fact]
    public void A_minimum_of_zero_in_a_window_needs_a_metric_that_works_at_zero_replicas_and_may_have_an_idle_after()
    {
        const string window = "replicas: { min: 2, max: 9, idle_after: 5m }\nschedules: [ { name: night, start: 0 22 * * *, duration: 8h, min: 0 } ]\nmetrics:\n  - ";
        Assert.Empty(Given.ErrorsOf($"service: web\n{window}{{ source: redis, key: k, target: {{ per_replica: 5 }} }}"));
        Assert.Equal(["p.yml:2:11: the count may become 0, but no metric works at zero replicas: use a target per_replica, value or passthrough, or steps"],
            Given.ErrorsOf($"service: web\n{window}{{ source: prometheus, preset: cpu, target: {{ utilization: 65% }} }}"));
    }

    [Fact]
    public void Inherited_schedules_are_checked_against_the_policys_own_bounds()
    {
        const string shared = Given.Connections + "\ndefaults:\n  schedules: [ { name: office, start: 0 8 * * 1-5, duration: 10h, min: 15 } ]\n";
        const string policy = "service: web\nmetrics: [ { source: redis, key: k, target: { per_replica: 5 } } ]\nreplicas: { min: 1, max: ";
        Assert.Equal(["p.yml:3:11: schedule 'office': min (15) is above the policy's max (10)"],
            Given.Read(("shared.yml", shared), ("p.yml", policy + "10 }")).Errors.Select(error => error.ToString()));
        Assert.Equal(15, Assert.Single(Assert.Single(Given.Read(("shared.yml", shared), ("p.yml", policy + "20 }")).Policies).Windows).Min);
    }
}
