namespace SwarmAutoscaler.Recording;

/// <summary>The names people's dashboards and alerts hang on. A name that leaves this list breaks them.</summary>
static class MetricNames
{
    public static readonly string[] All =
    [
        "swarm_autoscaler_replicas_current",
        "swarm_autoscaler_replicas_running",
        "swarm_autoscaler_replicas_desired",
        "swarm_autoscaler_replicas_min",
        "swarm_autoscaler_replicas_max",
        "swarm_autoscaler_metric_value",
        "swarm_autoscaler_metric_target",
        "swarm_autoscaler_metric_recommendation",
        "swarm_autoscaler_metric_missing_total",
        "swarm_autoscaler_decisions_total",
        "swarm_autoscaler_changes_total",
        "swarm_autoscaler_cooldown_remaining_seconds",
        "swarm_autoscaler_paused",
        "swarm_autoscaler_fallback_active",
        "swarm_autoscaler_evaluation_duration_seconds",
        "swarm_autoscaler_evaluation_lateness_seconds",
        "swarm_autoscaler_source_requests_total",
        "swarm_autoscaler_source_request_duration_seconds",
        "swarm_autoscaler_engine_requests_total",
        "swarm_autoscaler_leader",
        "swarm_autoscaler_policies_loaded",
        "swarm_autoscaler_policy_errors",
        "swarm_autoscaler_build_info",
        "process_resident_memory_bytes",
        "process_cpu_seconds_total",
        "process_start_time_seconds",
    ];

    /// <summary>Those of them that are histograms.</summary>
    public static readonly string[] Histograms =
    [
        "swarm_autoscaler_evaluation_duration_seconds",
        "swarm_autoscaler_evaluation_lateness_seconds",
        "swarm_autoscaler_source_request_duration_seconds",
    ];
}
