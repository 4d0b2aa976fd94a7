using System.Text.Json;

namespace SwarmAutoscaler.Conformance;

/// <summary>Which vectors do not carry over to this decision engine, and why.</summary>
static class Carryover
{
    public static readonly IReadOnlyDictionary<string, string> SkippedKinds = new Dictionary<string, string>
    {
        ["schedule.active"] = "cron expressions are the process's; these vectors are replayed beside them",
        ["keda.prometheus_value"] = "an answer becomes a value in the Prometheus source; the engine sees measured or missing",
        ["keda.rabbitmq_aggregate"] = "queues are added up in the RabbitMQ source",
        ["keda.rabbitmq_eta"] = "drain time is computed in the RabbitMQ source",
        ["keda.cron_validate"] = "cron expressions are checked where policies are read",
    };

    /// <summary>Null when the vector is replayed.</summary>
    public static string? WhyNot(Vector vector) => SkippedKinds.GetValueOrDefault(vector.Kind) ?? vector.Kind switch
    {
        "hpa.calc" => HasSilentTasks(vector.Row.GetProperty("metric"), vector.Current) ? SilentTasks : null,
        "hpa.reconcile" => OfReconcile(vector),
        "keda.activation" when vector.Is("force_activation") => "there is no forced activation; a person scales to 1 instead",
        "nomad.pass_through" when NewestIsFraction(vector) => "a fraction is truncated there and rounded up here",
        "nomad.threshold" => OfThreshold(vector),
        _ => null,
    };

    const string SilentTasks = "a source reports one number for the whole service; that some of its tasks report nothing is not seen";

    static string? OfReconcile(Vector vector)
    {
        if (vector.Row.GetProperty("metrics").EnumerateArray().Any(metric => HasSilentTasks(metric, vector.Int("status_replicas") ?? vector.Current)))
            return SilentTasks;
        if (vector is { Current: 0 } && vector.Is("scaled_to_zero_by_autoscaler") && !vector.Is("scale_to_zero_enabled"))
            return "scaling to zero cannot be switched off here: a zero of our own is lifted to the minimum once the policy no longer allows it";
        return null;
    }

    static bool HasSilentTasks(JsonElement metric, int tasks)
    {
        if (Vector.Object(metric, "levels_m") is not { } levels)
            return false;
        var requests = Vector.Ints(metric, "requests_m");
        bool isUtilization = metric.GetProperty("type").GetString() == "utilization";
        return levels.GetArrayLength() != (isUtilization ? requests.Length : tasks) && (!isUtilization || requests.Length > 0);
    }

    static bool NewestIsFraction(Vector vector) => !double.IsInteger(vector.Row.GetProperty("samples_oldest_first").EnumerateArray().Last().GetDouble());

    /// <summary>Nomad counts samples within [lower, upper) anywhere in its window; a step here asks for the newest ones without a break, both ends strict.</summary>
    static string? OfThreshold(Vector vector)
    {
        if (vector.Expected.TryGetProperty("error", out _))
            return "a step without ends is refused where policies are read";
        var config = vector.Row.GetProperty("config");
        var (lower, upper) = NomadReplay.Ends(config);
        double[] samples = [.. vector.Row.GetProperty("samples_oldest_first").EnumerateArray().Select(sample => sample.GetDouble())];
        if (samples.Any(sample => sample == lower))
            return "the lower end counts as inside there and as outside here";
        int trigger = NomadReplay.Trigger(config);
        bool IsInside(double sample) => sample > (lower ?? double.MinValue) && sample < (upper ?? double.MaxValue);
        bool there = samples.Count(IsInside) >= trigger, here = samples.Length >= trigger && samples[^trigger..].All(IsInside);
        return there != here ? "samples within the bounds are counted there, and must be the newest without a break here" : null;
    }
}
