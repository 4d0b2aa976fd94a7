using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using NSubstitute;
using SwarmAutoscaler.Coordinating;
using SwarmAutoscaler.Cycle;
using SwarmAutoscaler.Recording;
using Xunit;

namespace SwarmAutoscaler.Api;

/// <summary>Pausing, resuming and evaluating over HTTP.</summary>
public sealed class ServiceCommandsTests
{
    [Theory]
    [InlineData("pause")]
    [InlineData("resume")]
    [InlineData("evaluate")]
    public async Task Without_a_token_set_nobody_may_not_even_with_one(string command)
    {
        await using var server = await ApiServer.StartAsync(CycleTrial.Policy());
        using var client = server.CreateTrusted();
        await AssertProblemAsync(await PostAsync(client, command), HttpStatusCode.Forbidden, "No AUTOSCALER_API_TOKEN is set, so nothing can be changed over HTTP.");
    }

    [Theory]
    [InlineData(null, "Bearer", "This needs the header 'Authorization: Bearer TOKEN'.")]
    [InlineData("Basic right-token", "Bearer", "This needs the header 'Authorization: Bearer TOKEN'.")]
    [InlineData("Bearer", "Bearer", "This needs the header 'Authorization: Bearer TOKEN'.")]
    [InlineData("Bearer wrong-token", "Bearer error=\"invalid_token\"", "The token is not the right one.")]
    [InlineData("Bearer right-toke", "Bearer error=\"invalid_token\"", "The token is not the right one.")]
    [InlineData("Bearer right-token-and-more", "Bearer error=\"invalid_token\"", "The token is not the right one.")]
    [InlineData("Bearer RIGHT-TOKEN", "Bearer error=\"invalid_token\"", "The token is not the right one.")]
    public async Task Without_the_token_a_stranger_learns_nothing_and_changes_nothing(string? header, string challenge, string detail)
    {
        await using var server = await ApiServer.StartGuardedAsync(CycleTrial.Policy());
        using var client = server.CreateClient();
        foreach (string service in (string[])["web", "nobody"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/services/{service}/pause");
            if (header is not null)
                request.Headers.TryAddWithoutValidation("Authorization", header);
            var answer = await client.SendAsync(request);
            Assert.Equal(challenge, answer.Headers.WwwAuthenticate.ToString());
            await AssertProblemAsync(answer, HttpStatusCode.Unauthorized, detail);
        }
        Assert.Null(server.Trial.Pauses.Of("web", server.Time.GetUtcNow()));
    }

    [Theory]
    [InlineData("bearer right-token")]
    [InlineData("Bearer  right-token ")]
    public async Task The_scheme_is_read_as_HTTP_says(string header)
    {
        await using var server = await ApiServer.StartGuardedAsync(CycleTrial.Policy());
        using var client = server.CreateClient();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", header);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(client, "pause")).StatusCode);
    }

    [Fact]
    public async Task A_paused_service_is_held_and_shown_until_it_is_resumed()
    {
        await using var server = await ApiServer.StartGuardedAsync(CycleTrial.Policy());
        server.Trial.Given("web", 3, 7);
        using var client = server.CreateTrusted();

        var paused = await ReadAsync(await PostAsync(client, "pause"));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(
            """{ "service": "web", "paused": true, "since": "2026-01-01T00:00:00Z", "until": null, "kept_in": "memory" }"""), paused), paused.ToJsonString());
        var decision = await ReadAsync(await PostAsync(client, "evaluate"));
        Assert.Equal((3, 7, "paused"), ((int)decision["desired"]!, (int)decision["proposed"]!, (string?)decision["reason"]));
        Assert.Equal(("paused over HTTP until it is resumed", "it is resumed"), ((string?)Last(decision["trail"])["because"], (string?)Last(decision["trail"])["lifted_when"]));
        Assert.True((bool)(await client.GetFromJsonAsync<JsonNode>("/api/v1/services"))!["services"]![0]!["paused"]!);
        Assert.Equal("2026-01-01T00:00:00Z", (string?)(await client.GetFromJsonAsync<JsonNode>("/api/v1/services/web"))!["pause"]!["since"]);
        Assert.Contains("swarm_autoscaler_paused{service=\"web\"} 1\n", await client.GetStringAsync("/metrics"), StringComparison.Ordinal);

        Assert.False((bool)(await ReadAsync(await PostAsync(client, "resume")))["paused"]!);
        Assert.Contains("swarm_autoscaler_paused{service=\"web\"} 0\n", await client.GetStringAsync("/metrics"), StringComparison.Ordinal);
        server.Time.Advance(TimeSpan.FromSeconds(1));
        decision = await ReadAsync(await PostAsync(client, "evaluate"));
        Assert.Equal((7, "applied"), ((int)decision["desired"]!, (string?)decision["outcome"]!["outcome"]));
        Assert.Equal(["web 3 -> 7"], server.Trial.Swarm.Writes);
    }

    [Fact]
    public async Task A_pause_with_an_end_ends_by_itself_and_a_second_one_replaces_the_end()
    {
        await using var server = await ApiServer.StartGuardedAsync(CycleTrial.Policy());
        server.Trial.Given("web", 3, 7);
        using var client = server.CreateTrusted();
        await PostAsync(client, "pause");
        server.Time.Advance(TimeSpan.FromMinutes(1));
        var paused = await ReadAsync(await PostAsync(client, "pause", """{ "for": "30m" }"""));
        Assert.Equal(("2026-01-01T00:00:00Z", "2026-01-01T00:31:00Z"), ((string?)paused["since"], (string?)paused["until"]));

        server.Time.Advance(TimeSpan.FromMinutes(30) - TimeSpan.FromSeconds(1));
        var decision = await ReadAsync(await PostAsync(client, "evaluate"));
        Assert.Equal(("paused", "2026-01-01T00:31:00Z"), ((string?)decision["reason"], (string?)Last(decision["trail"])["lifted_at"]));
        server.Time.Advance(TimeSpan.FromSeconds(1));
        decision = await ReadAsync(await PostAsync(client, "evaluate"));
        Assert.Equal(7, (int)decision["desired"]!);
        Assert.False((bool)(await client.GetFromJsonAsync<JsonNode>("/api/v1/services"))!["services"]![0]!["paused"]!);
    }

    /// <summary>A cycle that has begun to measure before the pause was confirmed must not change anything after it.</summary>
    [Fact]
    public async Task A_confirmed_pause_is_not_overtaken_by_a_cycle_that_is_measuring()
    {
        await using var server = await ApiServer.StartGuardedAsync(CycleTrial.Policy());
        server.Trial.Given("web", 3, 7);
        using var client = server.CreateTrusted();
        var (asked, mayAnswer) = (new TaskCompletionSource(), new TaskCompletionSource());
        server.Trial.Demand.Answer = async (metrics, _) =>
        {
            asked.SetResult();
            await mayAnswer.Task;
            return server.Trial.Demand.Read(metrics);
        };
        var cycle = server.Trial.RunAsync(CycleTrial.Policy());
        await asked.Task;
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(client, "pause")).StatusCode);
        mayAnswer.SetResult();
        await cycle;
        Assert.Equal(ReasonWords.Paused, server.Trial.Last().Decision.Reason);
        Assert.Empty(server.Trial.Swarm.Writes);
    }

    /// <summary>Between the decision and the change what is remembered is stored, which may take seconds.</summary>
    [Fact]
    public async Task Nor_by_one_that_has_decided_and_is_storing()
    {
        await using var server = await ApiServer.StartGuardedAsync(CycleTrial.Policy());
        server.Trial.Given("web", 3, 7);
        using var client = server.CreateTrusted();
        server.Trial.Lease.Keeping = () =>
        {
            server.Trial.Pauses.SetAsync("web", new Pause(server.Time.GetUtcNow(), null), default).GetAwaiter().GetResult();
            return null;
        };
        await server.Trial.RunAsync(CycleTrial.Policy());
        Assert.Equal("nothing was sent: meanwhile it is paused over HTTP until it is resumed", server.Trial.Last().Outcome!.Because);
        Assert.Empty(server.Trial.Swarm.Writes);
    }

    [Fact]
    public async Task While_it_is_not_known_whether_it_is_paused_a_service_is_left_alone()
    {
        var pauses = Substitute.For<IPauses>();
        pauses.Of("web", Arg.Any<DateTimeOffset>()).Returns((Pause?)null);
        pauses.Doubt.Returns("no answer");
        using var trial = new CycleTrial(pauses: pauses);
        trial.Given("web", 3, 7);
        await trial.RunAsync(CycleTrial.Policy());
        Assert.Equal((ReasonWords.Paused, "whether it is paused is not known: no answer"), (trial.Last().Decision.Reason, trial.Last().Decision.Trail[^1].Because));
        Assert.Empty(trial.Swarm.Writes);
        await pauses.Received(1).RefreshAsync(Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task A_service_that_a_cycle_has_is_not_evaluated_twice_at_a_time()
    {
        await using var server = await ApiServer.StartGuardedAsync(CycleTrial.Policy());
        using var client = server.CreateTrusted();
        server.Board.Put(new RecordedDecision(Decisions.Decision("web"), CycleTrial.Policy(), null)); // an old one is no answer
        server.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(server.Trial.Histories.TryTake("web"));
        var answer = await PostAsync(client, "evaluate");
        Assert.Equal((HttpStatusCode.Accepted, "/api/v1/services/web"), (answer.StatusCode, answer.Headers.Location?.ToString()));
        Assert.Equal("/api/v1/services/web", (string?)(await ReadAsync(answer))["location"]);
        Assert.Equal(0, server.Trial.Swarm.Lists);
    }

    [Fact]
    public async Task An_evaluation_without_an_engine_is_no_decision()
    {
        await using var server = await ApiServer.StartGuardedAsync(CycleTrial.Policy());
        server.Trial.Swarm.IsSilent = true;
        using var client = server.CreateTrusted();
        await AssertProblemAsync(
            await PostAsync(client, "evaluate"), HttpStatusCode.ServiceUnavailable, "There was no decision: the engine did not answer, or the evaluation failed; the log says which.");
    }

    [Fact]
    public async Task A_service_that_two_policies_name_is_evaluated_to_be_refused()
    {
        await using var server = await ApiServer.StartGuardedAsync();
        server.Policies.Ambiguous = [CycleTrial.Policy()];
        server.Trial.Given("web", 3, 7);
        using var client = server.CreateTrusted();
        Assert.Equal(ReasonWords.AmbiguousPolicy, (string?)(await ReadAsync(await PostAsync(client, "evaluate")))["reason"]);
    }

    [Fact]
    public async Task What_could_not_be_stored_is_said()
    {
        var pauses = Substitute.For<IPauses>();
        pauses.SetAsync("web", Arg.Any<Pause?>(), Arg.Any<CancellationToken>()).Returns("somebody else was quicker");
        await using var server = await ApiServer.StartWithAsync(pauses, CycleTrial.Policy());
        using var client = server.CreateTrusted();
        foreach (string command in (string[])["pause", "resume"])
            await AssertProblemAsync(await PostAsync(client, command), HttpStatusCode.ServiceUnavailable, "This could not be stored: somebody else was quicker");
    }

    public static TheoryData<string, string?, HttpStatusCode, string> WrongBodies => new()
    {
        { "{ \"for\": 30 }", "application/json", HttpStatusCode.BadRequest, "'for' must be a duration of at least 1s as a text, for instance \"30m\"." },
        { "{ \"for\": null }", "application/json", HttpStatusCode.BadRequest, "'for' must be a duration of at least 1s as a text, for instance \"30m\"." },
        { "{ \"for\": \"soon\" }", "application/json", HttpStatusCode.BadRequest, "'for' must be a duration of at least 1s as a text, for instance \"30m\"." },
        { "{ \"for\": \"0s\" }", "application/json", HttpStatusCode.BadRequest, "'for' must be a duration of at least 1s as a text, for instance \"30m\"." },
        { "{ \"fro\": \"30m\" }", "application/json", HttpStatusCode.BadRequest, "Unknown key 'fro'" },
        { "{ \"for\": \"1m\", \"for\": \"2m\" }", "application/json", HttpStatusCode.BadRequest, "The body is not JSON, or a key is there twice." },
        { "[]", "application/json", HttpStatusCode.BadRequest, "The body must be a JSON object." },
        { "{", "application/json", HttpStatusCode.BadRequest, "The body is not JSON, or a key is there twice." },
        { "for=30m", "application/x-www-form-urlencoded", HttpStatusCode.UnsupportedMediaType, "The body must be application/json." },
        { "{}", null, HttpStatusCode.UnsupportedMediaType, "The body must be application/json." },
        { "{}" + new string(' ', RequestBody.Largest - 1), "application/json", HttpStatusCode.RequestEntityTooLarge, "The body is larger than 4096 bytes." },
    };

    [Theory]
    [MemberData(nameof(WrongBodies))]
    public async Task A_wrong_body_is_refused_and_pauses_nothing(string body, string? type, HttpStatusCode expected, string detail)
    {
        await using var server = await ApiServer.StartGuardedAsync(CycleTrial.Policy());
        using var client = server.CreateTrusted();
        await AssertProblemAsync(await PostAsync(client, "pause", body, type), expected, detail);
        Assert.Null(server.Trial.Pauses.Of("web", server.Time.GetUtcNow()));
    }

    [Theory]
    [InlineData("resume")]
    [InlineData("evaluate")]
    public async Task The_others_take_no_key(string command)
    {
        await using var server = await ApiServer.StartGuardedAsync(CycleTrial.Policy());
        using var client = server.CreateTrusted();
        await AssertProblemAsync(await PostAsync(client, command, """{ "for": "30m" }"""), HttpStatusCode.BadRequest, "Unknown key 'for'");
    }

    [Theory]
    [InlineData("pause")]
    [InlineData("resume")]
    [InlineData("evaluate")]
    public async Task Nothing_can_be_done_to_a_service_without_a_policy(string command)
    {
        await using var server = await ApiServer.StartGuardedAsync(CycleTrial.Policy());
        using var client = server.CreateTrusted();
        await AssertProblemAsync(await PostAsync(client, command, service: "nobody"), HttpStatusCode.NotFound, "There is no policy for a service 'nobody'.");
    }

    /// <summary>A real server also has to get rid of what it did not read.</summary>
    [Fact]
    public async Task A_huge_body_is_refused_by_a_real_server_without_being_read()
    {
        await using var server = await ApiServer.ListenAsync(CycleTrial.Policy());
        using var client = new HttpClient { BaseAddress = new Uri(server.Url) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ApiServer.Token);
        client.DefaultRequestHeaders.ExpectContinue = true;
        await AssertProblemAsync(await PostAsync(client, "pause", new string(' ', 1 << 20)), HttpStatusCode.RequestEntityTooLarge, "The body is larger than 4096 bytes.");
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("tökén")]
    [InlineData("a\tb")]
    public void A_token_that_no_header_can_carry_stops_the_start_without_being_repeated(string token)
    {
        var (_, errors) = ProcessOptionsReader.Read(new Dictionary<string, string> { ["AUTOSCALER_API_TOKEN"] = token });
        Assert.Equal(["AUTOSCALER_API_TOKEN must be visible ASCII characters without blanks: it is sent in a header"], errors);
    }

    [Fact]
    public void A_token_may_come_from_a_file_and_shows_nowhere()
    {
        string path = Path.GetTempFileName();
        File.WriteAllText(path, "hush\n");
        var (options, errors) = ProcessOptionsReader.Read(new Dictionary<string, string> { ["AUTOSCALER_API_TOKEN_FILE"] = path });
        File.Delete(path);
        Assert.Empty(errors);
        Assert.Equal((true, false), (options.ApiToken!.Matches("hush"), options.ApiToken.Matches("hush\n")));
        Assert.DoesNotContain("hush", options.ToString(), StringComparison.Ordinal);
    }

    static async Task<HttpResponseMessage> PostAsync(HttpClient client, string command, string? body = null, string? type = "application/json", string service = "web")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/services/{service}/{command}");
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = type is null ? null : new MediaTypeHeaderValue(type);
        }
        return await client.SendAsync(request);
    }

    static JsonNode Last(JsonNode? list) => list!.AsArray()[^1]!;

    static async Task<JsonNode> ReadAsync(HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    static async Task AssertProblemAsync(HttpResponseMessage answer, HttpStatusCode status, string detail)
    {
        Assert.Equal((status, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        var problem = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.Equal(((int)status, detail), ((int)problem["status"]!, (string?)problem["detail"]));
    }
}
