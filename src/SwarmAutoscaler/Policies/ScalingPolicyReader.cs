using System.Text.RegularExpressions;
using SwarmAutoscaler.Measuring;

namespace SwarmAutoscaler.Policies;

/// <summary>One policy document, laid over the shared defaults, to a <see cref="ScalingPolicy"/>. Also checks the defaults themselves.</summary>
/// <param name="sources">The metric sources, which know the words of their metrics.</param>
/// <param name="shared">What the shared documents say.</param>
/// <param name="now">A schedule must have a time to come after it.</param>
sealed partial class ScalingPolicyReader(IReadOnlyList<IMetricSource> sources, SharedSettings shared, DateTimeOffset now)
{
    readonly MetricReader metrics = new(sources, shared);

    /// <summary>The policy, which is only to be used when no error was reported.</summary>
    public ScalingPolicy? Read(PlacedNode document, ICollection<DocumentError> errors, ICollection<DocumentError> warnings)
    {
        var fields = new FieldReader(document, shared.Defaults, "", errors);
        var service = fields.RequiredText("service");
        if (service is not null && !ServiceName().IsMatch(service))
            fields.Error("service", $"'{service}' cannot be the name of a Swarm service");
        var policy = Read(fields, service ?? "", complete: true);
        fields.Done();
        if (policy is not null)
            Check(fields, policy, warnings);
        return policy;
    }

    /// <summary>Reports what is wrong in shared defaults whatever policy inherits them.</summary>
    public void CheckDefaults(PlacedNode defaults, ICollection<DocumentError> errors)
    {
        var fields = new FieldReader(defaults, null, "defaults", errors);
        Read(fields, "", complete: false);
        fields.Done();
    }

    ScalingPolicy? Read(FieldReader fields, string service, bool complete)
    {
        var bounds = BoundsReader.Read(fields, complete);
        var specs = ReadMetrics(fields, service);
        var policy = new ScalingPolicy
        {
            Service = service,
            Replicas = bounds ?? new ReplicaBounds(1, 1),
            Enabled = fields.Flag("enabled") ?? true,
            Mode = fields.Choice("mode", ("apply", PolicyMode.Apply), ("observe", PolicyMode.Observe)) ?? PolicyMode.Apply,
            Schedule = ScheduleReader.Read(fields, now),
            Windows = WindowsReader.Read(fields, complete ? bounds : null),
            Metrics = specs,
            ScaleUp = RulesReader.Read(fields, "scale_up", ScalingRules.UpDefaults, largestRatio: double.MaxValue),
            ScaleDown = RulesReader.Read(fields, "scale_down", ScalingRules.DownDefaults, largestRatio: 1),
            Fallback = FallbackReader.Read(fields, complete),
            DuringUpdate = fields.Choice("during_update", ("auto", DuringUpdate.Auto), ("hold", DuringUpdate.Hold),
                ("scale_up_only", DuringUpdate.ScaleUpOnly), ("ignore", DuringUpdate.Ignore)) ?? DuringUpdate.Auto,
            OnExternalChange = fields.Choice("on_external_change", ("restore", OnExternalChange.Restore), ("adopt", OnExternalChange.Adopt))
                ?? OnExternalChange.Restore,
            GiveBackAfter = fields.Duration("give_back_after", min: TimeSpan.FromSeconds(1), max: TimeSpan.FromDays(1)),
        };
        return bounds is null ? null : policy;
    }

    List<MetricSpec> ReadMetrics(FieldReader fields, string service)
    {
        var specs = new List<MetricSpec>();
        foreach (var metric in fields.Maps("metrics"))
        {
            if (metrics.Read(metric, service) is not { } spec)
                continue;
            if (specs.Exists(other => other.Name == spec.Name))
                metric.Error("name", $"a metric named '{spec.Name}' is already there; names are unique within a policy");
            specs.Add(spec);
        }
        return specs;
    }

    /// <summary>What only shows in the whole policy.</summary>
    static void Check(FieldReader fields, ScalingPolicy policy, ICollection<DocumentError> warnings)
    {
        // At zero replicas nothing runs that a per-task number could be about.
        bool wakes = policy.Metrics.Any(metric => !metric.Strategy.IsPerTask && metric.Query.ShareOf is null);
        bool allRead = fields.Maps("metrics").Count == policy.Metrics.Count;
        bool windowToZero = policy.Replicas.Idle is null && policy.Windows.Any(window => window.Min == 0);
        var place = fields.IsOwn("replicas") ? "replicas" : "service";
        if (policy.Metrics.Count == 0 && allRead && (policy.Replicas.IdleCount is not null || windowToZero))
            fields.Error(place, "the count may become idle, but the policy has no metric that could tell whether there is work");
        else if ((policy.Replicas.IdleCount == 0 || windowToZero) && !wakes && allRead)
            fields.Error(place, "the count may become 0, but no metric works at zero replicas: use a target per_replica, value or passthrough, or steps");
        if (policy.Metrics.Any(metric => metric.Strategy is Deciding.StepScaling) && policy.ScaleUp.Cooldown == default && policy.ScaleDown.Cooldown == default)
            warnings.Add(fields.Place("metrics").Error("'steps' without a cooldown change the count at every evaluation: set 'cooldown'"));
        if (policy.Metrics.Count == 0 && allRead)
            warnings.Add(fields.Place("metrics").Error("no metrics: the count is only kept within min and max"));
    }

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9_.-]{0,62}\z", RegexOptions.CultureInvariant)]
    public static partial Regex ServiceName();
}
