using Microsoft.Extensions.Logging.Abstractions;
using SwarmAutoscaler.Applying;
using SwarmAutoscaler.Recording;
using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.Coordinating;

/// <summary>What an engine, or a proxy in front of it, answers about configs, and what is made of it.</summary>
public sealed class SwarmConfigsTests : IAsyncLifetime, IDisposable
{
    const string Read = "GET /configs/lease", Update = "POST /configs/abc/update", Create = "POST /configs/create";

    const string Good = """{"ID":"abc","Version":{"Index":12},"Spec":{"Name":"lease","Labels":{"a":"1","b":"2"},"Data":"aGk="}}""";

    readonly AutoscalerMeter meter = new($"test-{Guid.NewGuid()}");
    FakeEngine fake = null!;
    EngineClient client = null!;
    SwarmConfigs configs = null!;

    public async Task InitializeAsync()
    {
        fake = await FakeEngine.StartAsync();
        fake.On(Read, new FakeAnswer(200, Good));
        client = new EngineClient(new DockerEngineOptions([fake.Endpoint]), new ManualTime(), meter, NullLogger<EngineClient>.Instance);
        configs = new SwarmConfigs(client);
    }

    [Fact]
    public async Task A_config_is_read_with_its_version_and_labels()
    {
        var found = Assert.IsType<FoundConfig>(await configs.ReadAsync("lease", default));
        Assert.Equal(("lease", "abc", 12UL, "1 2"), (found.Name, found.Id, found.Version, string.Join(' ', found.Labels.Values)));
    }

    [Theory]
    [InlineData(404, """{"message":"config lease not found"}""", "AbsentConfig")]
    [InlineData(200, """{"ID":"lease01","Version":{"Index":12},"Spec":{"Name":"other","Labels":null}}""", "AbsentConfig")] // found by the beginning of its id
    [InlineData(403, """{"message":"Forbidden"}""", "UnreadConfig forbidden")]
    [InlineData(500, """{"message":"rpc error: code = DeadlineExceeded desc = context deadline exceeded"}""", "UnreadConfig")]
    [InlineData(503, """{"message":"This node is not a swarm manager."}""", "UnreadConfig")]
    [InlineData(200, "<html>", "UnreadConfig")]
    [InlineData(200, "{}", "UnreadConfig")]
    [InlineData(200, """{"ID":"abc","Version":{"Index":-1},"Spec":{"Name":"lease"}}""", "UnreadConfig")]
    [InlineData(200, """{"ID":"abc","Version":{"Index":1},"Spec":{"Name":"lease","Labels":{"a":1}}}""", "UnreadConfig")]
    public async Task An_answer_to_a_read_is_what_it_is(int status, string body, string expected)
    {
        fake.On(Read, new FakeAnswer(status, body));
        var lookup = await configs.ReadAsync("lease", default);
        Assert.Equal(expected, lookup.GetType().Name + (lookup is UnreadConfig { IsForbidden: true } ? " forbidden" : ""));
    }

    [Theory]
    [InlineData(200, "", nameof(ConfigWriteKind.Written))]
    [InlineData(500, """{"message":"rpc error: code = Unknown desc = update out of sequence"}""", nameof(ConfigWriteKind.Lost))]
    [InlineData(409, """{"message":"update out of sequence"}""", nameof(ConfigWriteKind.Lost))]
    [InlineData(404, """{"message":"config abc not found"}""", nameof(ConfigWriteKind.Lost))]
    [InlineData(500, """{"message":"raft: failed to process the request: node lost leader status"}""", nameof(ConfigWriteKind.Unknown))]
    [InlineData(502, "bad gateway", nameof(ConfigWriteKind.Unknown))]
    [InlineData(403, "Forbidden", nameof(ConfigWriteKind.Refused))]
    [InlineData(400, """{"message":"only updates to Labels are allowed"}""", nameof(ConfigWriteKind.Refused))]
    [InlineData(503, """{"message":"This node is not a swarm manager."}""", nameof(ConfigWriteKind.Refused))]
    public async Task An_answer_to_an_update_is_what_it_is(int status, string body, string expected)
    {
        fake.On(Update, new FakeAnswer(status, body));
        var write = await configs.UpdateAsync((FoundConfig)await configs.ReadAsync("lease", default), new Dictionary<string, string> { ["a"] = "3" }, default);
        Assert.Equal((expected, status == 403), (write.Kind.ToString(), write.IsForbidden));
        var sent = Assert.Single(fake.Writes);
        Assert.EndsWith("/configs/abc/update?version=12", sent.Target, StringComparison.Ordinal);
        Assert.Equal("""{"Name":"lease","Labels":{"a":"3"}}""", sent.Body);
    }

    [Fact]
    public async Task An_update_whose_answer_is_lost_is_unknown()
    {
        fake.On(Update, new FakeAnswer(200, "") { Breaks = true });
        var write = await configs.UpdateAsync((FoundConfig)await configs.ReadAsync("lease", default), new Dictionary<string, string>(), default);
        Assert.Equal(ConfigWriteKind.Unknown, write.Kind);
    }

    [Theory]
    [InlineData(201, """{"ID":"abc"}""", nameof(ConfigWriteKind.Written))]
    [InlineData(409, """{"message":"rpc error: code = AlreadyExists desc = config lease already exists"}""", nameof(ConfigWriteKind.Lost))]
    public async Task An_absent_config_is_made_unless_somebody_was_quicker(int status, string body, string expected)
    {
        fake.On(Read, FakeAnswer.Message(404, "config lease not found"));
        fake.On(Create, new FakeAnswer(status, body));
        var write = await configs.CreateAsync("lease", (AbsentConfig)await configs.ReadAsync("lease", default), new Dictionary<string, string> { ["a"] = "1" }, default);
        Assert.Equal(expected, write.Kind.ToString());
        Assert.StartsWith("""{"Name":"lease","Labels":{"a":"1"},"Data":""", Assert.Single(fake.Writes).Body, StringComparison.Ordinal);
    }

    public async Task DisposeAsync() => await fake.DisposeAsync();

    public void Dispose()
    {
        client.Dispose();
        meter.Dispose();
    }
}
