using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json.Nodes;
using SwarmAutoscaler.Applying;
using SwarmAutoscaler.Cycle;
using SwarmAutoscaler.Documentation;
using SwarmAutoscaler.Policies;
using SwarmAutoscaler.Recording;
using Xunit;
using static SwarmAutoscaler.Recording.Decisions;

namespace SwarmAutoscaler.Api;

/// <summary>The OpenAPI document describes the routes there are and the answers they give.</summary>
public sealed class OpenApiTests
{
    [Fact]
    public async Task Every_route_is_described_and_no_other()
    {
        await using var server = await ApiServer.StartAsync();
        var described = (await DocumentAsync(server))["paths"]!.AsObject().SelectMany(path =>
            path.Value!.AsObject().Where(each => each.Key != "parameters").Select(operation => $"{operation.Key.ToUpperInvariant()} {path.Key}"));
        Assert.Equal(server.Routes.Select(Normal).Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
        static string Normal(string route) => route.Length > 1 ? route.TrimEnd('/') + (route.EndsWith(" /", StringComparison.Ordinal) ? "/" : "") : route;
    }

    /// <summary>A method, a path, a body and the state before it.</summary>
    public static TheoryData<string, string, string?, int> Requests => new()
    {
        { "GET", "/live", null, 200 },
        { "GET", "/ready", null, 200 },
        { "GET", "/health", null, 200 },
        { "GET", "/metrics", null, 200 },
        { "GET", "/openapi/v1.json", null, 200 },
        { "GET", "/", null, 200 },
        { "GET", "/status.css", null, 200 },
        { "GET", "/services/web", null, 200 },
        { "GET", "/services/nobody", null, 404 },
        { "GET", "/api/v1/services", null, 200 },
        { "GET", "/api/v1/services/web", null, 200 },
        { "GET", "/api/v1/services/idle", null, 200 },
        { "GET", "/api/v1/services/nobody", null, 404 },
        { "GET", "/api/v1/decisions", null, 200 },
        { "GET", "/api/v1/decisions?limit=0", null, 400 },
        { "POST", "/api/v1/services/web/pause", "{}", 200 },
        { "POST", "/api/v1/services/web/pause", """{ "for": "1h" }""", 200 },
        { "POST", "/api/v1/services/web/pause", "[]", 400 },
        { "POST", "/api/v1/services/nobody/pause", "{}", 404 },
        { "POST", "/api/v1/services/web/resume", "{}", 200 },
        { "POST", "/api/v1/services/web/evaluate", "{}", 200 },
        { "POST", "/api/v1/services/taken/evaluate", "{}", 202 },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Every_answer_is_as_described(string method, string path, string? body, int status)
    {
        await using var server = await EventfulAsync();
        using var client = server.CreateTrusted();
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : new StringContent(body, null, "application/json") };
        var answer = await client.SendAsync(request);
        Assert.Equal(status, (int)answer.StatusCode);
        var document = await DocumentAsync(server);
        var content = document["paths"]![Template(document, path)]![method.ToLowerInvariant()]!["responses"]![$"{status}"]!["content"]!;
        string type = Assert.Single(content.AsObject()).Key;
        Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
        if (type.EndsWith("json", StringComparison.Ordinal))
            Assert.Empty(new JsonSchemaCheck(document).Errors(await answer.Content.ReadFromJsonAsync<JsonNode>(), content[type]!["schema"]!));
    }

    [Fact]
    public async Task Not_ready_has_the_same_shape()
    {
        await using var server = await EventfulAsync();
        server.Swarm.Answer = _ => Task.FromResult<string?>("no leader");
        using var client = server.CreateClient();
        var document = await DocumentAsync(server);
        var schema = document["paths"]!["/ready"]!["get"]!["responses"]!["503"]!["content"]!["application/json"]!["schema"]!;
        var answer = await client.GetAsync("/ready");
        Assert.Equal(503, (int)answer.StatusCode);
        Assert.Empty(new JsonSchemaCheck(document).Errors(await answer.Content.ReadFromJsonAsync<JsonNode>(), schema));
    }

    /// <summary>A key that is written is described, with the same name, and whether it may be null.</summary>
    [Fact]
    public async Task Every_shape_has_the_keys_of_its_type()
    {
        await using var server = await ApiServer.StartAsync();
        var schemas = (await DocumentAsync(server))["components"]!["schemas"]!.AsObject();
        var views = typeof(LiveView).Assembly.GetTypes().Where(type => type.Namespace == typeof(LiveView).Namespace && type.Name.EndsWith("View", StringComparison.Ordinal)).ToList();
        Assert.Equal(views.Select(type => type.Name[..^4]).Append("Problem").Order(StringComparer.Ordinal), schemas.Select(schema => schema.Key).Order(StringComparer.Ordinal));
        var nullability = new NullabilityInfoContext();
        foreach (var property in views.SelectMany(view => view.GetProperties().Where(each => each.Name != "EqualityContract").Select(each => (view, each))))
        {
            var schema = schemas[property.view.Name[..^4]]!["properties"]![System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(property.each.Name)];
            Assert.True(schema is not null, $"{property.view.Name}.{property.each.Name} is not described");
            bool isNullable = nullability.Create(property.each).ReadState == NullabilityState.Nullable;
            Assert.True(isNullable == new JsonSchemaCheck(schemas.Parent!.Parent!).Errors(null, schema).Count is 0, $"{property.view.Name}.{property.each.Name} may be null: {isNullable}");
        }
    }

    [Fact]
    public async Task What_changes_something_is_described_as_guarded()
    {
        await using var server = await ApiServer.StartAsync();
        foreach (var (path, operations) in (await DocumentAsync(server))["paths"]!.AsObject())
            Assert.True(operations!["post"] is not { } post || post["security"]![0]!["token"] is not null, path);
    }

    /// <summary>One with everything that may be shown: changes, limits, missing metrics, a pause, one not evaluated yet, and one that a cycle has.</summary>
    static async Task<ApiServer> EventfulAsync()
    {
        var policy = CycleTrial.Policy() with { Fallback = new FallbackRules(3, 6, FallbackBehavior.Static), Replicas = new ReplicaBounds(2, 10) { Idle = 0 } };
        var server = await ApiServer.StartGuardedAsync(policy, CycleTrial.Policy("idle") with { Schedule = new CronSchedule("0 0 3 * * ?", "UTC") }, CycleTrial.Policy("taken"));
        server.Trial.Given("web", 3, 7);
        server.Policies.Errors = ["policies/b.yml:7:3: unknown key 'x'"];
        await server.Trial.Pauses.SetAsync("idle", new Coordinating.Pause(server.Time.GetUtcNow(), null), default);
        var decision = Decision("web", 3, 5, ReasonWords.RateLimit) with
        {
            Trail = [new DecisionStep("combine", 3, 6, "why"), new DecisionStep("rate_limit", 6, 5, "why", new Lift(TimeSpan.FromSeconds(40), "it is over"))],
            Recommendations = [Value("cpu", 0.83, 6), Lost("jobs")],
        };
        server.Board.Put(new RecordedDecision(decision, policy, new ApplyOutcome(ApplyOutcomeKind.Applied, "")));
        Assert.True(server.Trial.Histories.TryTake("taken"));
        server.Time.Advance(TimeSpan.FromSeconds(1));
        return server;
    }

    /// <summary>The described path that the request goes to: literal parts count more than parameters.</summary>
    static string Template(JsonNode document, string path)
    {
        string[] parts = path.Split('?')[0].Split('/');
        return document["paths"]!.AsObject().Select(each => each.Key)
            .Single(key => key.Split('/') is var wanted && wanted.Length == parts.Length && wanted.Zip(parts).All(pair => pair.First == pair.Second || pair.First == "{name}"));
    }

    static async Task<JsonNode> DocumentAsync(ApiServer server)
    {
        using var client = server.CreateClient();
        return (await client.GetFromJsonAsync<JsonNode>("/openapi/v1.json"))!;
    }
}
