using SwarmAutoscaler.Deciding;

namespace SwarmAutoscaler.Policies;

/// <summary>One metric of a policy: where its number comes from and how the number becomes replicas.</summary>
public sealed record MetricSpec
{
    /// <summary>Unique within the policy.</summary>
    public required string Name { get; init; }

    /// <summary>The kind of the source, for instance <c>prometheus</c>.</summary>
    public required string Source { get; init; }

    /// <summary>What to ask; the source's own type.</summary>
    public required MetricQuery Query { get; init; }

    /// <summary>Number to replicas: the target or the steps.</summary>
    public required IScalingStrategy Strategy { get; init; }

    /// <summary>The service is active while the value is strictly above this. Default 0.</summary>
    public double Activation { get; init; }

    /// <summary>An empty answer means none instead of missing.</summary>
    public bool EmptyIsZero { get; init; }
}

/// <summary>
/// What a source is asked for one metric. Each source derives its own record, which holds its connection too, so that value equality tells
/// whether two metrics can share a request.
/// </summary>
/// <param name="Connection">The name of the connection, for reports.</param>
public abstract record MetricQuery(string Connection)
{
    /// <summary>If set, the source reports a total of this resource for the whole service; measuring divides it by running tasks × the service's own limit.</summary>
    public virtual LimitedResource? ShareOf => null;
}

/// <summary>A resource a service's spec limits: CPU in cores, memory in bytes.</summary>
public enum LimitedResource
{
    Cpu,
    Memory,
}
