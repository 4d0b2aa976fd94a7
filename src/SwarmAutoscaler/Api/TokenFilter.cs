namespace SwarmAutoscaler.Api;

/// <summary>Lets nobody change anything without the token; asked before anything else, so that a stranger learns nothing from the answer.</summary>
sealed class TokenFilter(ApiAccess access) : IEndpointFilter
{
    const string Scheme = "Bearer ";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (access.Token is not { } token)
            return Results.Problem($"No {ApiToken.Setting} is set, so nothing can be changed over HTTP.", statusCode: StatusCodes.Status403Forbidden);
        var http = context.HttpContext;
        string? given = http.Request.Headers.Authorization is [{ } only] && only.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? only[Scheme.Length..].Trim() : null;
        if (given is not null && token.Matches(given))
            return await next(context);
        http.Response.Headers.WWWAuthenticate = given is null ? "Bearer" : "Bearer error=\"invalid_token\"";
        return Results.Problem(
            given is null ? "This needs the header 'Authorization: Bearer TOKEN'." : "The token is not the right one.", statusCode: StatusCodes.Status401Unauthorized);
    }
}

/// <summary>Who may change something over HTTP.</summary>
/// <param name="Token">Null: nobody.</param>
sealed record ApiAccess(ApiToken? Token);
