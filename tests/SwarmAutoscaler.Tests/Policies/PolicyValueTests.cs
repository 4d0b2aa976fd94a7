using SwarmAutoscaler.Deciding;
using SwarmAutoscaler.Policies;
using Xunit;

namespace SwarmAutoscaler.Tests.Policies;

/// <summary>What a valid document means.</summary>
public sealed class PolicyValueTests
{
    const string FullExample = """
        service: prodstack_worker
        enabled: true
        mode: apply
        interval: 15s
        replicas: { min: 10, max: 50 }
        cooldown: 60s

        metrics:
          - name: cpu
            source: prometheus
            preset: cpu
            target: { utilization: 65% }
          - name: p95
            source: prometheus
            query: histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket{job="api"}[1m])))
            target: { value: 500ms }
          - name: rps
            source: prometheus
            query: sum by (service) (rate(http_requests_total[1m]))
            label: service
            key: api
            target: { per_replica: 200 }
          - name: pending
            source: rabbitmq
            connection: prodstack
            vhost: /
            queue: celery
            measure: ready
            steps:
              - { above: 1000, add: 1 }
              - { above: 5000, add: 3, for: 30s }
              - { below: 100, remove: 1, for: 2m }
          - name: jobs
            source: redis
            connection: default
            key: queue:jobs
            group: workers
            target: { per_replica: 100 }
            activation: 0

        scale_up:
          cooldown: 30s
          stabilization: 0s
          tolerance: 10%
          limits: [ { replicas: 3, per: 60s } ]
          select: max
        scale_down:
          cooldown: 300s
          stabilization: 300s
          limits: [ { percent: 50%, per: 60s } ]

        fallback: { after: 3, replicas: 20, behavior: current_if_higher }
        during_update: auto
        on_external_change: restore
        give_back_after: 10m
        """;

    [Fact]
    public void The_full_example_says_what_it_means()
    {
        var policy = Given.PolicyOf(FullExample);

        Assert.Equal("prodstack_worker", policy.Service);
        Assert.Equal(new ReplicaBounds(10, 50), policy.Replicas);
        Assert.Equal(new IntervalSchedule(TimeSpan.FromSeconds(15)), policy.Schedule);
        Assert.Equal(["cpu", "p95", "rps", "pending", "jobs"], policy.Metrics.Select(metric => metric.Name));
        Assert.Equal([new UtilizationTarget(0.65), new ValueTarget(0.5), new PerReplicaTarget(200), new PerReplicaTarget(100)],
            policy.Metrics.Select(metric => metric.Strategy).Where(strategy => strategy is not StepScaling));
        Assert.Equal(LimitedResource.Cpu, policy.Metrics[0].Query.ShareOf);
        Assert.Equal("prodstack", policy.Metrics[3].Query.Connection);
        Assert.Equal(
            [
                new ScalingStep { Above = 1000, Change = StepChange.Add(1) },
                new ScalingStep { Above = 5000, Change = StepChange.Add(3), For = TimeSpan.FromSeconds(30) },
                new ScalingStep { Below = 100, Change = StepChange.Remove(1), For = TimeSpan.FromMinutes(2) },
            ],
            ((StepScaling)policy.Metrics[3].Strategy).Steps);
        Assert.Equal(TimeSpan.FromSeconds(30), policy.ScaleUp.Cooldown);
        Assert.Equal([RateLimit.OfReplicas(3, TimeSpan.FromSeconds(60))], policy.ScaleUp.Limits);
        Assert.Equal(TimeSpan.FromSeconds(300), policy.ScaleDown.Cooldown);
        Assert.Equal([RateLimit.OfRatio(0.5, TimeSpan.FromSeconds(60))], policy.ScaleDown.Limits);
        Assert.Equal(new FallbackRules(3, 20, FallbackBehavior.CurrentIfHigher), policy.Fallback);
        Assert.Equal((DuringUpdate.Auto, OnExternalChange.Restore, TimeSpan.FromMinutes(10)), (policy.DuringUpdate, policy.OnExternalChange, policy.GiveBackAfter));
    }

    [Fact]
    public void What_is_not_written_has_its_default()
    {
        var policy = Given.PolicyOf("service: web\nreplicas: { max: 5 }\nmetrics: [ { source: redis, key: jobs, target: { per_replica: 5 } } ]");

        Assert.True(policy.Enabled);
        Assert.Equal(PolicyMode.Apply, policy.Mode);
        Assert.Equal(new ReplicaBounds(1, 5), policy.Replicas);
        Assert.Equal(IntervalSchedule.Default, policy.Schedule);
        Assert.Equal(ScalingRules.UpDefaults, policy.ScaleUp);
        Assert.Equal(ScalingRules.DownDefaults, policy.ScaleDown);
        Assert.Null(policy.Fallback);
        Assert.Equal("redis", policy.Metrics[0].Name);
    }

    [Theory]
    [InlineData("preset: cpu, target: { utilization: 0.65 }", "cpu")]
    [InlineData("query: up, target: { utilization: '65%' }", "prometheus")]
    [InlineData("name: load, preset: cpu, target: { utilization: 65% }", "load")]
    public void A_metric_is_named_by_itself_its_preset_or_its_source(string metric, string name)
    {
        var spec = Given.PolicyOf($"service: web\nreplicas: {{ max: 5 }}\nmetrics: [ {{ source: prometheus, {metric} }} ]").Metrics[0];
        Assert.Equal((name, new UtilizationTarget(0.65)), (spec.Name, spec.Strategy));
    }

    [Theory]
    [InlineData("target: { value: 500ms }", 0.5)]
    [InlineData("target: { value: 1h30m }", 5400)]
    [InlineData("target: { value: 20% }", 0.2)]
    [InlineData("target: { value: 1.5e3 }", 1500)]
    [InlineData("target: { value: \"42\" }", 42)]
    public void A_value_is_a_number_a_percentage_or_a_duration_in_seconds(string target, double expected) =>
        Assert.Equal(new ValueTarget(expected), Given.PolicyOf($"service: web\nreplicas: {{ max: 5 }}\nmetrics: [ {{ source: redis, key: k, {target} }} ]").Metrics[0].Strategy);

    [Theory]
    [InlineData("target: passthrough")]
    [InlineData("target: { passthrough: true }")]
    public void Passthrough_may_be_a_word_or_a_key(string target) =>
        Assert.Equal(new Passthrough(), Given.PolicyOf($"service: web\nreplicas: {{ max: 5 }}\nmetrics: [ {{ source: redis, key: k, {target} }} ]").Metrics[0].Strategy);

    [Fact]
    public void Steps_take_percentages_and_fixed_counts()
    {
        var steps = (StepScaling)Given.PolicyOf("""
            service: web
            replicas: { max: 5 }
            cooldown: 1m
            metrics: [ { source: redis, key: k, steps: [ { above: 80%, add: 50% }, { above: 2m, set: 5 }, { below: 10%, remove: 25% } ] } ]
            """).Metrics[0].Strategy;
        Assert.Equal(
            [
                new ScalingStep { Above = 0.8, Change = StepChange.AddRatio(0.5) },
                new ScalingStep { Above = 120, Change = StepChange.Set(5) },
                new ScalingStep { Below = 0.1, Change = StepChange.RemoveRatio(0.25) },
            ],
            steps.Steps);
    }

    [Theory]
    [InlineData("cron: 0/30 * * * * ?\ntimezone: Europe/Berlin", "Europe/Berlin")]
    [InlineData("cron: 0/30 * * * * ?", "UTC")]
    public void A_cron_schedule_has_a_time_zone(string lines, string zone) =>
        Assert.Equal(new CronSchedule("0/30 * * * * ?", zone), Given.PolicyOf($"{Given.Policy}\n{lines}").Schedule);

    [Fact]
    public void The_cooldown_is_for_both_directions_and_a_direction_may_differ()
    {
        var policy = Given.PolicyOf($"{Given.Policy}\nscale_down: {{ cooldown: 5m }}");
        Assert.Equal((TimeSpan.FromSeconds(60), TimeSpan.FromMinutes(5)), (policy.ScaleUp.Cooldown, policy.ScaleDown.Cooldown));
    }

    [Fact]
    public void Given_limits_replace_the_defaults_of_a_direction_even_when_there_are_none() =>
        Assert.Empty(Given.PolicyOf($"{Given.Policy}\nscale_up: {{ limits: [] }}").ScaleUp.Limits);
}
