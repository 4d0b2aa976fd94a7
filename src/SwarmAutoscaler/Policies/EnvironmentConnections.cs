using SwarmAutoscaler.Measuring;
using YamlDotNet.RepresentationModel;

namespace SwarmAutoscaler.Policies;

/// <summary>The <c>default</c> connections of the environment, read by the same code as those in files.</summary>
static class EnvironmentConnections
{
    /// <summary>One per kind, so that the keys of a metric can be checked where nothing is going to be read.</summary>
    public static IReadOnlyList<EnvironmentConnection> StandIns(IReadOnlyList<IMetricSource> sources) => Read(
        [
            new("prometheus", [("", "url", "http://prometheus.invalid:9090")]),
            new("redis", [("", "url", "redis://redis.invalid:6379")]),
            new("rabbitmq", [("", "url", "amqp://rabbitmq.invalid/"), ("", "management_url", "http://rabbitmq.invalid:15672")]),
        ],
        sources).Connections;

    /// <summary>The connections, and one line per mistake: the variable and what is wrong with it.</summary>
    public static (IReadOnlyList<EnvironmentConnection> Connections, IReadOnlyList<string> Errors) Read(
        IReadOnlyList<ConnectionSetting> settings, IReadOnlyList<IMetricSource> sources)
    {
        var connections = new List<EnvironmentConnection>();
        var errors = new List<string>();
        foreach (var setting in settings)
        {
            if (sources.FirstOrDefault(source => source.Kind == setting.Kind) is not { } source)
                continue;
            var variables = string.Join(", ", setting.Keys.Select(key => key.Variable));
            var found = new List<DocumentError>();
            var mapping = new YamlMappingNode(setting.Keys.Select(key =>
                new KeyValuePair<YamlNode, YamlNode>(new YamlScalarNode(key.Key), new YamlScalarNode(key.Value) { Style = YamlDotNet.Core.ScalarStyle.DoubleQuoted })));
            var connection = source.ReadConnection("default", new FieldReader(variables, mapping, "", found));
            errors.AddRange(found.Select(error => $"{error.File}: {error.Message}"));
            if (connection is not null && found.Count == 0)
                connections.Add(new EnvironmentConnection(setting.Kind, connection));
        }
        return (connections, errors);
    }
}
