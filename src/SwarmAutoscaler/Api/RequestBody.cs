using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Api;

/// <summary>The small JSON object that a POST may carry. Nothing at all is an empty one.</summary>
static class RequestBody
{
    /// <summary>4 KiB.</summary>
    public const int Largest = 4096;

    static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    /// <summary>The keys with their values, or the answer that says what is wrong.</summary>
    /// <param name="request">The request.</param>
    /// <param name="known">The keys there are.</param>
    public static async Task<(IReadOnlyDictionary<string, JsonElement> Keys, IResult? Problem)> ReadAsync(HttpRequest request, params string[] known)
    {
        var keys = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        try
        {
            byte[] content = await BytesAsync(request);
            if (content.Length == 0)
                return (keys, null);
            if (content.Length > Largest)
                return (keys, TooLarge());
            if (!request.HasJsonContentType())
                return (keys, Results.Problem("The body must be application/json.", statusCode: StatusCodes.Status415UnsupportedMediaType));
            using var document = JsonDocument.Parse(content, Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return (keys, Wrong("The body must be a JSON object."));
            foreach (var property in document.RootElement.EnumerateObject())
                if (known.Contains(property.Name))
                    keys[property.Name] = property.Value.Clone();
                else
                    return (keys, Wrong($"Unknown key '{property.Name}'{Nearest.Suggestion(property.Name, known)}"));
            return (keys, null);
        }
        catch (BadHttpRequestException e)
        {
            return (keys, e.StatusCode == StatusCodes.Status413PayloadTooLarge ? TooLarge() : Results.Problem("The body could not be read.", statusCode: e.StatusCode));
        }
        catch (JsonException)
        {
            return (keys, Wrong("The body is not JSON, or a key is there twice."));
        }
    }

    public static IResult Wrong(string detail) => Results.Problem(detail, statusCode: StatusCodes.Status400BadRequest);

    static IResult TooLarge() => Results.Problem($"The body is larger than {Largest} bytes.", statusCode: StatusCodes.Status413PayloadTooLarge);

    /// <summary>All of it, or one byte more than is allowed.</summary>
    static async Task<byte[]> BytesAsync(HttpRequest request)
    {
        // The server then refuses a longer one before it is sent, and does not read on to keep the connection.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = Largest;
        byte[] buffer = new byte[Largest + 1];
        int filled = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, request.HttpContext.RequestAborted);
        return buffer[..filled];
    }
}
