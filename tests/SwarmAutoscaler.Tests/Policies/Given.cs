using System.Text;
using SwarmAutoscaler.Policies;
using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.Tests.Policies;

/// <summary>Documents in which nothing is wrong, and the reading of some.</summary>
static class Given
{
    /// <summary>Defines the default connection of each kind.</summary>
    public const string Connections = """
        connections:
          prometheus: { default: { url: http://prometheus.example.com:9090 } }
          rabbitmq: { default: { url: amqp://rabbitmq.example.com/ }, prodstack: { url: amqp://other.example.com/ } }
          redis: { default: { url: redis://redis.example.com:6379 } }
        """;

    /// <summary>A valid policy of seven lines.</summary>
    public const string Policy = """
        service: web
        replicas: { min: 2, max: 10 }
        cooldown: 60s
        metrics:
          - source: prometheus
            query: up
            target: { per_replica: 100 }
        """;

    public static PolicySet Read(params (string Name, string Text)[] files) => Read(PolicySet.Empty, files);

    public static PolicySet Read(PolicySet last, params (string Name, string Text)[] files) =>
        new PolicyReader(FakeSource.All, [], new ManualTime()).Read([.. files.Select(file => PolicyFile.Parse(file.Name, Encoding.UTF8.GetBytes(file.Text)))], last);

    /// <summary>The errors of one document beside good connections, as they are printed.</summary>
    public static string[] ErrorsOf(string text) => [.. Read(("shared.yml", Connections), ("p.yml", text)).Errors.Select(error => error.ToString())];

    /// <summary>The one policy of a document, which must be valid.</summary>
    public static ScalingPolicy PolicyOf(string text)
    {
        var set = Read(("shared.yml", Connections), ("p.yml", text));
        Assert.Empty(set.Errors);
        return Assert.Single(set.Policies);
    }
}
