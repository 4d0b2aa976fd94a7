using System.Text;
using System.Text.Json.Nodes;
using SwarmAutoscaler.Recording;

namespace SwarmAutoscaler.Api;

/// <summary>The API as an OpenAPI 3.1 document. The shapes are exported from the types that are written, so that they cannot drift from them.</summary>
static class OpenApiDocument
{
    public const string Path = "/openapi/v1.json";

    static readonly Lazy<byte[]> Written = new(() => Encoding.UTF8.GetBytes(Build().ToJsonString()));

    public static byte[] Utf8 => Written.Value;

    static JsonObject Build()
    {
        var schemas = new ApiSchemas();
        var name = Parameter("name", "path", "The exact name of the Swarm service.", new JsonObject { ["type"] = "string" });
        var paths = new JsonObject
        {
            ["/live"] = Get("Whether the process is alive", ("200", "It is.", schemas.Of(ApiJson.Default.LiveView))),
            ["/ready"] = Ready("Whether policies are loaded and the engine answers", schemas),
            ["/health"] = Ready("Alive and ready; the same answer as /ready", schemas),
            ["/metrics"] = Get("Metrics in Prometheus' text format 0.0.4", ("200", "All metrics.", Text("text/plain"))),
            [Path] = Get("This document", ("200", "OpenAPI 3.1.", Json(new JsonObject { ["type"] = "object" }))),
            ["/"] = Get("The status page, for people; parameters q (part of a name) and page (from 1)", ("200", "A page of services.", Text("text/html"))),
            ["/status.css"] = Get("The style sheet of the status page", ("200", "Styles.", Text("text/css"))),
            ["/services/{name}"] = With([name], Get("One service's last decisions, for people", ("200", "A page.", Text("text/html")), Problem("404", "No policy names this service."))),
            ["/api/v1/services"] = Get("All policies in short, by name", ("200", "One row per policy.", schemas.Of(ApiJson.Default.ServiceListView))),
            ["/api/v1/services/{name}"] = With([name], Get("A policy, its state and its last decision with the trail",
                ("200", "The service.", schemas.Of(ApiJson.Default.ServiceView)), Problem("404", "No policy names this service."))),
            ["/api/v1/decisions"] = With([Parameter("service", "query", "Only this service's.", new JsonObject { ["type"] = "string" }),
                Parameter("limit", "query", "At most so many.", new JsonObject { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = DecisionBoard.RecentCapacity, ["default"] = AutoscalerApi.DefaultLimit })],
                Get("Recent decisions worth a line, the newest first", ("200", "Decisions.", schemas.Of(ApiJson.Default.DecisionListView)), Problem("400", "'limit' is not in its range."))),
            ["/api/v1/services/{name}/pause"] = With([name], Post("Leave the service alone, for a while or until it is resumed", PauseBody(),
                ("200", "It is paused.", schemas.Of(ApiJson.Default.PauseAnswerView)), Problem("503", "It could not be stored."))),
            ["/api/v1/services/{name}/resume"] = With([name], Post("End the pause; of a service that is not paused nothing changes", EmptyBody(),
                ("200", "It is not paused.", schemas.Of(ApiJson.Default.PauseAnswerView)), Problem("503", "It could not be stored."))),
            ["/api/v1/services/{name}/evaluate"] = With([name], Post("Evaluate the policy now, and act on it as always", EmptyBody(),
                ("200", "What was decided.", schemas.Of(ApiJson.Default.DecisionView)),
                ("202", "Another evaluation has the service at this moment; 'location' is where its decision will stand.", schemas.Of(ApiJson.Default.AcceptedView)),
                Problem("503", "There was no decision."))),
        };
        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject { ["title"] = "SwarmAutoscaler", ["version"] = ProcessInstruments.Version, ["description"] = "Durations are seconds, shares are ratios, times are UTC. Keys are added, never renamed." },
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = schemas.Components,
                ["securitySchemes"] = new JsonObject { ["token"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["description"] = $"The value of {ApiToken.Setting}." } },
            },
        };
    }

    static JsonObject Ready(string summary, ApiSchemas schemas) =>
        Get(summary, ("200", "Ready.", schemas.Of(ApiJson.Default.ReadyView)), ("503", "Not ready; the body says why.", schemas.Of(ApiJson.Default.ReadyView)));

    static JsonObject Get(string summary, params (string Status, string Description, JsonObject Content)[] answers) =>
        new() { ["get"] = Operation(summary, answers) };

    /// <summary>Every POST is guarded and read alike.</summary>
    static JsonObject Post(string summary, JsonObject body, params (string Status, string Description, JsonObject Content)[] answers)
    {
        var operation = Operation(summary,
        [
            .. answers,
            Problem("400", "The body is not as it should be."), Problem("401", "The token is missing or wrong."), Problem("403", "No token is set, so nobody may."),
            Problem("404", "No policy names this service."), Problem("413", "The body is too large."), Problem("415", "The body is not JSON."),
        ]);
        operation["requestBody"] = new JsonObject { ["required"] = false, ["content"] = Json(body) };
        operation["security"] = new JsonArray(new JsonObject { ["token"] = new JsonArray() });
        return new JsonObject { ["post"] = operation };
    }

    static JsonObject Operation(string summary, (string Status, string Description, JsonObject Content)[] answers)
    {
        var responses = new JsonObject();
        foreach (var (status, description, content) in answers.OrderBy(answer => answer.Status, StringComparer.Ordinal))
            responses[status] = new JsonObject { ["description"] = description, ["content"] = content };
        return new JsonObject { ["summary"] = summary, ["responses"] = responses };
    }

    static JsonObject With(JsonNode[] parameters, JsonObject path)
    {
        path["parameters"] = new JsonArray([.. parameters.Select(parameter => parameter.DeepClone())]);
        return path;
    }

    static JsonObject Parameter(string name, string place, string description, JsonObject schema) =>
        new() { ["name"] = name, ["in"] = place, ["required"] = place == "path", ["description"] = description, ["schema"] = schema };

    static JsonObject PauseBody() => new()
    {
        ["type"] = "object",
        ["additionalProperties"] = false,
        ["properties"] = new JsonObject { ["for"] = new JsonObject { ["type"] = "string", ["description"] = "A duration of at least 1s, for instance 30m. Without it the pause has no end." } },
    };

    static JsonObject EmptyBody() => new() { ["type"] = "object", ["additionalProperties"] = false };

    static (string, string, JsonObject) Problem(string status, string description) =>
        (status, description, new JsonObject { ["application/problem+json"] = new JsonObject { ["schema"] = ApiSchemas.Reference(ApiSchemas.Problem) } });

    static JsonObject Json(JsonNode schema) => new() { ["application/json"] = new JsonObject { ["schema"] = schema } };

    static JsonObject Text(string type) => new() { [type] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "string" } } };
}
