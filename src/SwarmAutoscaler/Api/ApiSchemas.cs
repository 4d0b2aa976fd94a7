using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace SwarmAutoscaler.Api;

/// <summary>The shapes of the API, each once.</summary>
sealed class ApiSchemas
{
    public const string Problem = "Problem";

    public JsonObject Components { get; } = new()
    {
        [Problem] = new JsonObject
        {
            ["type"] = "object",
            ["description"] = "An error, as RFC 9457 says.",
            ["required"] = new JsonArray("title", "status"),
            ["properties"] = new JsonObject
            {
                ["type"] = new JsonObject { ["type"] = "string" },
                ["title"] = new JsonObject { ["type"] = "string" },
                ["status"] = new JsonObject { ["type"] = "integer" },
                ["detail"] = new JsonObject { ["type"] = "string" },
            },
        },
    };

    public static JsonObject Reference(string name) => new() { ["$ref"] = $"#/components/schemas/{name}" };

    /// <summary>A JSON answer of this type.</summary>
    public JsonObject Of(JsonTypeInfo type) => new() { ["application/json"] = new JsonObject { ["schema"] = Added(type) } };

    JsonObject Added(JsonTypeInfo type)
    {
        string name = type.Type.Name.EndsWith("View", StringComparison.Ordinal) ? type.Type.Name[..^4] : type.Type.Name;
        if (!Components.ContainsKey(name))
        {
            Components[name] = new JsonObject(); // a type may hold itself
            Components[name] = type.GetJsonSchemaAsNode(new JsonSchemaExporterOptions
            {
                TreatNullObliviousAsNonNullable = true,
                TransformSchemaNode = (context, schema) => context.Path.IsEmpty ? Complete(schema.AsObject())
                    : context.TypeInfo.Kind == JsonTypeInfoKind.Object ? Nested(context.TypeInfo, schema.AsObject())
                    : schema,
            });
        }
        return Reference(name);
    }

    JsonObject Nested(JsonTypeInfo type, JsonObject schema) => schema["type"] is JsonArray
        ? new JsonObject { ["anyOf"] = new JsonArray(Added(type), new JsonObject { ["type"] = "null" }) }
        : Added(type);

    /// <summary>Every key is always written, with null where there is nothing to say.</summary>
    static JsonObject Complete(JsonObject schema)
    {
        schema["type"] = "object";
        schema["required"] = new JsonArray([.. schema["properties"]!.AsObject().Select(property => (JsonNode)property.Key)]);
        return schema;
    }
}
