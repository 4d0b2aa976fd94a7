using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Tests.Policies;

/// <summary>A source that knows the keys of one kind and reads no numbers.</summary>
sealed class FakeSource(string kind, params string[] keys) : IMetricSource
{
    public static IReadOnlyList<IMetricSource> All { get; } =
    [
        new FakeSource("prometheus", "preset", "query", "label", "key"),
        new FakeSource("rabbitmq", "vhost", "queue", "measure"),
        new FakeSource("redis", "key", "group", "measure"),
    ];

    public string Kind => kind;

    public MetricConnection? ReadConnection(string name, FieldReader fields)
    {
        foreach (var key in new[] { "management_url", "password_file", "master" })
            fields.Text(key);
        var sentinels = fields.Texts("sentinels");
        var url = sentinels.Count > 0 ? string.Join(',', sentinels) : fields.RequiredText("url");
        if (url is null)
            return null;
        if (url.Contains("://", StringComparison.Ordinal) || sentinels.Count > 0)
            return new FakeConnection(name, url);
        fields.Error("url", "'url' is not a URL");
        return null;
    }

    public MetricQuery? ReadQuery(FieldReader fields, MetricConnection connection, MetricContext context)
    {
        var texts = keys.Select(key => (key, text: fields.Text(key))).Where(pair => pair.text is not null).ToDictionary(pair => pair.key, pair => pair.text!);
        if (texts.GetValueOrDefault("preset") is { } preset && preset is not ("cpu" or "memory") && !context.Presets.ContainsKey(preset))
        {
            fields.Error("preset", $"unknown preset '{preset}'");
            return null;
        }
        var query = context.Presets.GetValueOrDefault(texts.GetValueOrDefault("preset") ?? "")?.Query ?? texts.GetValueOrDefault("query") ?? "";
        return new FakeQuery((FakeConnection)connection, texts.GetValueOrDefault("preset") == "cpu" ? LimitedResource.Cpu : null, query);
    }

    public Task<IReadOnlyList<MetricReading>> ReadAsync(IReadOnlyList<MetricSpec> metrics, CancellationToken deadline) =>
        throw new NotSupportedException("reading a policy reads no metric");
}

sealed record FakeConnection(string Name, string Url) : MetricConnection(Name);

sealed record FakeQuery(FakeConnection To, LimitedResource? Share, string Query) : MetricQuery(To.Name)
{
    public override LimitedResource? ShareOf => Share;
}
