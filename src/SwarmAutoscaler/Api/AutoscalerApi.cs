using System.Globalization;
using SwarmAutoscaler.Policies;
using SwarmAutoscaler.Recording;

namespace SwarmAutoscaler.Api;

/// <summary>The HTTP API: probes, metrics, and what was decided and why. Read-only.</summary>
static class AutoscalerApi
{
    const int DefaultLimit = 100;

    public static IServiceCollection AddAutoscalerApi(this IServiceCollection services) => services.AddProblemDetails();

    /// <summary>
    /// Needs <see cref="Readiness"/>, <see cref="MetricsPage"/>, <see cref="DecisionBoard"/>, <see cref="ILoadedPolicies"/> and a
    /// <see cref="TimeProvider"/> among the services. Every error, an unknown path too, is a problem document.
    /// </summary>
    public static void MapAutoscalerApi(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.MapGet("/live", Live);
        app.MapGet("/ready", ReadyAsync);
        app.MapGet("/health", ReadyAsync);
        app.MapGet("/metrics", (MetricsPage page) => Results.Text(page.Render(), PrometheusText.ContentType));
        var api = app.MapGroup("/api/v1");
        api.MapGet("/services", Services);
        api.MapGet("/services/{name}", Service);
        api.MapGet("/decisions", Decisions);
        foreach (string change in (string[])["pause", "resume", "evaluate"])
            api.MapPost($"/services/{{name}}/{change}", Forbidden);
    }

    static IResult Live() => Results.Json(new LiveView("ok", ProcessInstruments.Version), ApiJson.Default.LiveView);

    /// <summary>A process that answers is alive, so <c>/health</c>, alive and ready, is the same answer.</summary>
    static async Task<IResult> ReadyAsync(Readiness readiness, CancellationToken cancellation)
    {
        var report = await readiness.CheckAsync(cancellation);
        var policies = new PoliciesView(StateOf(report), report.Policies, report.Errors);
        var lease = new LeaseView(report.Lease.MayAct, report.Lease.Self, report.Lease.Holder, report.Lease.Problem);
        var view = new ReadyView(report.IsReady ? "ok" : "not ready", report.Engine ?? "ok", policies, lease);
        int status = report.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return Results.Json(view, ApiJson.Default.ReadyView, statusCode: status);
    }

    static string StateOf(ReadinessReport report) => !report.IsLoaded ? "not loaded yet" : report.NothingInForce ? "none in force, see the errors" : "loaded";

    static IResult Services(ILoadedPolicies policies, DecisionBoard board)
    {
        var standings = board.All().ToDictionary(standing => standing.Last.Decision.Service, StringComparer.Ordinal);
        var rows = Evaluated(policies)
            .OrderBy(policy => policy.Service, StringComparer.Ordinal)
            .Select(policy => Views.Summary(policy, standings.GetValueOrDefault(policy.Service)));
        return Results.Json(new ServiceListView([.. rows]), ApiJson.Default.ServiceListView);
    }

    static IResult Service(string name, ILoadedPolicies policies, DecisionBoard board, TimeProvider time) =>
        Evaluated(policies).FirstOrDefault(policy => policy.Service == name) is { } policy
            ? Results.Json(Views.Service(policy, board.Find(name), time.GetUtcNow()), ApiJson.Default.ServiceView)
            : Results.Problem($"There is no policy for a service '{name}'.", statusCode: StatusCodes.Status404NotFound);

    /// <summary>What changes something needs a token, and this version takes none.</summary>
    static IResult Forbidden() => Results.Problem(
        "No AUTOSCALER_API_TOKEN is set: pausing, resuming and evaluating over HTTP need one, and are not supported by this version.",
        statusCode: StatusCodes.Status403Forbidden);

    static IEnumerable<ScalingPolicy> Evaluated(ILoadedPolicies policies) => policies.Policies.Concat(policies.Ambiguous);

    static IResult Decisions(DecisionBoard board, string? service, string? limit)
    {
        int count = DefaultLimit;
        bool isNumber = limit is null || int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out count);
        if (!isNumber || count is < 1 or > DecisionBoard.RecentCapacity)
            return Results.Problem($"'limit' must be a number from 1 to {DecisionBoard.RecentCapacity}.", statusCode: StatusCodes.Status400BadRequest);
        var decisions = board.Recent(service, count).Select(Views.Decision);
        return Results.Json(new DecisionListView([.. decisions]), ApiJson.Default.DecisionListView);
    }
}
