using System.Net;

namespace SwarmAutoscaler.TestSupport;

/// <summary>One of several autoscalers that work on the same policies, and its name in the chronicle.</summary>
sealed record Instance(string Name, Autoscaler Program)
{
    /// <summary>Whether it holds the lease, as it says itself; false when it does not answer.</summary>
    public async Task<bool> IsLeaderAsync()
    {
        try
        {
            return await Program.MetricAsync("leader") == 1;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    public async Task<bool> IsReadyAsync() => await Program.ReadyAsync() is { Status: HttpStatusCode.OK };
}
