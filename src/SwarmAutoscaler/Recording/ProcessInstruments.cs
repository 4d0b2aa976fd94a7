using System.Diagnostics.Metrics;
using System.Reflection;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Recording;

/// <summary>What the process says about itself: version, role, loaded policies, memory and CPU time.</summary>
static class ProcessInstruments
{
    /// <summary>The version without the build's commit, for instance <c>0.1.0</c>.</summary>
    public static string Version { get; } =
        typeof(ProcessInstruments).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    /// <param name="meter">Gets the instruments.</param>
    /// <param name="policies">What is loaded.</param>
    /// <param name="mayAct">Whether this instance holds the lease at this moment.</param>
    /// <param name="startedAt">When the process started.</param>
    public static void Register(AutoscalerMeter meter, ILoadedPolicies policies, Func<bool> mayAct, DateTimeOffset startedAt)
    {
        var target = meter.Meter;
        var version = new Measurement<long>(1, new KeyValuePair<string, object?>("version", Version));
        target.CreateObservableGauge("swarm_autoscaler_build_info", () => version, null, "1, with the version as a label.");
        target.CreateObservableGauge("swarm_autoscaler_leader", () => mayAct() ? 1L : 0L, null, "1 while this instance may change services.");
        target.CreateObservableGauge("swarm_autoscaler_policies_loaded", () => (long)policies.Policies.Count, null, "Policies in force.");
        target.CreateObservableGauge("swarm_autoscaler_policy_errors", () => (long)policies.Errors.Count, null, "Errors in the policy documents, as last read.");
        target.CreateObservableGauge("process_resident_memory", () => Environment.WorkingSet, "By", "Resident memory of the process.");
        target.CreateObservableCounter("process_cpu", () => Environment.CpuUsage.TotalTime.TotalSeconds, "s", "User and system CPU time of the process.");
        target.CreateObservableGauge(
            "process_start_time", () => startedAt.ToUnixTimeMilliseconds() / 1000.0, "s", "Start of the process since the Unix epoch.");
    }
}
