using Xunit;

namespace SwarmAutoscaler.Applying;

public sealed class ScaleTests
{
    [Fact]
    public async Task A_scale_reads_the_service_and_sends_its_spec_back_with_one_number_changed()
    {
        await using var given = await GivenEngine.StartAsync();

        var outcome = await given.ScaleAsync(5);

        Assert.Equal(new ApplyOutcome(ApplyOutcomeKind.Applied, ""), outcome);
        Assert.Equal(
            ["GET /_ping", $"GET /v1.41/services/{GivenEngine.Id}", $"POST /v1.41/services/{GivenEngine.Id}/update?version=11&registryAuthFrom=spec"],
            given.Fake.Seen.Select(request => $"{request.Method} {request.Target}"));
        var write = Assert.Single(given.Fake.Writes);
        Assert.Equal(GivenEngine.Spec.Replace("3", "5", StringComparison.Ordinal), write.Body);
        Assert.Equal("application/json", write.Headers["Content-Type"]);
        Assert.DoesNotContain("X-Registry-Auth", write.Headers.Keys);
    }

    [Fact]
    public async Task Nothing_is_sent_when_an_event_told_of_somebodys_update_since_the_decision()
    {
        await using var given = await GivenEngine.StartAsync();
        var shop = GivenEngine.Spec.Replace("\"Labels\":{}", "\"Labels\":{\"com.docker.stack.namespace\":\"shop\"}", StringComparison.Ordinal);
        given.Fake.On(GivenEngine.List, new FakeAnswer(200, $"[{GivenEngine.Listed(shop)},{GivenEngine.Listed(shop.Replace("web", "api", StringComparison.Ordinal), id: "api")}]"));
        await given.Swarm.ListAsync(GivenEngine.Names, CancellationToken.None);
        given.Outside.Hear(new ServiceEvent("update", "api", "api", given.Time.GetUtcNow()));

        var outcome = await given.ScaleAsync(5);

        Assert.Equal(ApplyOutcomeKind.Conflict, outcome.Kind);
        Assert.StartsWith("api of the stack shop was just updated by somebody else", outcome.Because, StringComparison.Ordinal);
        Assert.Empty(given.Fake.Writes);
        Assert.NotNull((await given.Swarm.ReadAsync(GivenEngine.Id, CancellationToken.None)).Service!.Quiet);
    }

    [Fact]
    public async Task Our_own_change_makes_no_quiet_time()
    {
        await using var given = await GivenEngine.StartAsync();
        await given.Swarm.ListAsync(GivenEngine.Names, CancellationToken.None);
        await given.ScaleAsync(5);
        var after = GivenEngine.Spec.Replace("3", "5", StringComparison.Ordinal);
        given.Fake.On(GivenEngine.List, new FakeAnswer(200, $"[{GivenEngine.Listed(after, more: $",\"PreviousSpec\":{GivenEngine.Spec}", version: 12)}]"));
        Assert.Null((await given.Swarm.ReadAsync(GivenEngine.Id, CancellationToken.None)).Service!.Quiet);
        given.Fake.On(GivenEngine.List, new FakeAnswer(200, $"[{GivenEngine.Listed(after, more: $",\"PreviousSpec\":{after}", version: 13)}]"));
        Assert.NotNull((await given.Swarm.ReadAsync(GivenEngine.Id, CancellationToken.None)).Service!.Quiet);
    }

    [Theory]
    [InlineData("1.41")]
    [InlineData("1.44")]
    [InlineData("1.53")]
    [InlineData("2.0")]
    public async Task Every_path_carries_the_engines_own_version(string version)
    {
        await using var given = await GivenEngine.StartAsync();
        given.Fake.ApiVersion = version;

        Assert.Equal(ApplyOutcomeKind.Applied, (await given.ScaleAsync(5)).Kind);

        Assert.All(given.Fake.Seen.Skip(1), request => Assert.StartsWith($"/v{version}/", request.Target));
    }

    [Theory]
    [InlineData(500, "rpc error: code = Unknown desc = update out of sequence", "Conflict")]
    [InlineData(409, "update out of sequence", "Conflict")]
    [InlineData(409, "something else in conflict", "Conflict")]
    [InlineData(404, $"service {GivenEngine.Id} not found", "NotFound")]
    [InlineData(400, "invalid replicas", "Refused")]
    [InlineData(401, "unauthorized", "Refused")]
    [InlineData(403, "forbidden by the proxy", "Refused")]
    [InlineData(501, "service mode change is not allowed", "Refused")]
    [InlineData(503, "This node is not a swarm manager. Worker nodes can't be used to view or modify cluster state.", "Refused")]
    [InlineData(503, "This node is not part of a swarm", "Refused")]
    [InlineData(503, "Swarm is encrypted and needs to be unlocked before it can be used.", "Refused")]
    [InlineData(503, "rpc error: code = Unavailable desc = transport is closing", "Unknown")]
    [InlineData(500, "rpc error: code = Unknown desc = raft: failed to process the request: node lost leader status", "Unknown")]
    [InlineData(500, "rpc error: code = Unknown desc = The swarm does not have a leader. It's possible that too few managers are online.", "Unknown")]
    [InlineData(500, "rpc error: code = DeadlineExceeded desc = context deadline exceeded", "Unknown")]
    [InlineData(502, "bad gateway", "Unknown")]
    [InlineData(504, "gateway timeout", "Unknown")]
    public async Task What_the_engine_answers_to_the_write_decides_the_outcome(int status, string message, string expected)
    {
        await using var given = await GivenEngine.StartAsync();
        given.Fake.On(GivenEngine.Update, FakeAnswer.Message(status, message));

        var outcome = await given.ScaleAsync(5);

        Assert.Equal(expected, outcome.Kind.ToString());
        Assert.Contains(message, outcome.Because, StringComparison.Ordinal);
        Assert.Single(given.Fake.Writes);
    }

    [Fact]
    public async Task The_engines_warnings_are_in_the_sentence()
    {
        await using var given = await GivenEngine.StartAsync();
        given.Fake.On(GivenEngine.Update, new FakeAnswer(200, """{"Warnings":["image demo:local could not be accessed on a registry"]}"""));

        var outcome = await given.ScaleAsync(5);

        Assert.Equal(ApplyOutcomeKind.Applied, outcome.Kind);
        Assert.Equal("the engine warns: image demo:local could not be accessed on a registry", outcome.Because);
    }

    [Fact]
    public async Task A_connection_that_breaks_after_the_request_leaves_the_outcome_unknown()
    {
        await using var given = await GivenEngine.StartAsync();
        given.Fake.On(GivenEngine.Update, new FakeAnswer(200, "{}") { Breaks = true });

        Assert.Equal(ApplyOutcomeKind.Unknown, (await given.ScaleAsync(5)).Kind);
        Assert.Single(given.Fake.Writes);
    }

    [Theory]
    [InlineData(200, "Applied")]
    [InlineData(500, "Unknown")]
    public async Task A_status_counts_even_if_the_rest_of_the_answer_is_lost(int status, string expected)
    {
        await using var given = await GivenEngine.StartAsync();
        given.Fake.On(GivenEngine.Update, FakeAnswer.Message(status, "a long sentence that never arrives as a whole") with { BreaksInBody = true });

        Assert.Equal(expected, (await given.ScaleAsync(5)).Kind.ToString());
    }

    public static TheoryData<string, int, string, string> ServicesNotWritten => new()
    {
        { GivenEngine.Service(), 3, "NotNeeded", "already has 3" },
        { GivenEngine.Service(version: 12), 5, "Conflict", "version 12 instead of 11" },
        { GivenEngine.Service(version: 12), 3, "Conflict", "version 12 instead of 11" },
        { GivenEngine.Service("""{"Name":"web","Mode":{"Global":{}}}"""), 5, "Refused", "not replicated (Global)" },
        { GivenEngine.Service("""{"Name":"web","Mode":{"ReplicatedJob":{"MaxConcurrent":1}}}"""), 5, "Refused", "not replicated (ReplicatedJob)" },
        { GivenEngine.Service("""{"Name":"web","Mode":{"GlobalJob":{}}}"""), 5, "Refused", "not replicated (GlobalJob)" },
        { GivenEngine.Service("""{"Name":"web","Mode":{"Elastic":{"Replicas":3}}}"""), 5, "Refused", "not replicated (Unknown)" },
        { GivenEngine.Service("""{"Name":"web","Mode":{"Replicated":null}}"""), 5, "Refused", "not replicated (Unknown)" },
        { GivenEngine.Service("""{"Name":"web","Mode":{"Replicated":{}}}"""), 1, "NotNeeded", "already has 1" },
        { GivenEngine.Service(id: "otherotherotherotherother"), 5, "NotFound", "now leads to other" },
        { "not JSON at all", 5, "Refused", "nothing was sent" },
        { "{}", 5, "Refused", "nothing was sent" },
        { GivenEngine.Service("""{"Name":"web","Mode":{"Replicated":{"Replicas":3,"Replicas":4}}}"""), 5, "Refused", "two replica counts" },
        { GivenEngine.Service("""{"Name":"web","Mode":{"Replicated":{"Replicas":-1}}}"""), 5, "Refused", "whole number" },
    };

    [Theory]
    [MemberData(nameof(ServicesNotWritten))]
    public async Task Nothing_is_sent_when_the_service_is_not_the_one_decided_on(string service, int replicas, string expected, string because)
    {
        await using var given = await GivenEngine.StartAsync();
        given.Fake.On(GivenEngine.Read, new FakeAnswer(200, service));

        var outcome = await given.ScaleAsync(replicas);

        Assert.Equal(expected, outcome.Kind.ToString());
        Assert.Contains(because, outcome.Because, StringComparison.Ordinal);
        Assert.Empty(given.Fake.Writes);
    }

    [Theory]
    [InlineData(404, $"service {GivenEngine.Id} not found", "NotFound")]
    [InlineData(500, "rpc error: code = DeadlineExceeded desc = context deadline exceeded", "Refused")]
    [InlineData(503, "This node is not a swarm manager.", "Refused")]
    public async Task A_failed_read_before_the_write_means_nothing_was_sent(int status, string message, string expected)
    {
        await using var given = await GivenEngine.StartAsync();
        given.Fake.On(GivenEngine.Read, FakeAnswer.Message(status, message));

        var outcome = await given.ScaleAsync(5);

        Assert.Equal(expected, outcome.Kind.ToString());
        Assert.Contains(message, outcome.Because, StringComparison.Ordinal);
        Assert.Empty(given.Fake.Writes);
    }

    [Fact]
    public async Task An_endless_error_becomes_one_short_line()
    {
        await using var given = await GivenEngine.StartAsync();
        given.Fake.On(GivenEngine.Update, FakeAnswer.Message(400, "first line\nsecond line " + new string('x', 5000)));

        var outcome = await given.ScaleAsync(5);

        Assert.Contains("first line second line xxx", outcome.Because, StringComparison.Ordinal);
        Assert.InRange(outcome.Because.Length, 300, 400);
    }

    [Fact]
    public async Task A_lease_that_runs_out_between_the_read_and_the_write_stops_the_write()
    {
        await using var given = await GivenEngine.StartAsync();
        given.Fake.Answers[GivenEngine.Read] = _ =>
        {
            given.Lease.MayAct = false; // frozen meanwhile
            return new FakeAnswer(200, GivenEngine.Service());
        };

        var outcome = await given.ScaleAsync(5);

        Assert.Equal((ApplyOutcomeKind.Refused, "nothing was sent: this instance does not hold the lease any more"), (outcome.Kind, outcome.Because));
        Assert.Empty(given.Fake.Writes);
    }
}
