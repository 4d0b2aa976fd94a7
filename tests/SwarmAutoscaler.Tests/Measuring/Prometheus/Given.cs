using Microsoft.Extensions.Logging;
using SwarmAutoscaler.Deciding;
using SwarmAutoscaler.Policies;
using SwarmAutoscaler.Recording;
using YamlDotNet.RepresentationModel;
using Xunit;

namespace SwarmAutoscaler.Measuring.Prometheus;

/// <summary>Connections, metrics and a source, made from the YAML people write.</summary>
static class Given
{
    /// <summary>Reads a mapping; the errors as <c>line:column message</c>.</summary>
    public static (T? Value, IReadOnlyList<string> Errors) Parse<T>(string yaml, Func<FieldReader, T?> read)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        var errors = new List<DocumentError>();
        var fields = new FieldReader("test.yml", (YamlMappingNode)stream.Documents[0].RootNode, "", errors);
        var value = read(fields);
        fields.Done();
        return (value, [.. errors.Select(error => $"{error.Line}:{error.Column} {error.Message}")]);
    }

    public static (PrometheusConnection? Value, IReadOnlyList<string> Errors) ParseConnection(string yaml, string name = "default") =>
        Parse(yaml, fields => PrometheusConnection.Read(name, fields));

    public static (PrometheusQuery? Value, IReadOnlyList<string> Errors) ParseQuery(
        string yaml, PrometheusConnection? connection = null, string service = "shop_api", params MetricPreset[] presets) =>
        Parse(yaml, fields => PrometheusQuery.Read(fields, connection ?? Connection("http://prometheus:9090"),
            new MetricContext(service, presets.ToDictionary(preset => preset.Name))));

    public static PrometheusConnection Connection(string url, string more = "", string name = "default")
    {
        var (value, errors) = ParseConnection($"url: {url}\n{more}", name);
        Assert.Empty(errors);
        return value!;
    }

    public static MetricSpec Metric(PrometheusConnection connection, string yaml, string service = "shop_api", bool emptyIsZero = false)
    {
        var (value, errors) = ParseQuery(yaml, connection, service);
        Assert.Empty(errors);
        return new MetricSpec { Name = "m", Source = "prometheus", Query = value!, Strategy = new Passthrough(), EmptyIsZero = emptyIsZero };
    }

    public static PrometheusSource Source(TimeProvider? time = null, ILogger<PrometheusSource>? log = null) =>
        new(new AutoscalerMeter(), time ?? TimeProvider.System, log ?? new ListLog());

    /// <summary>Reads with a deadline that no healthy answer comes near to.</summary>
    public static async Task<IReadOnlyList<MetricReading>> ReadAsync(this PrometheusSource source, params MetricSpec[] metrics)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        return await source.ReadAsync(metrics, deadline.Token);
    }

    /// <summary><c>12.5</c>, or the reason's word and its sentence.</summary>
    public static string Text(this MetricReading reading) => reading switch
    {
        Measured measured => measured.Value.ToString(System.Globalization.CultureInfo.InvariantCulture),
        Missing missing => $"{missing.Reason.Word()}: {missing.Detail}",
        _ => throw new InvalidOperationException(),
    };
}

sealed class ListLog : ILogger<PrometheusSource>
{
    public List<string> Lines { get; } = [];

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (Lines)
            Lines.Add($"{logLevel}: {formatter(state, exception)}");
    }
}
