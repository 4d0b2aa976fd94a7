using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Measuring.Prometheus;

/// <summary>What one metric asks a Prometheus. Queries with equal connection and text share one request.</summary>
/// <param name="Server">How the Prometheus is reached.</param>
/// <param name="Text">PromQL, sent as it is.</param>
/// <param name="Label">The label whose value picks the series; null when the answer must be a single series.</param>
/// <param name="Key">The value of that label.</param>
sealed record PrometheusQuery(PrometheusConnection Server, string Text, string? Label, string Key) : MetricQuery(Server.Name)
{
    static readonly TimeSpan ShortestWindow = TimeSpan.FromSeconds(1);
    static readonly TimeSpan LongestWindow = TimeSpan.FromDays(1);

    /// <summary>The resource whose total a built-in preset gives, so that a share of the limit can be formed.</summary>
    public LimitedResource? Resource { get; init; }

    public override LimitedResource? ShareOf => Resource;

    /// <summary>Reads a metric's keys; null when an error was reported.</summary>
    public static PrometheusQuery? Read(FieldReader fields, PrometheusConnection server, MetricContext context)
    {
        switch (fields.Has("preset"), fields.Has("query"))
        {
            case (true, true):
                fields.Error("query", "'preset' and 'query' exclude each other");
                return null;
            case (false, false):
                fields.Error("a prometheus metric needs 'preset' or 'query'");
                return null;
            case (false, true):
                return ReadText(fields, server, fields.RequiredText("query"), null, context);
        }
        if (fields.RequiredText("preset") is not { } name)
            return null;
        var (builtIn, own) = (PrometheusPresets.Find(name), context.Presets.GetValueOrDefault(name));
        switch (builtIn, own)
        {
            case (not null, not null):
                fields.Error("preset", $"preset '{name}' is built in and cannot be defined again");
                return null;
            case (null, null):
                var known = PrometheusPresets.All.Select(preset => preset.Name).Union(context.Presets.Keys.Order(StringComparer.Ordinal));
                fields.Error("preset", $"unknown preset '{name}', known are {string.Join(", ", known)}");
                return null;
            case (null, not null):
                return ReadText(fields, server, own.Query, own.Label, context);
            case (not null, null):
                return ReadBuiltIn(fields, server, builtIn, context);
        }
    }

    static PrometheusQuery? ReadText(FieldReader fields, PrometheusConnection server, string? text, string? label, MetricContext context)
    {
        bool whole = text is not null;
        if (text is not null && string.IsNullOrWhiteSpace(text))
            whole = Wrong(fields, "query", "'query' must not be empty");
        if (fields.Has("window"))
            whole = Wrong(fields, "window", "'window' belongs to the built-in presets: write the window into the query");
        label = Given(fields, "label", ref whole) ?? label;
        var key = Given(fields, "key", ref whole);
        if (key is not null && label is null)
            whole = Wrong(fields, "key", "'key' needs 'label', the label whose value it is");
        return whole ? new PrometheusQuery(server, text!.Trim(), label, key ?? context.Service) : null;
    }

    static PrometheusQuery? ReadBuiltIn(FieldReader fields, PrometheusConnection server, PrometheusPreset preset, MetricContext context)
    {
        bool whole = true;
        var label = preset.Label ?? server.ServiceLabel;
        if (fields.Has("label"))
        {
            label = PrometheusLabels.Read(fields, "label") ?? "";
            whole = label.Length > 0;
        }
        var key = Given(fields, "key", ref whole);
        var window = fields.Duration("window");
        if (window is null && fields.Has("window"))
            whole = false;
        if (window < ShortestWindow || window > LongestWindow)
            whole = Wrong(fields, "window", "'window' must be from 1s to 1d");
        return !whole ? null : new PrometheusQuery(server, preset.TextFor(label, window ?? PrometheusPresets.DefaultWindow),
            preset.ResultLabel ?? label, key ?? preset.KeyOf(context.Service)) { Resource = preset.ShareOf };
    }

    /// <summary>A text that may be absent, but not empty.</summary>
    static string? Given(FieldReader fields, string key, ref bool whole)
    {
        if (!fields.Has(key))
            return null;
        var text = fields.RequiredText(key);
        whole &= text is not null;
        return text;
    }

    static bool Wrong(FieldReader fields, string key, string message)
    {
        fields.Error(key, message);
        return false;
    }
}
