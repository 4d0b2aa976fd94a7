using SwarmAutoscaler.Policies;
using Xunit;

namespace SwarmAutoscaler.Measuring.Prometheus;

public class PrometheusQueryTests
{
    const string SwarmLabel = "container_label_com_docker_swarm_service_name";

    [Theory]
    [InlineData("query: up", "up", null, "shop_api")]
    [InlineData("{ query: up, label: job }", "up", "job", "shop_api")]
    [InlineData("{ query: up, label: job, key: api }", "up", "job", "api")]
    [InlineData("query: |\n  up\n", "up", null, "shop_api")]
    [InlineData("preset: mine", "sum by (svc) (x)", "svc", "shop_api")]
    [InlineData("{ preset: mine, key: api }", "sum by (svc) (x)", "svc", "api")]
    [InlineData("{ preset: mine, label: other }", "sum by (svc) (x)", "other", "shop_api")]
    [InlineData("preset: single", "sum(x)", null, "shop_api")]
    [InlineData("preset: http_request_rate", "sum by (service) (rate(http_requests_total{service!=\"\"}[1m]))", "service", "shop_api")]
    [InlineData("{ preset: http_request_rate, label: job, key: api, window: 90s }", "sum by (job) (rate(http_requests_total{job!=\"\"}[90s]))", "job", "api")]
    [InlineData("preset: cpu", $"sum by ({SwarmLabel}) (rate(container_cpu_usage_seconds_total{{{SwarmLabel}!=\"\"}}[1m]))", SwarmLabel, "shop_api")]
    [InlineData("preset: traefik_request_rate",
        "sum by (traefik_service) (label_replace(rate(traefik_service_requests_total[1m]), \"traefik_service\", \"$1\", \"service\", \"([^@]+)(@.*)?\"))",
        "traefik_service", "shop-api")]
    [InlineData("{ preset: traefik_request_rate, label: exported_service, key: api }",
        "sum by (traefik_service) (label_replace(rate(traefik_service_requests_total[1m]), \"traefik_service\", \"$1\", \"exported_service\", \"([^@]+)(@.*)?\"))",
        "traefik_service", "api")]
    public void A_metric_becomes_a_text_a_label_and_a_key(string yaml, string text, string? label, string key)
    {
        var (query, errors) = Given.ParseQuery(yaml, null, "shop_api", new("mine", "sum by (svc) (x)", "svc"), new("single", "sum(x)", null));
        Assert.Empty(errors);
        Assert.Equal((text, label, key), (query!.Text, query.Label, query.Key));
    }

    [Theory]
    [InlineData("{}", "1:1 a prometheus metric needs 'preset' or 'query'")]
    [InlineData("{ preset: cpu, query: up }", "1:23 'preset' and 'query' exclude each other")]
    [InlineData("preset: disk", "1:9 unknown preset 'disk', known are cpu, memory, http_request_rate, http_latency, traefik_request_rate, traefik_latency, memory_of_mine, mine")]
    [InlineData("preset: memory", "1:9 preset 'memory' is built in and cannot be defined again")]
    [InlineData("query: ''", "1:8 'query' must not be empty")]
    [InlineData("query: ' '", "1:8 'query' must not be empty")]
    [InlineData("{ query: up, key: api }", "1:19 'key' needs 'label', the label whose value it is")]
    [InlineData("{ query: up, label: '' }", "1:21 'label' must not be empty")]
    [InlineData("{ query: up, window: 1m }", "1:22 'window' belongs to the built-in presets: write the window into the query")]
    [InlineData("{ preset: cpu, window: 5 }", "1:24 'window': '5' is not a duration, write for instance 500ms, 30s, 5m or 1h30m")]
    [InlineData("{ preset: cpu, window: 500ms }", "1:24 'window' must be from 1s to 1d")]
    [InlineData("{ preset: cpu, window: 25h }", "1:24 'window' must be from 1s to 1d")]
    [InlineData("{ preset: cpu, label: 'a\"}' }", "1:23 'label': 'a\"}' is not a label name (letters, digits and underscores, no digit first)")]
    [InlineData("{ preset: cpu, label: [a], key: '' }", "1:23 'label' must be a single value", "1:33 'key' must not be empty")]
    [InlineData("{ query: up, queri: up }", "1:14 unknown key 'queri', did you mean 'query'?")]
    public void A_mistake_is_reported_at_its_place(string yaml, params string[] errors)
    {
        var (query, found) = Given.ParseQuery(yaml, null, "shop_api", new("memory_of_mine", "x", null), new("mine", "x", null), new("memory", "x", null));
        Assert.Equal(errors, found);
        Assert.True(query is null || errors[0].Contains("unknown key", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("cpu", LimitedResource.Cpu)]
    [InlineData("memory", LimitedResource.Memory)]
    [InlineData("http_latency", null)]
    [InlineData("traefik_latency", null)]
    public void The_resource_presets_name_what_they_are_a_share_of(string preset, LimitedResource? resource) =>
        Assert.Equal(resource, Given.ParseQuery($"preset: {preset}").Value!.ShareOf);

    [Theory]
    [InlineData("60s", "[1m]")]
    [InlineData("1m", "[1m]")]
    [InlineData("1h30m", "[90m]")]
    [InlineData("2h", "[2h]")]
    [InlineData("1.5s", "[1500ms]")]
    public void Equal_windows_are_one_text(string window, string text) =>
        Assert.Contains(text, Given.ParseQuery($"{{ preset: cpu, window: {window} }}").Value!.Text, StringComparison.Ordinal);

    [Theory]
    [InlineData("shop_api", "shop-api")]
    [InlineData("api", "api")]
    [InlineData("a__b.c-d", "a-b-c-d")]
    [InlineData("_api_", "api")]
    public void Traefik_writes_a_service_with_single_dashes(string service, string name) => Assert.Equal(name, PrometheusPresets.TraefikName(service));

    [Fact]
    public void The_service_label_of_the_connection_is_that_of_the_container_presets() => Assert.Equal("swarm_service",
        Given.ParseQuery("preset: memory", Given.Connection("http://p", "service_label: swarm_service")).Value!.Label);
}
