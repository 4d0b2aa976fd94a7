using SwarmAutoscaler.Policies;
using Xunit;

namespace SwarmAutoscaler.Tests.Policies;

public sealed class SharedSettingsTests
{
    static IEnumerable<string> Errors(params (string, string)[] files) => Given.Read(files).Errors.Select(error => error.ToString());

    [Theory]
    [InlineData("connections: { kafka: {} }", "s.yml:1:23: unknown kind of connection 'kafka'; known are prometheus, rabbitmq, redis")]
    [InlineData("connections: { redis: { default: redis://a } }", "s.yml:1:34: 'default' must be a mapping")]
    [InlineData("connections: { redis: { default: { url: nothing } } }", "s.yml:1:41: 'url' is not a URL")]
    [InlineData("connections: { redis: { default: { uri: redis://a } } }", "s.yml:1:34: 'url' is missing", "s.yml:1:36: unknown key 'uri', did you mean 'url'?")]
    [InlineData("presets: { a: { label: svc } }", "s.yml:1:15: 'query' is missing")]
    [InlineData("presets: { a: { query: up, lable: svc } }", "s.yml:1:28: unknown key 'lable', did you mean 'label'?")]
    [InlineData("defaults: 5", "s.yml:1:11: 'defaults' must be a mapping")]
    [InlineData("presets: {}\nfoo: 1", "s.yml:2:1: unknown key 'foo'")]
    public void A_mistake_in_shared_settings_is_reported_at_its_place(string text, params string[] expected) =>
        Assert.Equal(expected, Errors(("s.yml", text)).Where(error => !error.Contains("taken over", StringComparison.Ordinal)));

    [Theory]
    [InlineData("connections: { redis: { default: { url: redis://a } } }", 34, "redis connection 'default'")]
    [InlineData("presets: { a: { query: up } }", 15, "preset 'a'")]
    public void A_name_defined_twice_is_refused_in_both_places(string text, int column, string name) => Assert.Equal(
        [$"a.yml:1:{column}: {name} is defined twice: see b.yml:1", $"b.yml:1:{column}: {name} is defined twice: see a.yml:1"],
        Errors(("a.yml", text), ("b.yml", text)));

    /// <summary>Nodes of the same content are equal, wherever they stand.</summary>
    [Fact]
    public void So_is_a_name_that_two_documents_of_one_file_define_alike() => Assert.Equal(
        ["a.yml:1:15: preset 'a' is defined twice: see a.yml:3", "a.yml:3:15: preset 'a' is defined twice: see a.yml:1"],
        Errors(("a.yml", "presets: { a: { query: up } }\n---\npresets: { a: { query: up } }")));

    [Fact]
    public void A_second_definition_takes_nothing_away_from_the_first_while_running()
    {
        var first = ("a.yml", "connections: { prometheus: { default: { url: http://one } } }");
        var set = Given.Read(first, ("p.yml", Given.Policy));
        var after = Given.Read(set, first, ("b.yml", "connections: { prometheus: { default: { url: http://two } } }"), ("p.yml", Given.Policy));
        Assert.Equal(2, after.Errors.Count);
        Assert.Equal("http://one", ((FakeQuery)Assert.Single(after.Policies).Metrics[0].Query).To.Url);
    }

    [Fact]
    public void A_preset_of_ones_own_names_the_metric_and_its_query() => Assert.Equal(
        ("api_latency", "lat"),
        Given.Read(("s.yml", $"{Given.Connections}\npresets: {{ api_latency: {{ query: lat, label: svc, unit: seconds }} }}"),
                ("p.yml", "service: web\nreplicas: { max: 5 }\nmetrics: [ { source: prometheus, preset: api_latency, target: { value: 500ms } } ]"))
            .Policies.Select(policy => (policy.Metrics[0].Name, ((FakeQuery)policy.Metrics[0].Query).Query)).Single());

    [Fact]
    public void Many_documents_may_share_a_file() =>
        Assert.Equal(["api", "web"], Given.Read(("all.yml", $"{Given.Connections}\n---\n{Given.Policy}\n---\nservice: api\nreplicas: {{ max: 2 }}\n---\n")).Policies.Select(policy => policy.Service));

    [Theory]
    [InlineData("a.yml", "b.yml", "a.yml:1:10", "b.yml:1", "b.yml:1:10", "a.yml:1")]
    [InlineData("a.yml", null, "a.yml:1:10", "a.yml:4", "a.yml:4:10", "a.yml:1")]
    public void Two_policies_for_one_service_are_both_refused(string first, string? second, string placeOne, string seeOne, string placeTwo, string seeTwo)
    {
        const string policy = "service: web\nreplicas: { max: 5 }\n";
        var set = second is null ? Given.Read((first, $"{policy}---\n{policy}")) : Given.Read((first, policy), (second, policy));
        Assert.Empty(set.Policies);
        Assert.Equal(["web"], set.Ambiguous.Keys);
        Assert.Equal(
            [$"{placeOne}: service 'web' has another policy at {seeOne}; neither is used", $"{placeTwo}: service 'web' has another policy at {seeTwo}; neither is used"],
            set.Errors.Select(error => error.ToString()));
    }

    [Fact]
    public void A_connection_of_the_environment_counts_where_no_file_defines_one()
    {
        var (connections, errors) = EnvironmentConnections.Read(
            [new ConnectionSetting("prometheus", [("PROMETHEUS_URL", "url", "http://env")]), new ConnectionSetting("redis", [("REDIS_URL", "url", "redis://env")])], FakeSource.All);
        Assert.Empty(errors);
        var files = new[] { Parsed("s.yml", "connections: { redis: { default: { url: redis://file } } }"), Parsed("p.yml", """
            service: web
            replicas: { max: 5 }
            metrics: [ { source: prometheus, query: up, target: { value: 1 } }, { source: redis, key: k, target: { value: 1 } } ]
            """) };
        var set = new PolicyReader(FakeSource.All, connections, TimeProvider.System).Read(files, PolicySet.Empty);
        Assert.Equal(["http://env", "redis://file"], set.Policies.Single().Metrics.Select(metric => ((FakeQuery)metric.Query).To.Url));
    }

    [Fact]
    public void A_wrong_variable_is_one_line_that_does_not_repeat_it() => Assert.Equal(
        ["REDIS_URL: 'url' is not a URL"],
        EnvironmentConnections.Read([new ConnectionSetting("redis", [("REDIS_URL", "url", "secret")])], FakeSource.All).Errors);

    static PolicyFile Parsed(string name, string text) => PolicyFile.Parse(name, System.Text.Encoding.UTF8.GetBytes(text));
}
