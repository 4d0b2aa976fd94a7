using System.Globalization;
using SwarmAutoscaler.Coordinating;
using SwarmAutoscaler.Policies;
using SwarmAutoscaler.Recording;
using SwarmAutoscaler.Scheduling;

namespace SwarmAutoscaler.Api;

/// <summary>The HTTP API: probes, metrics, what was decided and why, and with a token the few things that can be done about it.</summary>
static class AutoscalerApi
{
    /// <summary>Decisions in an answer that asks for no number.</summary>
    public const int DefaultLimit = 100;

    /// <param name="services">The services of the web application.</param>
    /// <param name="token">What a caller must know to change something; null lets nobody.</param>
    public static IServiceCollection AddAutoscalerApi(this IServiceCollection services, ApiToken? token) => services
        .AddProblemDetails()
        .AddSingleton(new ApiAccess(token)).AddSingleton<TokenFilter>()
        .AddSingleton<ImmediateEvaluation>().AddSingleton<ServiceCommands>()
        .AddSingleton<StatusPages>();

    /// <summary>
    /// Needs <see cref="Readiness"/>, <see cref="MetricsPage"/>, <see cref="DecisionBoard"/>, <see cref="ILoadedPolicies"/>, <see cref="IPauses"/>,
    /// <see cref="ScalingCycle"/> and a <see cref="TimeProvider"/> among the services. Every error, an unknown path too, is a problem document.
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
        var commands = api.MapGroup("/services/{name}").AddEndpointFilter(app.Services.GetRequiredService<TokenFilter>());
        commands.MapPost("/pause", (string name, HttpRequest request, ServiceCommands service) => service.PauseAsync(name, request));
        commands.MapPost("/resume", (string name, HttpRequest request, ServiceCommands service) => service.ResumeAsync(name, request));
        commands.MapPost("/evaluate", (string name, HttpRequest request, ServiceCommands service) => service.EvaluateAsync(name, request));
        app.MapGet(OpenApiDocument.Path, () => Results.Bytes(OpenApiDocument.Utf8, "application/json"));
        app.MapStatusPages();
    }

    public static IResult NoPolicy(string name) => Results.Problem($"There is no policy for a service '{name}'.", statusCode: StatusCodes.Status404NotFound);

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

    static IResult Services(ILoadedPolicies policies, DecisionBoard board, IPauses pauses, TimeProvider time)
    {
        var now = time.GetUtcNow();
        var standings = board.All().ToDictionary(standing => standing.Last.Decision.Service, StringComparer.Ordinal);
        var rows = Evaluated(policies)
            .OrderBy(policy => policy.Service, StringComparer.Ordinal)
            .Select(policy => Views.Summary(policy, standings.GetValueOrDefault(policy.Service), pauses.Of(policy.Service, now)));
        return Results.Json(new ServiceListView([.. rows]), ApiJson.Default.ServiceListView);
    }

    static IResult Service(string name, ILoadedPolicies policies, DecisionBoard board, IPauses pauses, TimeProvider time)
    {
        var now = time.GetUtcNow();
        return Evaluated(policies).FirstOrDefault(policy => policy.Service == name) is { } policy
            ? Results.Json(Views.Service(policy, board.Find(name), pauses.Of(name, now), now), ApiJson.Default.ServiceView)
            : NoPolicy(name);
    }

    public static IEnumerable<ScalingPolicy> Evaluated(ILoadedPolicies policies) => policies.Policies.Concat(policies.Ambiguous);

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
