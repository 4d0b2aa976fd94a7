using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Constraining;

/// <summary>What is decided about a service as far as is known.</summary>
sealed record Draft(Undecided Undecided, ScalingDecision Decision)
{
    public ServiceState Service => Undecided.Observation.Service!;

    public bool WantsMore => Decision.Proposed > Service.Wanted;

    public bool IsPlaced => Service.Placement is not null;

    /// <summary>Null when the decision fails unexpectedly: it will again where it is made for good, which is the place that tells of it.</summary>
    public static Draft? Of(Undecided undecided)
    {
        try
        {
            return new Draft(undecided, undecided.Decide());
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return null;
        }
    }

    /// <summary>With a cap that is known now.</summary>
    public Draft With(ReplicaCap? cap) => cap is null
        ? this
        : this with { Undecided = Undecided with { Observation = Undecided.Observation with { Caps = [.. Undecided.Observation.Caps, cap] } } };

    /// <summary>Decided again if the cap is below what is proposed.</summary>
    public Draft? Under(ReplicaCap? cap) => cap is null || cap.Replicas >= Decision.Proposed ? this : Of(With(cap).Undecided);
}
