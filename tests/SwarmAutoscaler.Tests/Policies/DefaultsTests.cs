using SwarmAutoscaler.Policies;
using Xunit;

namespace SwarmAutoscaler.Tests.Policies;

/// <summary>Shared defaults under a policy, field by field.</summary>
public sealed class DefaultsTests
{
    static ScalingPolicy Merge(string defaults, string policy)
    {
        var set = Given.Read(("a.yml", Given.Connections), ("d.yml", $"defaults: {defaults}"), ("p.yml", policy));
        Assert.Empty(set.Errors);
        return Assert.Single(set.Policies);
    }

    static IEnumerable<string> Errors(string defaults, string policy) =>
        Given.Read(("a.yml", Given.Connections), ("d.yml", $"defaults: {defaults}"), ("p.yml", policy)).Errors.Select(error => error.ToString());

    [Fact]
    public void Nested_mappings_merge_and_the_policys_own_keys_win()
    {
        var policy = Merge("{ mode: observe, interval: 30s, replicas: { min: 3, max: 9 }, scale_down: { stabilization: 10m, cooldown: 2m } }",
            "service: web\nreplicas: { max: 5 }\ninterval: 5s\nscale_down: { cooldown: 1m }");
        Assert.Equal(PolicyMode.Observe, policy.Mode);
        Assert.Equal(new IntervalSchedule(TimeSpan.FromSeconds(5)), policy.Schedule);
        Assert.Equal(new ReplicaBounds(3, 5), policy.Replicas);
        Assert.Equal((TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(1)), (policy.ScaleDown.Stabilization, policy.ScaleDown.Cooldown));
    }

    [Fact]
    public void Lists_replace_what_they_would_inherit()
    {
        var policy = Merge("{ metrics: [ { source: redis, key: a, target: { value: 1 } } ], scale_up: { limits: [ { replicas: 9, per: 1m } ] } }",
            $"{Given.Policy}\nscale_up: {{ limits: [ {{ replicas: 1, per: 1m }} ] }}");
        Assert.Equal("prometheus", Assert.Single(policy.Metrics).Source);
        Assert.Equal([RateLimit.OfReplicas(1, TimeSpan.FromMinutes(1))], policy.ScaleUp.Limits);
    }

    [Fact]
    public void A_policy_of_one_line_may_inherit_everything() =>
        Assert.Equal(new ReplicaBounds(2, 4), Merge("{ replicas: { min: 2, max: 4, idle: 0 }, metrics: [ { source: redis, key: a, target: { per_replica: 1 } } ] }", "service: web").Replicas with { Idle = null });

    [Theory]
    [InlineData("{ scale_up: { cooldown: 30s } }", "cooldown: 1m", 60)]
    [InlineData("{ cooldown: 30s }", "scale_up: { cooldown: 1m }", 60)]
    [InlineData("{ cooldown: 30s, scale_up: { cooldown: 10s } }", "enabled: true", 10)]
    [InlineData("{ cooldown: 30s }", "scale_up: { select: min }", 30)]
    [InlineData("{ scale_up: { cooldown: 30s } }", "cooldown: 1m\nscale_up: { select: min }", 60)]
    public void The_policys_own_cooldown_wins_in_either_form(string defaults, string lines, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Merge(defaults, $"service: web\nreplicas: {{ max: 5 }}\n{lines}").ScaleUp.Cooldown);

    [Theory]
    [InlineData("{ interval: 30s }", "cron: 0/30 * * * * ?", true)]
    [InlineData("{ cron: 0/30 * * * * ?, timezone: Europe/Berlin }", "interval: 30s", false)]
    [InlineData("{ timezone: Europe/Berlin, cron: 0/10 * * * * ? }", "cron: 0/30 * * * * ?", true)]
    public void An_own_schedule_wins_over_an_inherited_one_of_the_other_kind(string defaults, string line, bool cron) =>
        Assert.Equal(cron, Merge(defaults, $"service: web\nreplicas: {{ max: 5 }}\n{line}").Schedule is CronSchedule { Expression: "0/30 * * * * ?" });

    [Fact]
    public void A_mistake_in_the_defaults_is_reported_once_and_there() => Assert.Equal(
        [
            "d.yml:1:11: no new or changed policy is taken over until these defaults are right",
            "d.yml:1:13: unknown key 'service'",
            "d.yml:1:52: 'stabilization': '5x' is not a duration, write for instance 500ms, 30s, 5m or 1h30m",
        ],
        Given.Read(("d.yml", "defaults: { service: a, scale_up: { stabilization: 5x } }"),
            ("p.yml", "service: web\nreplicas: { max: 5 }"), ("q.yml", "service: api\nreplicas: { max: 5 }")).Errors.Select(error => error.ToString()));

    [Fact]
    public void Without_its_defaults_a_policy_is_not_taken_over() =>
        Assert.Empty(Given.Read(("d.yml", "defaults: { mode: obsreve }"), ("p.yml", "service: web\nreplicas: { max: 5 }")).Policies);

    [Fact]
    public void Nor_when_the_file_that_holds_them_is_no_yaml() =>
        Assert.Empty(Given.Read(("d.yml", "defaults:\n  mode: observe\n oops"), ("p.yml", "service: web\nreplicas: { max: 5 }")).Policies);

    [Fact]
    public void Bounds_that_only_clash_after_merging_are_a_mistake_of_the_policy() =>
        Assert.Equal(["p.yml:2:18: min (7) is above max (5)"], Errors("{ replicas: { min: 7 } }", "service: web\nreplicas: { max: 5 }"));

    [Fact]
    public void Defaults_may_leave_open_what_a_policy_must_say() =>
        Assert.Equal(5, Merge("{ replicas: { idle: 2, idle_after: 1m }, fallback: { behavior: static } }", "service: web\nreplicas: { min: 3, max: 5 }\nmetrics: [ { source: redis, key: jobs, target: { value: 5 } } ]\nfallback: { replicas: 4 }").Replicas.Max);
}
