using System.Text.Json;
using SwarmAutoscaler.Coordinating;
using SwarmAutoscaler.Policies;
using SwarmAutoscaler.Scheduling;

namespace SwarmAutoscaler.Api;

/// <summary>What can be done to one service over HTTP: pause, resume, evaluate.</summary>
sealed class ServiceCommands(ILoadedPolicies policies, IPauses pauses, ImmediateEvaluation evaluation, TimeProvider time, ILogger<ServiceCommands> log)
{
    static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);

    /// <summary>The body may say <c>for</c>; without it the pause has no end. A second pause replaces the end of the first.</summary>
    public async Task<IResult> PauseAsync(string name, HttpRequest request)
    {
        var (keys, problem) = await RequestBody.ReadAsync(request, "for");
        if ((problem ?? Unknown(name)) is { } refused)
            return refused;
        TimeSpan? length = null;
        if (keys.TryGetValue("for", out var text))
        {
            if (text.ValueKind != JsonValueKind.String || !Durations.TryParse(text.GetString()!, out var given) || given < ShortestPause)
                return RequestBody.Wrong("'for' must be a duration of at least 1s as a text, for instance \"30m\".");
            length = given;
        }
        var now = time.GetUtcNow();
        return await SetAsync(name, new Pause(pauses.Of(name, now)?.Since ?? now, now + length), request.HttpContext.RequestAborted);
    }

    public async Task<IResult> ResumeAsync(string name, HttpRequest request)
    {
        var (_, problem) = await RequestBody.ReadAsync(request);
        return (problem ?? Unknown(name)) is { } refused ? refused : await SetAsync(name, null, request.HttpContext.RequestAborted);
    }

    /// <summary>200 with the decision; 202 when a cycle has the service at this moment; 503 when there was no decision.</summary>
    public async Task<IResult> EvaluateAsync(string name, HttpRequest request)
    {
        var (_, problem) = await RequestBody.ReadAsync(request);
        if ((problem ?? Unknown(name)) is { } refused)
            return refused;
        var result = await evaluation.RunAsync(DueOf(name)!.Value).WaitAsync(request.HttpContext.RequestAborted);
        if (result.Decision is { } decision)
            return Results.Json(Views.Decision(decision), ApiJson.Default.DecisionView);
        if (!result.IsUnderWay)
            return Results.Problem("There was no decision: the engine did not answer, or the evaluation failed; the log says which.", statusCode: StatusCodes.Status503ServiceUnavailable);
        string place = $"/api/v1/services/{Uri.EscapeDataString(name)}";
        request.HttpContext.Response.Headers.Location = place;
        return Results.Json(
            new AcceptedView(name, place, "This service is being evaluated at this moment; its decision will stand there."), ApiJson.Default.AcceptedView,
            statusCode: StatusCodes.Status202Accepted);
    }

    async Task<IResult> SetAsync(string name, Pause? pause, CancellationToken cancellation)
    {
        if (await pauses.SetAsync(name, pause, cancellation) is { } because)
            return Results.Problem($"This could not be stored: {because}", statusCode: StatusCodes.Status503ServiceUnavailable);
        if (pause is null)
            log.Resumed(name);
        else
            log.Paused(name, pause.Because);
        return Results.Json(
            new PauseAnswerView(name, pause is not null, pause?.Since.UtcDateTime, pause?.Until?.UtcDateTime, pauses.SurviveRestart ? "swarm" : "memory"), ApiJson.Default.PauseAnswerView);
    }

    IResult? Unknown(string name) => DueOf(name) is null ? AutoscalerApi.NoPolicy(name) : null;

    DuePolicy? DueOf(string name) =>
        policies.Policies.FirstOrDefault(policy => policy.Service == name) is { } policy ? new DuePolicy(policy)
        : policies.Ambiguous.FirstOrDefault(policy => policy.Service == name) is { } ambiguous ? new DuePolicy(ambiguous, IsAmbiguous: true)
        : null;
}
