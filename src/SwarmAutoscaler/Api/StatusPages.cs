using System.Globalization;
using System.Reflection;
using SwarmAutoscaler.Coordinating;
using SwarmAutoscaler.Policies;
using SwarmAutoscaler.Recording;

namespace SwarmAutoscaler.Api;

/// <summary>The status page: what the API says, for people. Plain HTML, made here; no script, nothing from elsewhere.</summary>
sealed class StatusPages(ILoadedPolicies policies, DecisionBoard board, IPauses pauses, TimeProvider time)
{
    /// <summary>Services on one page, so that it stays quick and small whatever their number.</summary>
    public const int RowsPerPage = 100;

    /// <summary>Recent decisions on the page of a service.</summary>
    const int DecisionsPerPage = 20;

    public static string StyleSheet { get; } = ReadResource("status.css");

    /// <param name="filter">Part of a service's name; all when null or empty.</param>
    /// <param name="page">From 1; beyond the ends it is the nearest one.</param>
    public string Overview(string? filter, int page)
    {
        var now = time.GetUtcNow();
        var matching = AutoscalerApi.Evaluated(policies)
            .Where(policy => policy.Service.Contains(filter ?? "", StringComparison.OrdinalIgnoreCase))
            .OrderBy(policy => policy.Service, StringComparer.Ordinal).ToList();
        int pages = Math.Max(1, (matching.Count + RowsPerPage - 1) / RowsPerPage), shown = Math.Clamp(page, 1, pages);
        var rows = matching.Skip((shown - 1) * RowsPerPage).Take(RowsPerPage).Select(policy => Row(policy, board.Find(policy.Service), now));
        return Page("Services", refresh: true, $"""
            <form method="get" action="/"><label>Name contains <input name="q" value="{filter}"></label> <button>Show</button></form>
            {Errors()}
            <table>
            <caption>{matching.Count} {(matching.Count == 1 ? "service" : "services")}, {Text(now)}</caption>
            <thead><tr><th scope="col">Service</th><th scope="col">Wanted</th><th scope="col">Running</th><th scope="col">Decided</th><th scope="col">Min–max</th><th scope="col">Why</th><th scope="col">Last counts</th><th scope="col">Evaluated</th></tr></thead>
            <tbody>{rows}</tbody>
            </table>
            {Pager(filter, shown, pages)}
            """);
    }

    /// <summary>Null when no policy names the service.</summary>
    public string? Service(string name)
    {
        if (AutoscalerApi.Evaluated(policies).FirstOrDefault(policy => policy.Service == name) is not { } policy)
            return null;
        var now = time.GetUtcNow();
        var standing = board.Find(name);
        // The last one is on the board even if it was not worth a line; if it was, it is there twice.
        IEnumerable<RecordedDecision> decisions = standing is null ? [] : [standing.Last, .. board.Recent(name, DecisionsPerPage).Where(each => !ReferenceEquals(each, standing.Last))];
        Html? pause = pauses.Of(name, now) is { } paused ? (Html)$"<p class=\"held\">{paused.Because}, since {Text(paused.Since)}</p>" : null;
        Html? none = standing is null ? (Html)$"<p>It was not evaluated yet.</p>" : null;
        return Page(name, refresh: false, $"""
            <p><a href="/">All services</a></p>
            {pause}<p>Bounds {policy.Replicas.Min}–{policy.Replicas.Max}, evaluated {policy.Schedule.ToString()}. {Sparkline(standing)}</p>
            {none}{decisions.Select(Decision)}
            """);
    }

    Html Row(ScalingPolicy policy, ServiceStanding? standing, DateTimeOffset now)
    {
        var summary = Views.Summary(policy, standing, pauses.Of(policy.Service, now));
        string because = standing?.Last.Decision.Trail is [.., var step] ? step.Because : "";
        Html? mark = summary.Paused ? (Html)$" <span class=\"held\">paused</span>" : null;
        string action = summary.Action is "scale_up" or "scale_down" ? summary.Action : "hold";
        return $"""
            <tr><th scope="row"><a href="{Link(policy.Service)}">{policy.Service}</a>{mark}</th><td>{summary.Current}</td><td>{summary.Running}</td><td class="{action}">{summary.Desired}</td><td>{summary.Min}–{summary.Max}</td><td>{summary.Reason} <small>{because}</small></td><td>{Sparkline(standing)}</td><td>{Age(standing, now)}</td></tr>

            """;
    }

    static Html Decision(RecordedDecision recorded)
    {
        var view = Views.Decision(recorded);
        Html? outcome = view.Outcome is null ? null : (Html)$"<p>{view.Outcome.Outcome}: {view.Outcome.Because}</p>";
        return $"""
            <article><h2>{Text(recorded.Decision.At)}: {view.Action} {view.Current} → {view.Desired} <small>{view.Reason}</small></h2>
            <ul>{view.Metrics.Select(Metric)}</ul>
            <ol>{view.Trail.Select(Step)}</ol>
            {outcome}</article>

            """;
    }

    static Html Metric(MetricDecisionView metric)
    {
        string value = metric.Value is { } number ? number.ToString("0.####", CultureInfo.InvariantCulture) : metric.Missing is { } why ? $"missing ({why})" : "does not apply";
        string wants = metric.Recommends is { } count ? string.Create(CultureInfo.InvariantCulture, $" wants {count}") : "";
        return $"<li><b>{metric.Name}</b> {value}{wants}: {metric.Because}</li>";
    }

    static Html Step(StepView step)
    {
        string at = step.LiftedAt is { } time ? $"at {Text(time)} " : "";
        Html? lift = step.LiftedWhen is { } when ? (Html)$"<br><small>lifted {at}when {when}</small>" : null;
        return $"<li><b>{step.Step}</b> {step.From} → {step.To}: {step.Because}{lift}</li>";
    }

    Html? Errors()
    {
        var errors = policies.Errors;
        return errors.Count == 0 ? null : (Html)$"<details class=\"held\"><summary>{errors.Count} errors in the policy documents</summary><ul>{errors.Select(error => (Html)$"<li>{error}</li>")}</ul></details>";
    }

    static Html? Pager(string? filter, int page, int pages)
    {
        Html To(int target, string word) => $"<a href=\"/?q={Uri.EscapeDataString(filter ?? "")}&amp;page={target}\">{word}</a> ";
        Html? before = page > 1 ? To(page - 1, "Previous") : null, after = page < pages ? To(page + 1, "Next") : null;
        return pages == 1 ? null : (Html)$"<nav>{before}page {page} of {pages} {after}</nav>";
    }

    /// <summary>The last counts, from the lowest to the highest of them.</summary>
    static Html? Sparkline(ServiceStanding? standing)
    {
        if (standing is not { Counts: { Length: > 1 } counts })
            return null;
        const int width = 120, height = 20;
        int low = counts.Min(), span = Math.Max(1, counts.Max() - low);
        string points = string.Join(' ', counts.Select((count, i) => string.Create(CultureInfo.InvariantCulture,
            $"{(double)i * width / (counts.Length - 1):0.#},{height - ((double)(count - low) * height / span) + 2:0.#}")));
        return $"<svg role=\"img\" aria-label=\"{counts.Length} counts from {low} to {counts.Max()}\" viewBox=\"0 0 {width} {height + 4}\" width=\"{width}\" height=\"{height + 4}\"><polyline fill=\"none\" stroke=\"currentColor\" points=\"{points}\"/></svg>";
    }

    static string Page(string title, bool refresh, Html content)
    {
        Html? again = refresh ? (Html)$"<meta http-equiv=\"refresh\" content=\"15\">" : null;
        Html page = $"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>{title} – SwarmAutoscaler</title><meta name="viewport" content="width=device-width">{again}<link rel="stylesheet" href="/status.css"></head>
            <body><h1>{title}</h1>
            {content}
            <footer>SwarmAutoscaler {ProcessInstruments.Version}</footer></body></html>

            """;
        return page.ToString();
    }

    static string Link(string service) => $"/services/{Uri.EscapeDataString(service)}";

    static string Age(ServiceStanding? standing, DateTimeOffset now) =>
        standing is null ? "not yet" : string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, (now - standing.Last.Decision.At).TotalSeconds):0} s ago");

    static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    static string ReadResource(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
