using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace SwarmAutoscaler.Documentation;

/// <summary>The keywords of JSON Schema that our own schemas use; any other one is an error, so that none is overlooked.</summary>
sealed class JsonSchemaCheck(JsonNode root)
{
    static readonly HashSet<string> Annotations = ["$schema", "$defs", "title", "description", "default", "examples", "format"];

    public IReadOnlyList<string> Errors(JsonNode? value, JsonNode? schema = null) => [.. Check(value, schema ?? root, "$")];

    /// <summary>What a reference such as <c>#/$defs/policy</c> leads to.</summary>
    public JsonNode Find(string reference) =>
        reference.Split('/').Skip(1).Aggregate(root, (node, part) => (node is JsonArray list ? list[int.Parse(part, CultureInfo.InvariantCulture)] : node[part])
            ?? throw new InvalidOperationException($"{reference} leads nowhere"));

    IEnumerable<string> Check(JsonNode? value, JsonNode schema, string path) => schema is JsonValue
        ? (bool)schema ? [] : [$"{path} is not allowed"]
        : schema.AsObject().SelectMany(keyword => Check(value, keyword.Key, keyword.Value!, schema, path));

    IEnumerable<string> Check(JsonNode? value, string keyword, JsonNode argument, JsonNode schema, string path) => keyword switch
    {
        "$ref" => Check(value, Find((string)argument!), path),
        "type" => Types(argument).Any(type => Is(value, type)) ? [] : [$"{path} is no {argument.ToJsonString()}"],
        "const" => JsonNode.DeepEquals(value, argument) ? [] : [$"{path} is not {argument.ToJsonString()}"],
        "enum" => argument.AsArray().Any(each => JsonNode.DeepEquals(value, each)) ? [] : [$"{path} is none of {argument.ToJsonString()}"],
        "anyOf" => argument.AsArray().Any(each => Holds(value, each!, path)) ? [] : [$"{path} is none of anyOf: {string.Join("; ", argument.AsArray().SelectMany(each => Check(value, each!, path)))}"],
        "oneOf" => argument.AsArray().Count(each => Holds(value, each!, path)) == 1 ? [] : [$"{path} is not exactly one of oneOf"],
        "if" => Holds(value, argument, path) ? Check(value, schema["then"]!, path) : Check(value, schema["else"]!, path),
        "then" or "else" => [],
        "properties" => value is JsonObject o ? argument.AsObject().Where(each => o.ContainsKey(each.Key)).SelectMany(each => Check(o[each.Key], each.Value!, $"{path}.{each.Key}")) : [],
        "required" => value is JsonObject o ? argument.AsArray().Where(key => !o.ContainsKey((string)key!)).Select(key => $"{path} has no {key}") : [],
        "additionalProperties" => value is JsonObject o
            ? o.Where(each => schema["properties"]?.AsObject().ContainsKey(each.Key) != true).SelectMany(each => Check(each.Value, argument, $"{path}.{each.Key}"))
            : [],
        "items" => value is JsonArray array ? array.SelectMany((item, i) => Check(item, argument, $"{path}[{i}]")) : [],
        "minItems" => value is JsonArray { Count: var count } && count < (int)argument ? [$"{path} has only {count} items"] : [],
        "pattern" => value?.GetValueKind() == JsonValueKind.String && !Regex.IsMatch((string)value!, (string)argument!) ? [$"{path} has not the form {argument}"] : [],
        "minimum" => Number(value) < (double)argument ? [$"{path} is below {argument}"] : [],
        "maximum" => Number(value) > (double)argument ? [$"{path} is above {argument}"] : [],
        "exclusiveMaximum" => Number(value) >= (double)argument ? [$"{path} is not below {argument}"] : [],
        _ => Annotations.Contains(keyword) ? [] : throw new InvalidOperationException($"this check does not know the keyword {keyword}"),
    };

    bool Holds(JsonNode? value, JsonNode schema, string path) => !Check(value, schema, path).Any();

    static IEnumerable<string> Types(JsonNode type) => type is JsonArray several ? several.Select(each => (string)each!) : [(string)type!];

    static double? Number(JsonNode? value) => value?.GetValueKind() == JsonValueKind.Number ? double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture) : null;

    static bool Is(JsonNode? value, string type) => type switch
    {
        "null" => value is null,
        "object" => value is JsonObject,
        "array" => value is JsonArray,
        "string" => value?.GetValueKind() == JsonValueKind.String,
        "boolean" => value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        "number" => Number(value) is not null,
        "integer" => Number(value) is { } number && Math.Floor(number) == number,
        _ => throw new InvalidOperationException($"there is no type {type}"),
    };
}
