using System.Globalization;

namespace SwarmAutoscaler.Api;

/// <summary>Where the status page is, and what a browser may do with it.</summary>
static class StatusRoutes
{
    /// <summary>Nothing but our own style sheet is loaded, nothing runs, nobody frames it.</summary>
    const string Policy = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    public static void MapStatusPages(this WebApplication app)
    {
        app.MapGet("/", (HttpContext context, StatusPages pages, string? q, string? page) =>
            Answer(context, pages.Overview(q, int.TryParse(page, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 1)));
        app.MapGet("/services/{name}", (HttpContext context, StatusPages pages, string name) =>
            pages.Service(name) is { } html ? Answer(context, html) : AutoscalerApi.NoPolicy(name));
        app.MapGet("/status.css", (HttpContext context) =>
        {
            context.Response.Headers.CacheControl = "max-age=3600";
            return Results.Text(StatusPages.StyleSheet, "text/css");
        });
    }

    static IResult Answer(HttpContext context, string html)
    {
        var headers = context.Response.Headers;
        (headers.ContentSecurityPolicy, headers.XContentTypeOptions, headers["Referrer-Policy"], headers.CacheControl) = (Policy, "nosniff", "no-referrer", "no-store");
        return Results.Text(html, "text/html; charset=utf-8");
    }
}
