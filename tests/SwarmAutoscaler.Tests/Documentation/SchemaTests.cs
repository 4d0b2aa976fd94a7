using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;
using SwarmAutoscaler.Simulating;
using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.Documentation;

/// <summary>The schema that editors use says what the readers read: the same keys, the same words, no mistake where they see none.</summary>
public sealed class SchemaTests
{
    const string Policy = "service: p\nreplicas: { max: 9 }\n";
    const string Scenario = "policy: { service: p, replicas: { max: 9 } }\n";
    const string Whole = Scenario + "service: { replicas: 1 }\nsteps: [ { at: 0s } ]\n";

    static readonly JsonNode Schema = JsonNode.Parse(DocumentSchema.Text)!;
    static readonly JsonSchemaCheck Check = new(Schema);

    /// <summary>A mapping in the schema, and documents in which the reader is asked for the keys of it.</summary>
    public static TheoryData<string, string[]> Places => new()
    {
        { "#/$defs/policy", [Policy + "…"] },
        { "#/$defs/replicas", ["service: p\nreplicas: { max: 9, … }"] },
        { "#/$defs/schedule", [Policy + "schedules: [ { name: n, start: '0 8 * * *', … } ]"] },
        { "#/$defs/direction", [Policy + "scale_up: { … }"] },
        { "#/$defs/direction", [Policy + "scale_down: { … }"] },
        { "#/$defs/limit", [Policy + "scale_up: { limits: [ { per: 60s, … } ] }"] },
        { "#/$defs/fallback", [Policy + "fallback: { … }"] },
        { "#/$defs/prometheusMetric", [Metric("prometheus, preset: cpu"), Metric("prometheus, query: up, label: a")] },
        { "#/$defs/redisMetric", [Metric("redis, key: k")] },
        { "#/$defs/rabbitmqMetric", [Metric("rabbitmq, queue: q"), Metric("rabbitmq, queue_pattern: q")] },
        { "#/$defs/target/anyOf/1", [Policy + "metrics: [ { source: redis, key: k, target: { … } } ]"] },
        { "#/$defs/step", [Policy + "metrics: [ { source: redis, key: k, steps: [ { … } ] } ]"] },
        { "#/$defs/prometheusConnection", ["connections: { prometheus: { c: { url: 'http://example.com', … } } }"] },
        {
            "#/$defs/redisConnection",
            ["connections: { redis: { c: { url: 'redis://example.com', … } } }", "connections: { redis: { c: { sentinels: [ example.com ], master: m, … } } }"]
        },
        { "#/$defs/rabbitmqConnection", ["connections: { rabbitmq: { c: { url: 'amqp://example.com', … } } }"] },
        { "#/$defs/preset", ["presets: { own: { query: up, … } }"] },
        { "#/$defs/budget", ["budgets: [ { name: n, limit: 9, uses: [ { service: p, per_replica: 1 } ], … } ]"] },
        { "#/$defs/budget/properties/uses/items", ["budgets: [ { name: n, limit: 9, uses: [ { service: p, per_replica: 1, … } ] } ]"] },
        { "#/$defs/defaults", ["defaults:\n  …"] },
    };

    public static TheoryData<string, string> ScenarioPlaces => new()
    {
        { "#/$defs/scenario", Whole + "…" },
        { "#/$defs/scenario/properties/service", Scenario + "service: { replicas: 1, … }\nsteps: [ { at: 0s } ]" },
        { "#/$defs/scenario/properties/history", Whole + "history: { … }" },
        { "#/$defs/scenario/properties/history/properties/proposals/items", Whole + "history: { proposals: [ { … } ] }" },
        { "#/$defs/scenario/properties/history/properties/changes/items", Whole + "history: { changes: [ { … } ] }" },
        { "#/$defs/scenarioStep", Scenario + "service: { replicas: 1 }\nsteps: [ { … } ]" },
        { "#/$defs/model", Scenario + "service: { replicas: 1 }\nmodel: { … }" },
        { "#/$defs/scenarioStep/properties/expect", Scenario + "service: { replicas: 1 }\nsteps: [ { at: 0s, expect: { … } } ]" },
    };

    [Theory]
    [MemberData(nameof(Places))]
    public void The_schema_has_the_keys_that_the_reader_knows_and_no_other(string place, string[] documents) => AssertSameKeys(place, KnownKeys.In(documents));

    [Theory]
    [MemberData(nameof(ScenarioPlaces))]
    public void So_it_is_with_scenarios(string place, string document) => AssertSameKeys(place, KnownKeys.In(ScenarioErrors, document));

    [Fact]
    public void So_it_is_with_what_policies_share() => Assert.Equal(
        KnownKeys.In("presets: {}\n…").Keys.Except(["service"]), Schema["$defs"]!["shared"]!["properties"]!.AsObject().Select(property => property.Key).Order(StringComparer.Ordinal));

    /// <summary>File and line of every block, and every file that is shipped or played by a test.</summary>
    public static TheoryData<string, int> Valid
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var block in YamlTests.ShownBlocks)
                data.Add((string)block[0], (int)block[1]);
            foreach (var (path, line) in MarkdownText.All.SelectMany(file => file.Blocks.Where(block => YamlTests.IsScenario(block.Text)).Select(block => (file.Path, block.Line))))
                data.Add(path, line);
            foreach (string folder in (string[])["policies", "tests/SwarmAutoscaler.Tests/Simulating/Golden"])
                foreach (string file in Directory.EnumerateFiles(Path.Combine(Testbed.Repository, folder), "*.y*ml", SearchOption.AllDirectories).Where(file => !ShippedSets.IsStack(file)).Order(StringComparer.Ordinal))
                    data.Add(Path.GetRelativePath(Testbed.Repository, file), 0);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Valid))]
    public void What_is_shown_or_shipped_is_valid(string file, int line)
    {
        string text = line == 0 ? File.ReadAllText(Path.Combine(Testbed.Repository, file)) : YamlTests.Complete(file, line);
        var documents = YamlAsJson.Documents(text);
        Assert.NotEmpty(documents);
        Assert.Empty(documents.SelectMany(document => Check.Errors(document)));
    }

    [Theory]
    [InlineData("service: p\nreplicas: { max: many }")]
    [InlineData("service: p\nreplicas: { max: 9 }\nintervall: 15s")]
    [InlineData("service: p\nreplicas: { max: 9 }\ninterval: 15")]
    [InlineData("service: p\nreplicas: { max: 9 }\nenabled: maybe")]
    [InlineData("service: p\nreplicas: { max: 9 }\nmode: watch")]
    [InlineData("service: p\nreplicas: { max: 9 }\nscale_up: { tolerance: 10 }")]
    [InlineData("service: p\nreplicas: { max: 9 }\nscale_up: { limits: [ { replicas: 3 } ] }")]
    [InlineData("service: p\nreplicas: { max: 9 }\nscale_up: { limits: [ { replicas: 3, percent: 50%, per: 60s } ] }")]
    [InlineData("service: p\nreplicas: { max: 9 }\nmetrics: [ { source: files, target: { value: 1 } } ]")]
    [InlineData("service: p\nreplicas: { max: 9 }\nmetrics: [ { source: redis, key: k } ]")]
    [InlineData("service: p\nreplicas: { max: 9 }\nmetrics: [ { source: redis, key: k, query: up, target: { value: 1 } } ]")]
    [InlineData("service: p\nreplicas: { max: 9 }\nmetrics: [ { source: redis, key: k, target: { value: 1, per_replica: 2 } } ]")]
    [InlineData("service: p\nreplicas: { max: 9 }\nmetrics: [ { source: redis, key: k, target: { utilization: 65 } } ]")]
    [InlineData("service: p\nreplicas: { max: 9 }\nmetrics: [ { source: redis, key: k, steps: [ { above: 1 } ] } ]")]
    [InlineData("service: p\nreplicas: { max: 9 }\nschedules: [ { name: n, start: '0 8 * * *', min: 2 } ]")]
    [InlineData("connections: { mysql: { default: { url: x } } }")]
    [InlineData("connections: { redis: { default: { password: hush } } }")]
    [InlineData("presets: { own: { label: a } }")]
    [InlineData("nothing: known")]
    public void What_the_schema_refuses_the_reader_refuses_too(string document)
    {
        Assert.NotEmpty(YamlAsJson.Documents(document).SelectMany(each => Check.Errors(each)));
        Assert.NotEmpty(RealReader.Read("p.yml", document).Errors);
    }

    [Fact]
    public async Task The_command_prints_it()
    {
        var (exitCode, output, error) = await Testbed.ExecuteAsync("dotnet", [Path.Combine(AppContext.BaseDirectory, "swarm-autoscaler.dll"), "schema"]);
        Assert.Equal((0, DocumentSchema.Text, ""), (exitCode, output, error));
    }

    static void AssertSameKeys(string place, IReadOnlyDictionary<string, IReadOnlyList<string>> known)
    {
        var properties = Check.Find(place)["properties"]!.AsObject();
        Assert.Equal(known.Keys, properties.Select(property => property.Key).Order(StringComparer.Ordinal));
        foreach (var (key, words) in known.Where(each => each.Value.Count > 0))
            Assert.Equal((key, string.Join(", ", words)), (key, string.Join(", ", (properties[key]!["enum"] ?? new JsonArray()).AsArray().Select(word => (string)word!))));
    }

    static IEnumerable<string> ScenarioErrors(string document)
    {
        var errors = new List<DocumentError>();
        var file = PolicyFile.Parse("s.yml", System.Text.Encoding.UTF8.GetBytes(document));
        if (file.Error is { } broken)
            return [broken.Message];
        new ScenarioReader(new TrialPolicies(Sources)).Read(file.Documents[0].Root, "s", errors, []);
        return errors.Select(error => error.Message);
    }

    static readonly IReadOnlyList<IMetricSource> Sources = new ServiceCollection().AddLogging().AddMetricSources().BuildServiceProvider().GetRequiredService<IReadOnlyList<IMetricSource>>();

    static string Metric(string words) => $"{Policy}metrics: [ {{ source: {words}, target: {{ per_replica: 1 }}, … }} ]";
}
