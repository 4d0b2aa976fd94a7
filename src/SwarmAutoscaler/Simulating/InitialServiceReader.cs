using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Simulating;

/// <summary><c>service</c> of a scenario: the service before the first step, in the engine's own words.</summary>
static class InitialServiceReader
{
    static readonly (string, ServiceMode)[] Modes =
    [
        ("replicated", ServiceMode.Replicated), ("global", ServiceMode.Global), ("replicated-job", ServiceMode.ReplicatedJob), ("global-job", ServiceMode.GlobalJob),
    ];

    static readonly (string, RolloutState)[] Rollouts =
    [
        ("none", RolloutState.None), ("updating", RolloutState.Updating), ("paused", RolloutState.Paused), ("completed", RolloutState.Completed),
        ("rollback_started", RolloutState.RollbackStarted), ("rollback_paused", RolloutState.RollbackPaused), ("rollback_completed", RolloutState.RollbackCompleted),
    ];

    /// <param name="scenario">The scenario's mapping.</param>
    /// <param name="name">The service's name, from the policy.</param>
    /// <param name="zeroIsOurs">The present zero was set by the autoscaler.</param>
    public static ServiceState Read(FieldReader scenario, string name, out bool zeroIsOurs)
    {
        zeroIsOurs = false;
        var service = new ServiceState { Id = "simulated", Name = name };
        if (!scenario.Has("service"))
            scenario.Error("'service' is missing, write for instance service: { replicas: 3 }");
        if (scenario.Map("service") is not { } fields)
            return service;
        int? replicas = fields.Int("replicas"), running = fields.Int("running");
        var mode = fields.Choice("mode", Modes) ?? ServiceMode.Replicated;
        if (!fields.Has("replicas") && mode == ServiceMode.Replicated)
            fields.Error("'replicas' is missing");
        zeroIsOurs = fields.Flag("zero_set_by_autoscaler") ?? false;
        if (zeroIsOurs && replicas > 0)
            fields.Error("zero_set_by_autoscaler", "'zero_set_by_autoscaler' only means something with replicas: 0");
        service = service with
        {
            Mode = mode,
            Wanted = replicas ?? 0,
            Running = running ?? replicas ?? 0,
            Rollout = ReadRollout(fields) ?? RolloutState.None,
            RollsBackOnFailure = fields.Choice("failure_action", ("pause", false), ("continue", false), ("rollback", true)) ?? false,
        };
        fields.Done();
        return service;
    }

    public static RolloutState? ReadRollout(FieldReader fields) => fields.Choice("update_state", Rollouts);
}
