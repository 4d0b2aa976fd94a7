using Xunit;

namespace SwarmAutoscaler.Tests.Policies;

/// <summary>Every mistake a policy document can hold, with its exact text and place.</summary>
public sealed class PolicyErrorTests
{
    const string Metrics = "\nmetrics:\n  - source: prometheus\n    query: up\n    target: { per_replica: 100 }\n";

    [Theory]
    [InlineData("service: web", "p.yml:1:1: 'replicas' is missing, write for instance replicas: { min: 1, max: 10 }")]
    [InlineData("service:\nreplicas: { max: 3 }", "p.yml:1:9: 'service' has no value")]
    [InlineData("service: ''\nreplicas: { max: 3 }", "p.yml:1:10: 'service' must not be empty")]
    [InlineData("service: a b\nreplicas: { max: 3 }", "p.yml:1:10: 'a b' cannot be the name of a Swarm service")]
    [InlineData("service: web\nreplicas: 3", "p.yml:2:11: 'replicas' must be a mapping")]
    [InlineData("service: web\nreplicas: { min: 1 }", "p.yml:2:11: 'max' is missing, it has no default")]
    [InlineData("service: web\nreplicas: { min: 20, max: 10 }", "p.yml:2:18: min (20) is above max (10)")]
    [InlineData("service: web\nreplicas: { max: 0 }", "p.yml:2:18: 'max': '0' must be from 1 to 1000000")]
    [InlineData("service: web\nreplicas: { min: -1, max: 3 }", "p.yml:2:18: 'min': '-1' must be from 0 to 1000000")]
    [InlineData("service: web\nreplicas: { max: 010 }", "p.yml:2:18: 'max': '010' is not a whole number in plain digits")]
    [InlineData("service: web\nreplicas: { max: 0x10 }", "p.yml:2:18: 'max': '0x10' is not a whole number in plain digits")]
    [InlineData("service: web\nreplicas: { max: 1_000 }", "p.yml:2:18: 'max': '1_000' is not a whole number in plain digits")]
    [InlineData("service: web\nreplicas: { max: 2.5 }", "p.yml:2:18: 'max': '2.5' is not a whole number in plain digits")]
    [InlineData("service: web\nreplicas: { max: 99999999999 }", "p.yml:2:18: 'max': '99999999999' must be from 1 to 1000000")]
    [InlineData("service: web\nreplicas: { maxx: 5, max: 4 }", "p.yml:2:13: unknown key 'maxx', did you mean 'max'?")]
    [InlineData("service: web\nreplicas: { min: 2, max: 4, idle: 2 }" + Metrics, "p.yml:2:35: idle (2) must be below min (2)")]
    [InlineData("service: web\nreplicas: { min: 2, max: 4, idle_after: 5m }", "p.yml:2:41: 'idle_after' only means something with 'idle' or min: 0")]
    [InlineData("service: web\nreplicas: { max: 3 }\nenabled: yes", "p.yml:3:10: 'enabled': 'yes' is neither true nor false")]
    [InlineData("service: web\nreplicas: { max: 3 }\nmode: watch", "p.yml:3:7: 'mode': 'watch' is not one of apply, observe")]
    [InlineData("service: web\nreplicas: { max: 3 }\ninterval: 15", "p.yml:3:11: 'interval': '15' is not a duration, write for instance 500ms, 30s, 5m or 1h30m")]
    [InlineData("service: web\nreplicas: { max: 3 }\ninterval: 500ms", "p.yml:3:11: 'interval': '500ms' must be at least 1s")]
    [InlineData("service: web\nreplicas: { max: 3 }\ninterval: 1500.5ms", "p.yml:3:11: 'interval' must be whole milliseconds")]
    [InlineData("service: web\nreplicas: { max: 3 }\ninterval: 25h", "p.yml:3:11: 'interval': '25h' must be at most 1d")]
    [InlineData("service: web\nreplicas: { max: 3 }\ninterval: 5s\ncron: 0/30 * * * * ?", "p.yml:4:7: 'cron' and 'interval' exclude each other")]
    [InlineData("service: web\nreplicas: { max: 3 }\ncron: 0 8 * * 1", "p.yml:3:7: 'cron': '0 8 * * 1' has 5 fields; a Quartz cron expression has 6 or 7, seconds first, for instance 0/30 * * * * ?")]
    [InlineData("service: web\nreplicas: { max: 3 }\ncron: 0 0 25 * * ?", "p.yml:3:7: 'cron': '0 0 25 * * ?' is not a Quartz cron expression: Hour values must be between 0 and 23")]
    [InlineData("service: web\nreplicas: { max: 3 }\ncron: 0 0 0 31 2 ?", "p.yml:3:7: 'cron': '0 0 0 31 2 ?' never comes true")]
    [InlineData("service: web\nreplicas: { max: 3 }\ncron: 0 0 12 1 1 ? 2020", "p.yml:3:7: 'cron': '0 0 12 1 1 ? 2020' has no time to come")]
    [InlineData("service: web\nreplicas: { max: 3 }\ncron: 0 0 0 1 1 ? 2026", "p.yml:3:7: 'cron': '0 0 0 1 1 ? 2026' has no time to come")]
    [InlineData("service: web\nreplicas: { max: 3 }\ncron: 0 0 0 1 1 ? 2026\ntimezone: America/New_York")]
    [InlineData("service: web\nreplicas: { max: 3 }\ncron: 0 30 0 1 1 ? 2026\ntimezone: Europe/Berlin", "p.yml:3:7: 'cron': '0 30 0 1 1 ? 2026' has no time to come")]
    [InlineData("service: web\nreplicas: { max: 3 }\ntimezone: Europe/Berlin", "p.yml:3:11: 'timezone' only means something together with 'cron'")]
    [InlineData("service: web\nreplicas: { max: 3 }\ncron: 0/30 * * * * ?\ntimezone: Berlin", "p.yml:4:11: 'timezone': 'Berlin' is not a known time zone, write for instance Europe/Berlin")]
    [InlineData("service: web\nreplicas: { max: 3 }\nduring_update: wait", "p.yml:3:16: 'during_update': 'wait' is not one of auto, hold, scale_up_only, ignore")]
    [InlineData("service: web\nreplicas: { max: 3 }\ngive_back_after: 0s", "p.yml:3:18: 'give_back_after': '0s' must be at least 1s")]
    [InlineData("service: web\nreplicas: { max: 3 }\ngive_back_after: 2d", "p.yml:3:18: 'give_back_after': '2d' must be at most 1d")]
    [InlineData("service: web\nreplicas: { max: 3 }\non_external_change: keep", "p.yml:3:21: 'on_external_change': 'keep' is not one of restore, adopt")]
    [InlineData("service: web\nreplicas: { max: 3 }\nfallback: { after: 3, behavior: static }", "p.yml:3:11: 'replicas' is missing")]
    [InlineData("service: web\nreplicas: { max: 3 }\nfallback: { replicas: 3, behavior: hold }", "p.yml:3:36: 'behavior': 'hold' is not one of static, current, current_if_higher, current_if_lower")]
    [InlineData("service: web\nreplicas: { max: 3 }\nschedules: 5", "p.yml:3:12: 'schedules' must be a list")]
    [InlineData("service: web\nreplicas: { max: 3 }\nscale_upp: {}", "p.yml:3:1: unknown key 'scale_upp', did you mean 'scale_up'?")]
    [InlineData("service: web\nreplicas: { max: 3 }\nx: &a { max: 3 }\n<<: *a", "p.yml:3:1: unknown key 'x'", "p.yml:4:1: the merge key '<<' is not supported: put what policies share under 'defaults'")]
    [InlineData("hello: 1", "p.yml:1:1: this document is neither a policy (it has no 'service') nor shared settings (it has none of connections, defaults, presets, budgets)")]
    [InlineData("- service: web", "p.yml:1:1: this document is neither a policy (it has no 'service') nor shared settings (it has none of connections, defaults, presets, budgets)")]
    public void A_mistake_in_a_policy_is_reported_at_its_place(string text, params string[] expected) => Assert.Equal(expected, Given.ErrorsOf(text));

    [Theory]
    [InlineData("scale_up: 3", "p.yml:3:11: 'scale_up' must be a mapping")]
    [InlineData("cooldown: 25h", "p.yml:3:11: 'cooldown': '25h' must be at most 1d")]
    [InlineData("scale_up: { stabilization: 2h }", "p.yml:3:28: 'stabilization': '2h' must be at most 1h")]
    [InlineData("scale_up: { tolerance: 10 }", "p.yml:3:24: 'tolerance': '10' is a share above 1: write 10% or a ratio such as 0.65")]
    [InlineData("scale_up: { tolerance: 1 }", "p.yml:3:24: 'tolerance': '1' may mean the hundredth part or all of it: write 1% or 100%")]
    [InlineData("scale_up: { tolerance: 100% }", "p.yml:3:24: 'tolerance': '100%' must be below 100%")]
    [InlineData("scale_up: { select: most }", "p.yml:3:21: 'select': 'most' is not one of max, min, disabled")]
    [InlineData("scale_up: { limits: { replicas: 1, per: 60s } }", "p.yml:3:21: 'limits' must be a list")]
    [InlineData("scale_up: { limits: [ 3 ] }", "p.yml:3:23: 'limits' must be a list of mappings")]
    [InlineData("scale_up: { limits: [ { replicas: 0, per: 60s } ] }", "p.yml:3:35: 'replicas': '0' must be from 1 to 1000000")]
    [InlineData("scale_up: { limits: [ { replicas: 1 } ] }", "p.yml:3:23: 'per' is missing, write for instance per: 60s")]
    [InlineData("scale_up: { limits: [ { per: 60s } ] }", "p.yml:3:23: a limit needs either 'replicas' or 'percent'")]
    [InlineData("scale_up: { limits: [ { replicas: 1, percent: 50%, per: 60s } ] }", "p.yml:3:23: a limit needs either 'replicas' or 'percent'")]
    [InlineData("scale_up: { limits: [ { percent: 50, per: 60s } ] }", "p.yml:3:34: 'percent': '50' is a share above 1: write 50% or a ratio such as 0.65")]
    [InlineData("scale_up: { limits: [ { percent: 1, per: 60s } ] }", "p.yml:3:34: 'percent': '1' may mean the hundredth part or all of it: write 1% or 100%")]
    [InlineData("scale_down: { limits: [ { percent: 1.0, per: 60s } ] }", "p.yml:3:36: 'percent': '1.0' may mean the hundredth part or all of it: write 1% or 100%")]
    [InlineData("scale_up: { limits: [ { percent: 0%, per: 60s } ] }", "p.yml:3:34: 'percent': '0%' must be above 0")]
    [InlineData("scale_up: { limits: [ { percent: 50%, per: 0s } ] }", "p.yml:3:44: 'per': '0s' must be at least 1s")]
    [InlineData("scale_down: { limits: [ { percent: 150%, per: 60s } ] }", "p.yml:3:36: 'percent': '150%' must be at most 100%")]
    public void A_mistake_in_the_rules_is_reported_at_its_place(string line, params string[] expected) =>
        Assert.Equal(expected, Given.ErrorsOf($"service: web\nreplicas: {{ max: 3 }}\n{line}{Metrics}"));

    [Theory]
    [InlineData("{ target: { value: 1 } }", "p.yml:5:5: 'source' is missing")]
    [InlineData("{ source: graphite, target: { value: 1 } }", "p.yml:5:15: unknown source 'graphite'; known are prometheus, rabbitmq, redis")]
    [InlineData("{ source: redis, connection: ha, key: k, target: { value: 1 } }", "p.yml:5:34: unknown redis connection 'ha'; known are default")]
    [InlineData("{ source: redis, connection: ha, kei: k, target: { value: 0 } }",
        "p.yml:5:34: unknown redis connection 'ha'; known are default", "p.yml:5:38: unknown key 'kei', did you mean 'key'?", "p.yml:5:63: 'value' must be above 0")]
    [InlineData("{ source: prometheus, query: up }", "p.yml:5:5: a metric needs 'target' or 'steps'")]
    [InlineData("{ source: prometheus, query: up, target: { value: 1 }, steps: [ { above: 1, add: 1 } ] }", "p.yml:5:5: a metric has either 'target' or 'steps', not both")]
    [InlineData("{ source: prometheus, query: up, target: { value: 1, per_replica: 2 } }", "p.yml:5:46: 'target' needs exactly one of utilization, value, per_replica, passthrough")]
    [InlineData("{ source: prometheus, query: up, target: {} }", "p.yml:5:46: 'target' needs exactly one of utilization, value, per_replica, passthrough")]
    [InlineData("{ source: prometheus, query: up, target: 65% }", "p.yml:5:46: 'target' must be a mapping with one of utilization, value, per_replica, passthrough")]
    [InlineData("{ source: prometheus, preset: cpu, target: { utilization: 65 } }", "p.yml:5:63: 'utilization': '65' is a share above 1: write 65% or a ratio such as 0.65")]
    [InlineData("{ source: prometheus, preset: cpu, target: { utilization: 1 } }", "p.yml:5:63: 'utilization': '1' may mean the hundredth part or all of it: write 1% or 100%")]
    [InlineData("{ source: prometheus, preset: cpu, target: { utilization: 0% } }", "p.yml:5:63: 'utilization' must be above 0")]
    [InlineData("{ source: prometheus, preset: cpu, target: { utilisation: 65% } }",
        "p.yml:5:48: 'target' needs exactly one of utilization, value, per_replica, passthrough", "p.yml:5:50: unknown key 'utilisation', did you mean 'utilization'?")]
    [InlineData("{ source: prometheus, query: up, target: { value: .inf } }", "p.yml:5:55: 'value': '.inf' is not a number, percentage or duration")]
    [InlineData("{ source: prometheus, query: up, target: { value: 1e999 } }", "p.yml:5:55: 'value': '1e999' is not a number, percentage or duration")]
    [InlineData("{ source: prometheus, query: up, target: { per_replica: -5 } }", "p.yml:5:61: 'per_replica' must be above 0")]
    [InlineData("{ source: prometheus, query: up, target: { passthrough: false } }", "p.yml:5:61: 'passthrough' can only be true")]
    [InlineData("{ source: prometheus, query: up, target: { value: 1 }, activation: -1 }", "p.yml:5:72: 'activation': '-1' must be at least 0")]
    [InlineData("{ source: prometheus, query: up, target: { value: 1 }, empty_is_zero: 1 }", "p.yml:5:75: 'empty_is_zero': '1' is neither true nor false")]
    [InlineData("{ source: prometheus, query: up, target: { value: 1 }, label: }", "p.yml:5:67: 'label' has no value")]
    [InlineData("{ source: prometheus, query: [up], target: { value: 1 } }", "p.yml:5:34: 'query' must be a single value")]
    [InlineData("{ source: prometheus, preset: nope, target: { value: 1 } }", "p.yml:5:35: unknown preset 'nope'")]
    [InlineData("{ source: redis, key: a, target: { value: 1 } }\n  - { source: redis, key: b, target: { value: 1 } }",
        "p.yml:6:5: a metric named 'redis' is already there; names are unique within a policy")]
    [InlineData("{ name: a, source: redis, key: a, target: { value: 1 } }\n  - { name: a, source: redis, key: b, target: { value: 1 } }",
        "p.yml:6:13: a metric named 'a' is already there; names are unique within a policy")]
    [InlineData("up", "p.yml:5:5: 'metrics' must be a list of mappings")]
    public void A_mistake_in_a_metric_is_reported_at_its_place(string metric, params string[] expected) =>
        Assert.Equal(expected, Given.ErrorsOf($"service: web\nreplicas: {{ max: 3 }}\ncooldown: 60s\nmetrics:\n  - {metric}\n"));

    [Theory]
    [InlineData("[]", "p.yml:5:42: 'steps' is empty")]
    [InlineData("5", "p.yml:5:42: 'steps' must be a list")]
    [InlineData("[ { add: 1 } ]", "p.yml:5:44: a step needs 'above' or 'below'")]
    [InlineData("[ { above: 5 } ]", "p.yml:5:44: a step needs exactly one of add, remove, set")]
    [InlineData("[ { above: 5, add: 1, set: 3 } ]", "p.yml:5:44: a step needs exactly one of add, remove, set")]
    [InlineData("[ { above: 5, below: 5, add: 1 } ]", "p.yml:5:63: no number is above 5 and below 5")]
    [InlineData("[ { above: 5, add: 0 } ]", "p.yml:5:61: 'add': '0' must be from 1 to 1000000")]
    [InlineData("[ { above: 5, add: 0.5 } ]", "p.yml:5:61: 'add': '0.5' is not a whole number in plain digits")]
    [InlineData("[ { below: 5, remove: 150% } ]", "p.yml:5:64: 'remove': '150%' must be at most 100%")]
    [InlineData("[ { above: 5, add: 1, for: 2h } ]", "p.yml:5:69: 'for': '2h' must be at most 1h")]
    [InlineData("[ { above: x, add: 1 } ]", "p.yml:5:53: 'above': 'x' is not a number, percentage or duration")]
    [InlineData("[ { above: 5, add: 1 }, { above: 5, add: 2 } ]", "p.yml:5:66: two steps above 5: see line 5")]
    [InlineData("[ { below: 5, remove: 1 }, { below: 5.0, remove: 2 } ]", "p.yml:5:69: two steps below 5: see line 5")]
    [InlineData("[ { above: 5, add: 1 }, { below: 6, remove: 2 } ]", "p.yml:5:66: the ranges above 5 and below 6 overlap: see line 5")]
    [InlineData("[ { below: 6, remove: 1 }, { above: 5, below: 9, add: 2 } ]", "p.yml:5:69: the ranges above 5 and below 6 overlap: see line 5")]
    public void A_mistake_in_the_steps_is_reported_at_its_place(string steps, params string[] expected) =>
        Assert.Equal(expected, Given.ErrorsOf($"service: web\nreplicas: {{ max: 3 }}\ncooldown: 60s\nmetrics:\n  - {{ source: redis, key: jobs, steps:   {steps} }}\n"));

    [Theory]
    [InlineData("min: 0", "target: { utilization: 65% }", false)]
    [InlineData("min: 0", "target: { value: 500ms }", true)]
    [InlineData("min: 2, idle: 0", "target: { utilization: 65% }", false)]
    [InlineData("min: 2, idle: 1", "target: { value: 500ms }", true)]
    [InlineData("min: 0", "target: { per_replica: 5 }", true)]
    [InlineData("min: 0", "target: passthrough", true)]
    [InlineData("min: 2, idle: 0, idle_after: 1m", "steps: [ { above: 0, set: 1 } ]", true)]
    public void A_count_that_may_become_zero_needs_a_metric_that_works_at_zero(string bounds, string strategy, bool works) => Assert.Equal(
        works ? [] : ["p.yml:2:11: the count may become 0, but no metric works at zero replicas: use a target per_replica, value or passthrough, or steps"],
        Given.ErrorsOf($"service: web\nreplicas: {{ {bounds}, max: 5 }}\ncooldown: 60s\nmetrics:\n  - {{ source: redis, key: jobs, {strategy} }}\n"));

    [Theory]
    [InlineData("{ min: 3, max: 10, idle: 1 }", "")]
    [InlineData("{ min: 3, max: 10, idle: 0 }", "")]
    [InlineData("{ min: 0, max: 10 }", "")]
    [InlineData("{ min: 0, max: 10 }", "metrics: []")]
    [InlineData("{ min: 1, max: 10 }", "schedules: [ { name: night, start: 0 22 * * *, duration: 8h, min: 0 } ]")]
    public void A_count_that_may_become_idle_needs_a_metric(string replicas, string more) => Assert.Equal(
        ["p.yml:2:11: the count may become idle, but the policy has no metric that could tell whether there is work"],
        Given.ErrorsOf($"service: web\nreplicas: {replicas}\n{more}"));

    [Fact]
    public void Steps_over_a_share_of_a_limit_do_not_work_at_zero_either() => Assert.Single(
        Given.ErrorsOf("service: web\nreplicas: { min: 0, max: 5 }\ncooldown: 60s\nmetrics:\n  - { source: prometheus, preset: cpu, steps: [ { above: 80%, add: 1 } ] }\n"));

    [Theory]
    [InlineData("steps: [ { above: 5, add: 1 } ]", "", "p.yml:3:3: 'steps' without a cooldown change the count at every evaluation: set 'cooldown'")]
    [InlineData("steps: [ { above: 5, add: 1 } ]", "scale_up: { cooldown: 30s }")]
    [InlineData("target: { value: 5 }", "")]
    public void Steps_without_a_cooldown_are_a_warning_and_no_error(string strategy, string more, params string[] expected)
    {
        var set = Given.Read(("s.yml", Given.Connections), ("p.yml", $"service: web\nmetrics:\n  - {{ source: redis, key: jobs, {strategy} }}\nreplicas: {{ max: 5 }}\n{more}\n"));
        Assert.Empty(set.Errors);
        Assert.Single(set.Policies);
        Assert.Equal(expected, set.Warnings.Select(warning => warning.ToString()));
    }

    [Fact]
    public void A_policy_without_metrics_is_a_warning() => Assert.Equal(
        ["p.yml:1:1: no metrics: the count is only kept within min and max"],
        Given.Read(("p.yml", "service: web\nreplicas: { max: 5 }")).Warnings.Select(warning => warning.ToString()));

    [Fact]
    public void A_connection_in_a_refused_document_is_named_with_its_place_and_hides_no_other_mistake() => Assert.Equal(
        ["p.yml:3:30: redis connection 'default' was refused with its document, see s.yml:1", "p.yml:3:39: unknown key 'kee', did you mean 'key'?"],
        Given.Read(("s.yml", "connections: { redis: { default: { url: redis://a }, other: { url: bad } } }"),
                ("p.yml", "service: web\nreplicas: { max: 5 }\nmetrics: [ { connection:     default, kee: k, source: redis, target: { value: 1 } } ]"))
            .Errors.Where(error => error.File == "p.yml").Select(error => error.ToString()));

    [Fact]
    public void Without_any_connection_the_message_says_so() => Assert.Equal(
        ["p.yml:5:5: unknown prometheus connection 'default'; none is defined: write it under 'connections', or set PROMETHEUS_URL"],
        Given.Read(("p.yml", Given.Policy)).Errors.Select(error => error.ToString()));
}
