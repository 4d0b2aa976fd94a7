using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Measuring;

/// <summary>
/// A backend that yields numbers. One instance serves all its connections; clients are kept per connection record and dropped when they have not
/// been asked for a while.
/// </summary>
interface IMetricSource
{
    /// <summary>The word in policy files, for instance <c>prometheus</c>; also the key under <c>connections</c>.</summary>
    string Kind { get; }

    /// <summary>
    /// Reads the keys of one entry under <c>connections: &lt;kind&gt;:</c>. Reports mistakes through <paramref name="fields"/>, does not call
    /// <see cref="FieldReader.Done"/>, opens nothing. Null when an error was reported.
    /// </summary>
    MetricConnection? ReadConnection(string name, FieldReader fields);

    /// <summary>
    /// Reads this source's own keys of one metric (not <c>name</c>, <c>source</c>, <c>connection</c>, targets, <c>activation</c>,
    /// <c>empty_is_zero</c>). Reports mistakes through <paramref name="fields"/>. Null when an error was reported.
    /// </summary>
    /// <param name="fields">The metric's mapping.</param>
    /// <param name="connection">The connection the metric names; one that <see cref="ReadConnection"/> made.</param>
    /// <param name="context">What else the meaning of the keys hangs on.</param>
    MetricQuery? ReadQuery(FieldReader fields, MetricConnection connection, MetricContext context);

    /// <summary>
    /// Reads all metrics at once: one reading per metric, in their order. Never throws for what a backend does: that is a
    /// <see cref="Missing"/> with its reason. When <paramref name="deadline"/> is cancelled, what has not been answered is missing with
    /// <see cref="MissingReason.Timeout"/>, and the call returns at once.
    /// </summary>
    Task<IReadOnlyList<MetricReading>> ReadAsync(IReadOnlyList<MetricSpec> metrics, CancellationToken deadline);
}

/// <summary>How a backend is reached; each source derives its own record, whose value equality tells whether two metrics share a client.</summary>
/// <param name="Name">The name under <c>connections</c>.</param>
abstract record MetricConnection(string Name);

/// <summary>What a metric's keys may refer to besides themselves.</summary>
/// <param name="Service">The Swarm service the policy is for.</param>
/// <param name="Presets">The user's own presets by name; the built-in ones belong to the source.</param>
sealed record MetricContext(string Service, IReadOnlyDictionary<string, MetricPreset> Presets);

/// <summary>A ready-made vector query under <c>presets</c>.</summary>
/// <param name="Name">The word after <c>preset:</c>.</param>
/// <param name="Query">The query text.</param>
/// <param name="Label">The label whose value picks a service's series.</param>
sealed record MetricPreset(string Name, string Query, string? Label);
