using SwarmAutoscaler.Applying;
using SwarmAutoscaler.Coordinating;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Api;

/// <summary>Whether this instance can do its work, and what is in the way.</summary>
/// <param name="Engine">Null when the engine answers, else why it does not.</param>
/// <param name="IsLoaded">The policy documents have been read.</param>
/// <param name="Policies">Policies in force.</param>
/// <param name="Errors">What is wrong in the documents; the other documents are in force all the same.</param>
/// <param name="Lease">Who acts. An instance that does not is ready all the same: to take over.</param>
sealed record ReadinessReport(string? Engine, bool IsLoaded, int Policies, IReadOnlyList<string> Errors, LeaseStanding Lease)
{
    /// <summary>There are documents, and none of them can be used. A folder without policies is no mistake.</summary>
    public bool NothingInForce => Policies == 0 && Errors.Count > 0;

    public bool IsReady => Engine is null && IsLoaded && !NothingInForce;
}

/// <summary>
/// Answers probes. The engine is asked at most once in <see cref="Freshness"/>, however many probes come, and is given <see cref="Patience"/>:
/// a manager without a quorum blocks for 20 s.
/// </summary>
sealed class Readiness(ISwarm swarm, ILoadedPolicies policies, ILease lease, TimeProvider time)
{
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    readonly Lock gate = new();
    Task<string?>? check;
    DateTimeOffset askedAt;

    public async Task<ReadinessReport> CheckAsync(CancellationToken cancellation)
    {
        string? engine = await EngineAsync().WaitAsync(cancellation);
        return new ReadinessReport(engine, policies.IsLoaded, policies.Policies.Count, policies.Errors, lease.Standing);
    }

    /// <summary>The answer under way or still fresh. It belongs to all probes, so no single probe's token may end it.</summary>
    Task<string?> EngineAsync()
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            if (check is null || (check.IsCompleted && now - askedAt >= Freshness))
                (check, askedAt) = (AskAsync(), now);
            return check;
        }
    }

    async Task<string?> AskAsync()
    {
        using var deadline = new CancellationTokenSource(Patience, time);
        try
        {
            return await swarm.CheckAsync(deadline.Token).WaitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            return $"the engine did not answer within {Patience.TotalSeconds:0} s";
        }
    }
}
