using System.Text.Json;
using Xunit;

namespace SwarmAutoscaler.Tests.Simulating;

public sealed class SimulateCommandTests : IDisposable
{
    const string Policy = """
        policy:
          service: web
          replicas: { min: 1, max: 20 }
          metrics:
            - { name: cpu, source: prometheus, connection: other, preset: cpu, target: { utilization: 65% } }
            - { name: jobs, source: rabbitmq, queue_pattern: "jobs.*", measure: unacked, target: { per_replica: 100 } }
            - { name: p95, source: redis, key: latency, target: { value: 500ms } }
        service: { replicas: 3 }
        history: { known: true }
        """;

    readonly string folder = Directory.CreateTempSubdirectory("simulate-").FullName;

    string Write(string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    (int ExitCode, string Output, string Error) Run(params string[] arguments)
    {
        var (exitCode, output, error) = Simulate.Run(arguments);
        return (exitCode, output, error.Replace(folder + "/", "", StringComparison.Ordinal));
    }

    [Fact]
    public void A_line_has_every_key_of_the_contract_in_its_form()
    {
        var (exitCode, output, error) = Run(Write("s.yml", $"name: queue burst\n{Policy}\nsteps:\n  - {{ at: 90s, metrics: {{ cpu: 83%, jobs: missing, p95: 500ms }} }}\n"));
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Equal(
            """
            {"scenario":"queue burst","at":"90s","time":"2026-01-01T00:01:30Z","service":"web","current":3,"desired":4,"action":"scale_up","reason":"recommend",
            "running":3,"proposed":4,"min":1,"max":20,
            "metrics":[{"name":"cpu","value":0.83,"recommends":4,"because":"0.83 is 1.2769 of the target 0.65; × 3 running is 3.8308"},
            {"name":"jobs","value":null,"missing":"empty","recommends":null,"because":"empty: the scenario says so"},
            {"name":"p95","value":0.5,"recommends":3,"because":"0.5 is 1 of the target 0.5, within the tolerance"}],
            "trail":[{"step":"combine","from":3,"to":4,"because":"cpu: 0.83 is 1.2769 of the target 0.65; × 3 running is 3.8308"}]}
            """.ReplaceLineEndings("") + "\n", output);
    }

    [Fact]
    public void A_metric_that_is_left_out_repeats_its_last_value_and_before_the_first_it_is_missing()
    {
        var (_, output, _) = Run(Write("s.yml", Policy + "\nsteps: [ { at: 0s, metrics: { jobs: 300 } }, { at: 15s, metrics: { cpu: 0.65 } }, { at: 30s, metrics: { jobs: missing } }, { at: 45s } ]"));
        var values = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("metrics"))
            .Select(metrics => string.Join(' ', metrics.EnumerateArray().Select(metric => metric.GetProperty("value").ToString() is { Length: > 0 } value ? value : "-")));
        Assert.Equal(["- 300 -", "0.65 300 -", "0.65 - -", "0.65 - -"], values);
    }

    [Theory]
    [InlineData("{ replicas: 4, running: 3 }", "{ at: 0s }, { at: 15s }", "4/3 4/4")]
    [InlineData("{ replicas: 4 }", "{ at: 0s, running: 2 }, { at: 15s, replicas: 7 }, { at: 30s, running: 1 }", "4/2 7/7 7/1")]
    [InlineData("{ replicas: 4, running: 3 }", "{ at: 0s, replicas: 6 }", "6/6")]
    public void All_wanted_tasks_run_unless_the_service_or_a_step_says_otherwise(string service, string steps, string expected)
    {
        var (_, output, error) = Run(Write("s.yml", Policy.Replace("{ replicas: 3 }", service, StringComparison.Ordinal) + $"\napply: false\nsteps: [ {steps} ]"));
        Assert.Equal("", error);
        Assert.Equal(expected, string.Join(' ', output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)
            .Select(line => $"{line.GetProperty("current")}/{line.GetProperty("running")}")));
    }

    [Theory]
    [InlineData("", 8, "stabilization")]                                            // the first sight counts as a proposal
    [InlineData("history: { known: false }", 8, "stabilization")]
    [InlineData("history: { known: true }", 2, "recommend")]
    [InlineData("history: { proposals: [] }", 2, "recommend")]
    [InlineData("history: { proposals: [ { age: 299s, replicas: 5 } ] }", 5, "stabilization")]
    [InlineData("history: { proposals: [ { age: 300s, replicas: 5 } ] }", 2, "recommend")]
    [InlineData("history: { changes: [ { age: 30s, from: 12, to: 8 } ] }", 8, "cooldown")]
    public void History_is_what_was_before_the_first_step(string history, int desired, string reason)
    {
        const string policy = "policy: { service: web, cooldown: 60s, replicas: { max: 9 }, metrics: [ { name: n, source: redis, key: k, target: { per_replica: 10 } } ] }\n";
        var (exitCode, _, error) = Run(Write("s.yml",
            $"{policy}service: {{ replicas: 8 }}\n{history}\nsteps: [ {{ at: 0s, metrics: {{ n: 20 }}, expect: {{ replicas: {desired}, reason: {reason} }} }} ]"));
        Assert.Equal((0, ""), (exitCode, error));
    }

    [Fact]
    public void What_was_not_expected_ends_with_3_and_says_where()
    {
        var (exitCode, output, error) = Run(Write("s.yml", Policy + "\nsteps:\n  - at: 0s\n    metrics: { cpu: 65%, jobs: 300, p95: 0.5 }\n    expect: { replicas: 4, reason: recommend }\n"));
        Assert.Equal((3, "s.yml:13:13: 's 1' at 0s: expected 4 replicas and reason recommend, decided 3 with reason within_tolerance\n"), (exitCode, error));
        Assert.Contains("\"unexpected\":\"expected 4 replicas", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_scenario_ends_with_1_and_the_others_are_played()
    {
        var (exitCode, output, error) = Run(Write("s.yml", $"{Policy}\nsteps: [ {{ at: 0s }} ]\n---\nname: second\n---\n{Policy}\nsteps: [ {{ at: 1s, expect: {{ replicas: 9 }} }} ]"));
        Assert.Equal(1, exitCode);
        Assert.Equal(2, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(
            """
            s.yml:12:1: 'service' is missing, write for instance service: { replicas: 3 }
            s.yml:12:1: 'steps' is missing
            s.yml:12:1: a scenario needs either 'policy' or 'policy_file'
            s.yml:23:28: 's 3' at 1s: expected 9 replicas, decided 3 with reason combine

            """, error);
    }

    [Theory]
    [InlineData("steps: []", "s.yml:10:8: 'steps' is empty")]
    [InlineData("stepps: []", "s.yml:1:1: 'steps' is missing", "s.yml:10:1: unknown key 'stepps', did you mean 'steps'?")]
    [InlineData("steps: [ { } ]", "s.yml:10:10: 'at' is missing, write for instance at: 0s")]
    [InlineData("steps: [ { at: 5 } ]", "s.yml:10:16: 'at': '5' is not a duration, write for instance 500ms, 30s, 5m or 1h30m")]
    [InlineData("steps: [ { at: 9s }, { at: 5s } ]", "s.yml:10:28: 'at' (5s) is before the step before (9s)")]
    [InlineData("steps: [ { at: 5s, metrics: { cpuu: 3% } } ]", "s.yml:10:31: unknown key 'cpuu', did you mean 'cpu'?")]
    [InlineData("steps: [ { at: 5s, metrics: { cpu: 83 } } ]", "s.yml:10:36: 'cpu' is a share of a limit: write 83% or a ratio such as 0.65")]
    [InlineData("steps: [ { at: 5s, metrics: { jobs: many } } ]", "s.yml:10:37: 'jobs': 'many' is not a number, percentage or duration")]
    [InlineData("steps: [ { at: 5s, metrics: { jobs: .nan } } ]", "s.yml:10:37: 'jobs': '.nan' is not a number, percentage or duration")]
    [InlineData("steps: [ { at: 5s, replicas: -1 } ]", "s.yml:10:30: 'replicas': '-1' must be from 0 to 1000000")]
    [InlineData("steps: [ { at: 5s, update_state: busy } ]",
        "s.yml:10:34: 'update_state': 'busy' is not one of none, updating, paused, completed, rollback_started, rollback_paused, rollback_completed")]
    [InlineData("steps: [ { at: 5s, expect: {} } ]", "s.yml:10:28: 'expect' needs 'replicas' or 'reason'")]
    [InlineData("steps: [ { at: 5s, expect: { reason: cool_down } } ]", "s.yml:10:38: 'cool_down' is not a reason, did you mean 'cooldown'?")]
    [InlineData("start: today\nsteps: [ { at: 5s } ]", "s.yml:10:8: 'start': 'today' is not a time, write for instance 2026-01-01T08:00:00Z")]
    [InlineData("start: 1926-01-01\nsteps: [ { at: 5s } ]", "s.yml:10:8: 'start': '1926-01-01' must be from 1970 to 2099")]
    [InlineData("policy_file: p.yml\nsteps: [ { at: 5s } ]", "s.yml:1:1: a scenario needs either 'policy' or 'policy_file'")]
    [InlineData("apply: no\nsteps: [ { at: 5s } ]", "s.yml:10:8: 'apply': 'no' is neither true nor false")]
    public void A_mistake_in_a_scenario_is_reported_at_its_place(string rest, params string[] expected)
    {
        var (exitCode, output, error) = Run(Write("s.yml", $"{Policy}\n{rest}\n"));
        Assert.Equal((1, "", string.Join('\n', expected) + "\n"), (exitCode, output, error));
    }

    [Theory]
    [InlineData("service: { }", "", "s.yml:3:10: 'replicas' is missing")]
    [InlineData("service: { replicas: 3, mode: swarm }", "", "s.yml:3:31: 'mode': 'swarm' is not one of replicated, global, replicated-job, global-job")]
    [InlineData("service: { replicas: 3, zero_set_by_autoscaler: true }", "", "s.yml:3:49: 'zero_set_by_autoscaler' only means something with replicas: 0")]
    [InlineData("service: { replicas: 3, failure_action: stop }", "", "s.yml:3:41: 'failure_action': 'stop' is not one of pause, continue, rollback")]
    [InlineData("service: { replicas: 3 }", "history: { missing: { rsp: 2 } }", "s.yml:4:23: unknown key 'rsp'")]
    [InlineData("service: { replicas: 3 }", "history: { changes: [ { from: 2, to: 3 } ] }", "s.yml:4:23: 'age' is missing, write for instance age: 60s")]
    [InlineData("service: { replicas: 3 }", "history: { changes: [ { age: 5s, to: 3 } ] }", "s.yml:4:23: 'from' is missing")]
    [InlineData("service: { replicas: 3 }", "history: { proposals: [ { age: 5s } ] }", "s.yml:4:25: 'replicas' is missing")]
    [InlineData("service: { replicas: 3 }", "policy: { service: web, replicas: { max: 9 }, interval: 3 }",
        "s.yml:4:57: 'interval': '3' is not a duration, write for instance 500ms, 30s, 5m or 1h30m")]
    [InlineData("service: { replicas: 3 }", "policy: { replicas: { max: 9 } }", "s.yml:4:9: 'service' is missing")]
    public void A_mistake_in_the_beginning_is_reported_at_its_place(string service, string rest, string expected)
    {
        string policy = rest.StartsWith("policy:", StringComparison.Ordinal) ? "#"
            : "policy: { service: web, replicas: { max: 9 }, metrics: [ { name: n, source: redis, key: k, target: { value: 1 } } ] }";
        var (exitCode, _, error) = Run(Write("s.yml", $"name: x\n{policy}\n{service}\n{rest}\nsteps: [ {{ at: 0s }} ]\n"));
        Assert.Equal((1, expected), (exitCode, error.Split('\n')[0]));
    }

    [Fact]
    public void A_policy_file_is_read_from_beside_the_scenario_with_the_defaults_and_presets_of_its_folder()
    {
        Directory.CreateDirectory(Path.Combine(folder, "policies"));
        Write("policies/web.yml", "service: web\nreplicas: { min: 2 }\nmetrics: [ { name: slow, source: prometheus, preset: mine, connection: own, target: { value: 1 } } ]");
        Write("policies/shared.yml", "defaults: { replicas: { max: 7 }, scale_down: { stabilization: 0s } }\npresets: { mine: { query: slow, label: svc } }");
        Write("policies/other.yml", "service: other\nreplicas: 5");
        var scenario = Write("s.yml", "policy_file: policies/web.yml\nservice: { replicas: 5 }\nhistory: {}\nsteps: [ { at: 0s, metrics: { slow: 9 }, expect: { replicas: 7, reason: bounds } } ]");
        Assert.Equal((0, ""), (Run(scenario).ExitCode, Run(scenario).Error));
    }

    [Theory]
    [InlineData("nowhere.yml", "s.yml:1:14: there is no file nowhere.yml")]
    [InlineData("two.yml", "s.yml:1:14: two.yml holds 2 policies; a scenario plays exactly one")]
    [InlineData("bad.yml", "bad.yml:2:23: 'max': 'x' is not a whole number")]
    [InlineData("broken.yml", "broken.yml:1:1: not valid YAML: ")]
    public void A_policy_file_that_cannot_be_played_is_said(string file, string expected)
    {
        Write("two.yml", "service: a\nreplicas: { max: 3 }\n---\nservice: b\nreplicas: { max: 3 }");
        Write("bad.yml", "service: a\nreplicas: { min: 1, max: x }");
        Write("broken.yml", "a: 1\nb: [");
        var (exitCode, output, error) = Run(Write("s.yml", $"policy_file: {file}\nservice: {{ replicas: 3 }}\nsteps: [ {{ at: 0s }} ]"));
        Assert.Equal((1, ""), (exitCode, output));
        Assert.Contains(expected.Split(':')[^1], error, StringComparison.Ordinal);
        Assert.StartsWith(expected.Split(':')[0], error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_is_not_there_and_an_unknown_format_are_usage_errors() => Assert.Equal(
        (2, "", "nowhere.yml: no such file or folder\n--load: nowhere.csv: no such file\n--format: 'png' is not one of table, jsonl, svg\n"),
        Run("--format", "png", Path.Combine(folder, "nowhere.yml"), "--load", Path.Combine(folder, "nowhere.csv")));

    [Theory]
    [InlineData("# nothing", "s.yml:1:1: there is no scenario in this file\n")]
    [InlineData("- a", "s.yml:1:1: a scenario must be a mapping with 'policy' or 'policy_file', 'service' and 'steps' or 'model'\n")]
    public void A_file_without_a_scenario_is_an_error(string text, string expected) => Assert.Equal((1, "", expected), Run(Write("s.yml", text)));

    [Theory]
    [InlineData(true, "s 1 (web)\nat  replicas  1                 20  action  reason")]
    [InlineData(false, "{\"scenario\":\"s 1\"")]
    public void People_get_a_table_and_programs_get_lines(bool isTerminal, string expected) =>
        Assert.StartsWith(expected, Simulate.Run(isTerminal, Write("s.yml", Policy + "\nsteps: [ { at: 0s } ]")).Output, StringComparison.Ordinal);

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
