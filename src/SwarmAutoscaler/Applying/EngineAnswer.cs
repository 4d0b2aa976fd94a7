using System.Net;

namespace SwarmAutoscaler.Applying;

/// <summary>What became of one request to an engine.</summary>
abstract record EngineAnswer
{
    /// <summary>The word in <c>engine_requests_total{outcome}</c>.</summary>
    public abstract string Outcome { get; }

    /// <summary>One sentence for people.</summary>
    public abstract string Because { get; }
}

/// <summary>The engine answered.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The whole body, as it came.</param>
/// <param name="ApiVersion">The header <c>Api-Version</c>, which an engine sends with every answer; null when absent.</param>
sealed record Answered(HttpStatusCode Status, byte[] Body, string? ApiVersion) : EngineAnswer
{
    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>The service was changed by somebody else since it was read. Engines up to 28 say so with a 500.</summary>
    public bool IsConflict =>
        Status == HttpStatusCode.Conflict || (!IsSuccess && Because.Contains("update out of sequence", StringComparison.OrdinalIgnoreCase));

    /// <summary>Something in front of the engine, a proxy as a rule, does not let this request through.</summary>
    public bool IsForbidden => Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;

    /// <summary>The node is no working manager of a Swarm; said before anything is done.</summary>
    public bool IsNoManager => Status == HttpStatusCode.ServiceUnavailable
        && NoManagerTexts.Any(text => Because.Contains(text, StringComparison.OrdinalIgnoreCase));

    public override string Outcome => Status switch
    {
        _ when IsSuccess => "ok",
        _ when IsConflict => "conflict",
        _ when IsNoManager => "not_manager",
        HttpStatusCode.NotFound => "not_found",
        >= HttpStatusCode.InternalServerError and not HttpStatusCode.NotImplemented => "error",
        _ => "refused",
    };

    public override string Because => EngineJson.Message(Body) is { Length: > 0 } message ? message : $"HTTP {(int)Status}";

    /// <summary>Beginnings of the engine's own sentences for a worker, a node outside any Swarm, a locked manager and expired certificates.</summary>
    static readonly string[] NoManagerTexts = ["not a swarm manager", "not part of a swarm", "Swarm is encrypted", "Swarm certificates have expired"];
}

/// <summary>The engine answers as long as both sides are there.</summary>
/// <param name="Response">With its head read; to be disposed.</param>
sealed record Streaming(HttpResponseMessage Response) : EngineAnswer
{
    public override string Outcome => "ok";

    public override string Because => "";
}

/// <summary>No whole answer came.</summary>
/// <param name="Outcome">The word for the metric.</param>
/// <param name="Because">One sentence for people.</param>
/// <param name="MayBeDone">A write was on its way: the engine may carry it out all the same.</param>
sealed record Unanswered(string Outcome, string Because, bool MayBeDone = false) : EngineAnswer
{
    public override string Outcome { get; } = Outcome;

    public override string Because { get; } = Because;
}
