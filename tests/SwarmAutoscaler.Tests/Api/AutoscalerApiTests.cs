using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using SwarmAutoscaler.Applying;
using SwarmAutoscaler.Policies;
using SwarmAutoscaler.Recording;
using Xunit;
using static SwarmAutoscaler.Recording.Decisions;

namespace SwarmAutoscaler.Api;

public sealed class AutoscalerApiTests
{
    const string Guarded = "No AUTOSCALER_API_TOKEN is set, so nothing can be changed over HTTP.";

    [Fact]
    public async Task Alive_is_whoever_answers_whatever_the_engine_does()
    {
        await using var server = await ApiServer.StartAsync();
        server.Swarm.Answer = _ => Task.FromResult<string?>("connection refused");
        var (status, body) = await GetAsync(server, "/live");
        Assert.Equal((HttpStatusCode.OK, "ok"), (status, (string?)body["status"]));
    }

    [Theory]
    [InlineData("/ready", true, null, HttpStatusCode.OK, "ok", "ok", "loaded")]
    [InlineData("/health", true, null, HttpStatusCode.OK, "ok", "ok", "loaded")]
    [InlineData("/ready", false, null, HttpStatusCode.ServiceUnavailable, "not ready", "ok", "not loaded yet")]
    [InlineData("/ready", true, "no leader", HttpStatusCode.ServiceUnavailable, "not ready", "no leader", "loaded")]
    [InlineData("/health", true, "no leader", HttpStatusCode.ServiceUnavailable, "not ready", "no leader", "loaded")]
    public async Task Ready_says_why_not(string path, bool isLoaded, string? problem, HttpStatusCode expected, string overall, string engine, string policies)
    {
        await using var server = await ApiServer.StartAsync(Policy());
        server.Policies.IsLoaded = isLoaded;
        server.Policies.Errors = ["policies/b.yml:7:3: unknown key 'x'"];
        server.Swarm.Answer = _ => Task.FromResult(problem);
        var (status, body) = await GetAsync(server, path);
        Assert.Equal(expected, status);
        Assert.Equal((overall, engine, policies), ((string?)body["status"], (string?)body["engine"], (string?)body["policies"]!["status"]));
        Assert.Equal("policies/b.yml:7:3: unknown key 'x'", (string?)body["policies"]!["errors"]![0]);
    }

    [Fact]
    public async Task Ready_says_that_errors_left_nothing_in_force()
    {
        await using var server = await ApiServer.StartAsync();
        server.Policies.Errors = ["policies/b.yml:7:3: unknown key 'x'"];
        var (status, body) = await GetAsync(server, "/ready");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "not ready", "none in force, see the errors"),
            (status, (string?)body["status"], (string?)body["policies"]!["status"]));
        Assert.Equal("policies/b.yml:7:3: unknown key 'x'", (string?)body["policies"]!["errors"]![0]);
    }

    [Fact]
    public async Task Metrics_come_in_the_text_format()
    {
        await using var server = await ApiServer.StartAsync(Policy());
        server.Board.Put(new RecordedDecision(Decision(), Policy(), null));
        using var client = server.CreateClient();
        var answer = await client.GetAsync("/metrics");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.Contains("swarm_autoscaler_replicas_current{service=\"shop_api\"} 3\n", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Services_are_all_policies_by_name_those_not_evaluated_yet_without_counts()
    {
        await using var server = await ApiServer.StartAsync(Policy("b"), Policy("a"));
        server.Board.Put(new RecordedDecision(Decision("b", 3, 5, ReasonWords.Recommend), Policy("b"), null));
        var rows = (await GetAsync(server, "/api/v1/services")).Body["services"]!.AsArray();
        Assert.Equal(["a", "b"], rows.Select(row => (string?)row!["service"]));
        Assert.Null(rows[0]!["current"]);
        Assert.Equal((3, 5, "scale_up", "recommend"), ((int?)rows[1]!["current"], (int?)rows[1]!["desired"], (string?)rows[1]!["action"], (string?)rows[1]!["reason"]));
    }

    [Fact]
    public async Task A_service_shows_its_policy_its_state_and_its_last_decision_with_the_trail()
    {
        var policy = Policy("shop_api", Metric("cpu")) with { Schedule = new CronSchedule("0 0 3 * * ?", "Europe/Berlin"), Fallback = new FallbackRules(3, 6, FallbackBehavior.CurrentIfHigher) };
        await using var server = await ApiServer.StartAsync(policy);
        var decision = Decision(current: 3, desired: 5, reason: ReasonWords.RateLimit) with
        {
            Trail = [new DecisionStep("combine", 3, 6, "why", new Lift(TimeSpan.FromSeconds(40), "it is over"))],
            Recommendations = [Value("cpu", 0.83, 6), Lost("jobs")],
            CooldownUpRemaining = TimeSpan.FromSeconds(30),
        };
        server.Board.Put(new RecordedDecision(decision, policy, new ApplyOutcome(ApplyOutcomeKind.NotNeeded, "same")));
        server.Time.Advance(TimeSpan.FromSeconds(10));
        var body = (await GetAsync(server, "/api/v1/services/shop_api")).Body;
        var expected = JsonNode.Parse("""
            {
              "service": "shop_api",
              "policy": {
                "enabled": true, "mode": "apply",
                "schedule": { "interval_seconds": null, "cron": "0 0 3 * * ?", "timezone": "Europe/Berlin" },
                "replicas": { "min": 2, "max": 10, "idle": null, "idle_after_seconds": null },
                "metrics": [ { "name": "cpu", "source": "prometheus", "connection": "default", "strategy": "value", "target": 0.5, "activation": 0, "empty_is_zero": false } ],
                "scale_up": { "cooldown_seconds": 0, "stabilization_seconds": 0, "tolerance_ratio": 0.1, "select": "max",
                  "limits": [ { "replicas": 4, "ratio": null, "per_seconds": 15 }, { "replicas": null, "ratio": 1, "per_seconds": 15 } ] },
                "scale_down": { "cooldown_seconds": 0, "stabilization_seconds": 300, "tolerance_ratio": 0.1, "select": "max",
                  "limits": [ { "replicas": null, "ratio": 1, "per_seconds": 15 } ] },
                "fallback": { "after": 3, "replicas": 6, "behavior": "current_if_higher" },
                "during_update": "auto", "on_external_change": "restore", "give_back_after_seconds": null
              },
              "pause": null,
              "state": { "current": 3, "running": 3, "desired": 5, "min": 2, "max": 10, "cooldown_up_seconds": 20, "cooldown_down_seconds": 0 },
              "last_decision": {
                "time": "2026-01-01T00:00:00Z", "service": "shop_api", "current": 3, "running": 3, "desired": 5, "proposed": 5,
                "action": "scale_up", "reason": "rate_limit",
                "metrics": [
                  { "name": "cpu", "value": 0.83, "missing": null, "recommends": 6, "because": "measured", "fallback": false },
                  { "name": "jobs", "value": null, "missing": "timeout", "recommends": null, "because": "timeout: no answer in 5 s", "fallback": false }
                ],
                "trail": [ { "step": "combine", "from": 3, "to": 6, "because": "why", "lifted_when": "it is over", "lifted_at": "2026-01-01T00:00:40Z" } ],
                "outcome": { "outcome": "not_needed", "because": "same" }
              }
            }
            """)!;
        Assert.True(JsonNode.DeepEquals(expected, body), body.ToJsonString());
    }

    [Theory]
    [InlineData("", 3)]
    [InlineData("?limit=2", 2)]
    [InlineData("?service=a", 1)]
    [InlineData("?service=nobody", 0)]
    [InlineData("?limit=1000", 3)]
    public async Task Decisions_are_the_newest_first_of_one_service_or_all(string query, int count)
    {
        await using var server = await ApiServer.StartAsync();
        foreach (string name in (string[])["a", "b", "c"])
            server.Board.Put(new RecordedDecision(Decision(name, reason: ReasonWords.Cooldown), Policy(name), null));
        var decisions = (await GetAsync(server, $"/api/v1/decisions{query}")).Body["decisions"]!.AsArray();
        Assert.Equal(count, decisions.Count);
        if (count > 1)
            Assert.Equal("c", (string?)decisions[0]!["service"]);
    }

    [Theory]
    [InlineData("GET", "/api/v1/services/nobody", HttpStatusCode.NotFound, "There is no policy for a service 'nobody'.")]
    [InlineData("GET", "/api/v1/decisions?limit=0", HttpStatusCode.BadRequest, "'limit' must be a number from 1 to 1000.")]
    [InlineData("GET", "/api/v1/decisions?limit=1001", HttpStatusCode.BadRequest, "'limit' must be a number from 1 to 1000.")]
    [InlineData("GET", "/api/v1/decisions?limit=many", HttpStatusCode.BadRequest, "'limit' must be a number from 1 to 1000.")]
    [InlineData("GET", "/nowhere", HttpStatusCode.NotFound, null)]
    [InlineData("POST", "/api/v1/services", HttpStatusCode.MethodNotAllowed, null)]
    [InlineData("POST", "/api/v1/services/shop_api/pause", HttpStatusCode.Forbidden, Guarded)]
    [InlineData("POST", "/api/v1/services/shop_api/resume", HttpStatusCode.Forbidden, Guarded)]
    [InlineData("POST", "/api/v1/services/shop_api/evaluate", HttpStatusCode.Forbidden, Guarded)]
    [InlineData("POST", "/api/v1/services/nobody/pause", HttpStatusCode.Forbidden, Guarded)]
    [InlineData("GET", "/api/v1/services/shop_api/pause", HttpStatusCode.MethodNotAllowed, null)]
    [InlineData("DELETE", "/api/v1/services/shop_api", HttpStatusCode.MethodNotAllowed, null)]
    public async Task Every_error_is_a_problem_document(string method, string path, HttpStatusCode expected, string? detail)
    {
        await using var server = await ApiServer.StartAsync(Policy());
        using var client = server.CreateClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        var answer = await client.SendAsync(request);
        Assert.Equal((expected, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        var problem = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.Equal(((int)expected, detail), ((int?)problem["status"], (string?)problem["detail"]));
        Assert.NotNull(problem["title"]);
    }

    [Fact]
    public async Task A_failure_inside_is_a_problem_document_that_tells_nothing_of_the_inside()
    {
        await using var server = await ApiServer.StartAsync(Policy());
        server.Swarm.Answer = _ => throw new InvalidOperationException("the inside");
        using var client = server.CreateClient();
        var answer = await client.GetAsync("/ready");
        Assert.Equal((HttpStatusCode.InternalServerError, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        Assert.DoesNotContain("the inside", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    static async Task<(HttpStatusCode Status, JsonNode Body)> GetAsync(ApiServer server, string path)
    {
        using var client = server.CreateClient();
        var answer = await client.GetAsync(path);
        return (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonNode>())!);
    }
}
