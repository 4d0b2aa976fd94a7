using System.Text;
using Microsoft.Extensions.DependencyInjection;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Documentation;

/// <summary>The policy reader as the process builds it, with the real sources and a <c>default</c> connection of each kind from the environment.</summary>
static class RealReader
{
    public static readonly IReadOnlyList<IMetricSource> Sources = new ServiceCollection().AddLogging().AddMetricSources().BuildServiceProvider()
        .GetRequiredService<IReadOnlyList<IMetricSource>>();

    static readonly IReadOnlyList<EnvironmentConnection> Connections = ConnectionsFrom(new()
    {
        ["PROMETHEUS_URL"] = "http://prometheus.example.com:9090",
        ["REDIS_URL"] = "redis://redis.example.com:6379",
        ["RABBITMQ_URL"] = "amqp://rabbitmq.example.com:5672",
        ["RABBITMQ_MANAGEMENT_URL"] = "http://rabbitmq.example.com:15672",
    });

    public static PolicySet Read(string name, string text) => Read([PolicyFile.Parse(name, Encoding.UTF8.GetBytes(text))]);

    /// <param name="files">The files.</param>
    /// <param name="own">The policy of the environment.</param>
    public static PolicySet Read(IReadOnlyList<PolicyFile> files, PolicyFile? own = null) =>
        new PolicyReader(Sources, Connections, TimeProvider.System, own).Read(files, PolicySet.Empty);

    /// <summary>The files of one folder together, as <c>AUTOSCALER_POLICIES</c> would name it.</summary>
    public static PolicySet ReadFolder(string folder) => Read(new PolicyPaths([folder]).Read(compareContent: true));

    /// <summary>Errors and warnings, as they are printed.</summary>
    public static IReadOnlyList<string> Complaints(this PolicySet set) => [.. set.Errors.Concat(set.Warnings).Select(complaint => complaint.ToString())];

    static IReadOnlyList<EnvironmentConnection> ConnectionsFrom(Dictionary<string, string> environment)
    {
        var (options, errors) = ProcessOptionsReader.Read(environment);
        var (connections, connectionErrors) = EnvironmentConnections.Read(options.Connections, Sources);
        return errors.Concat(connectionErrors).FirstOrDefault() is { } error ? throw new InvalidOperationException(error) : connections;
    }
}
