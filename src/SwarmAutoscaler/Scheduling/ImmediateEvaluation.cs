using SwarmAutoscaler.Policies;
using SwarmAutoscaler.Recording;

namespace SwarmAutoscaler.Scheduling;

/// <summary>Evaluates one policy at once, beside its schedule.</summary>
sealed class ImmediateEvaluation(ScalingCycle cycle, DecisionBoard board, IHostApplicationLifetime lifetime, TimeProvider time)
{
    /// <summary>The whole of one cycle, a change included. It ends with the process and not with the caller: a change that is on its way is not broken off.</summary>
    public async Task<EvaluationResult> RunAsync(DuePolicy due)
    {
        var at = time.GetUtcNow();
        try
        {
            bool done = await cycle.RunAsync([due], at, lifetime.ApplicationStopping);
            // A cycle that did not get the service, because another one has it, is done too. Ours is the decision of this very moment.
            var last = board.Find(due.Policy.Service)?.Last;
            return new EvaluationResult(last?.Decision.At == at ? last : null, IsUnderWay: done);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return new EvaluationResult(null, IsUnderWay: false);
        }
    }
}

/// <summary>What came of it.</summary>
/// <param name="Decision">What was decided; null when nothing was.</param>
/// <param name="IsUnderWay">Without a decision: another cycle has the service at this moment. Else the engine did not answer or the evaluation failed.</param>
sealed record EvaluationResult(RecordedDecision? Decision, bool IsUnderWay);
