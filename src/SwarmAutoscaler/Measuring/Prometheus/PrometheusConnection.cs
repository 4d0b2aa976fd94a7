using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Measuring.Prometheus;

/// <summary>One entry under <c>connections: prometheus:</c>. Files are named here and read when a request needs them.</summary>
/// <param name="Name">The name under <c>connections</c>.</param>
/// <param name="Url">http or https, without credentials, query or fragment; may carry a path prefix.</param>
sealed record PrometheusConnection(string Name, Uri Url) : MetricConnection(Name)
{
    /// <summary>The label cAdvisor gives the containers of a Swarm task, unless it is told otherwise.</summary>
    public const string DefaultServiceLabel = "container_label_com_docker_swarm_service_name";

    /// <summary>A file with a bearer token; excludes user name and password.</summary>
    public string? BearerTokenFile { get; init; }

    /// <summary>The user of basic authentication; always together with <see cref="PasswordFile"/>.</summary>
    public string? Username { get; init; }

    public string? PasswordFile { get; init; }

    /// <summary>PEM certificates of the only authorities that are trusted for this connection; null trusts those of the system.</summary>
    public string? CaFile { get; init; }

    public RequestHeaders Headers { get; init; } = RequestHeaders.None;

    /// <summary>The label of container series that holds the Swarm service's name, for the presets <c>cpu</c> and <c>memory</c>.</summary>
    public string ServiceLabel { get; init; } = DefaultServiceLabel;

    /// <summary>Only what may stand in a log.</summary>
    public override string ToString() => $"prometheus connection {Name}";

    /// <summary>Reads the keys of one entry; null when an error was reported.</summary>
    public static PrometheusConnection? Read(string name, FieldReader fields)
    {
        var url = ReadUrl(fields);
        var headers = RequestHeaders.Read(fields, "headers");
        var serviceLabel = fields.Has("service_label") ? PrometheusLabels.Read(fields, "service_label") : DefaultServiceLabel;
        var connection = new PrometheusConnection(name, url ?? new Uri("http://invalid"))
        {
            BearerTokenFile = Optional(fields, "bearer_token_file"),
            Username = Optional(fields, "username"),
            PasswordFile = Optional(fields, "password_file"),
            CaFile = Optional(fields, "ca_file"),
            Headers = headers ?? RequestHeaders.None,
            ServiceLabel = serviceLabel ?? DefaultServiceLabel,
        };
        bool whole = url is not null & headers is not null & serviceLabel is not null & IsConsistent(connection, fields, url is not null);
        return whole ? connection : null;
    }

    static Uri? ReadUrl(FieldReader fields)
    {
        if (fields.RequiredText("url") is not { } text)
            return null;
        // The text is never repeated in a message: people put passwords into URLs.
        string? problem = !Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0
            ? "'url' must be an absolute http or https URL, for instance http://prometheus:9090"
            : url.UserInfo.Length > 0 ? "'url' must not hold credentials: use 'username' and 'password_file'"
            : url.Query.Length > 0 || url.Fragment.Length > 0 ? "'url' must not have a query or fragment: write the address that stands before /api/v1"
            : null;
        if (problem is null)
            return url;
        fields.Error("url", problem);
        return null;
    }

    static bool IsConsistent(PrometheusConnection connection, FieldReader fields, bool urlIsKnown)
    {
        bool basic = connection.Username is not null || connection.PasswordFile is not null;
        (bool Wrong, string Key, string Message)[] checks =
        [
            (Blank(fields, "bearer_token_file"), "bearer_token_file", "'bearer_token_file' must not be empty"),
            (Blank(fields, "username"), "username", "'username' must not be empty"),
            (Blank(fields, "password_file"), "password_file", "'password_file' must not be empty"),
            (Blank(fields, "ca_file"), "ca_file", "'ca_file' must not be empty"),
            (connection.BearerTokenFile is not null && basic, "bearer_token_file", "'bearer_token_file' and 'username' with 'password_file' exclude each other"),
            (connection.Username is not null && !fields.Has("password_file"), "username", "'username' needs 'password_file'"),
            (connection.PasswordFile is not null && !fields.Has("username"), "password_file", "'password_file' needs 'username'"),
            (connection.Username?.Contains(':') == true, "username", "'username' must not contain a colon"),
            (connection.Headers.Has("Authorization") && (basic || connection.BearerTokenFile is not null), "headers",
                "'headers' must not set Authorization beside 'bearer_token_file' or 'username'"),
            (connection.CaFile is not null && urlIsKnown && connection.Url.Scheme != "https", "ca_file", "'ca_file' needs an https 'url'"),
        ];
        var wrong = checks.Where(check => check.Wrong).ToList();
        wrong.ForEach(check => fields.Error(check.Key, check.Message));
        return wrong.Count == 0;
    }

    static string? Optional(FieldReader fields, string key) => fields.Text(key) is { Length: > 0 } text ? text : null;

    /// <summary>The key is there, but holds nothing; a list or mapping has been reported by the reader and counts as nothing too.</summary>
    static bool Blank(FieldReader fields, string key) => fields.Has(key) && fields.Text(key) is not { Length: > 0 };
}
