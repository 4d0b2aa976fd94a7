using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace SwarmAutoscaler.TestSupport;

/// <summary>A running autoscaler, seen through its HTTP port only.</summary>
class AutoscalerApi(string url)
{
    static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(8) };

    public string Url { get; } = url;

    /// <summary>The status and body of <c>/ready</c>; null when nothing listens.</summary>
    public virtual async Task<(HttpStatusCode Status, string Body)?> ReadyAsync()
    {
        try
        {
            using var answer = await Http.GetAsync($"{Url}/ready");
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    public Task WaitUntilReadyAsync(int seconds = 30) =>
        Eventually.GetAsync("/ready", TimeSpan.FromSeconds(seconds), ReadyAsync, ready => ready?.Status == HttpStatusCode.OK);

    public async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await Http.GetStringAsync(Url + path))!;

    /// <summary>The decisions about a service that were worth a line and are still remembered, oldest first.</summary>
    public async Task<IReadOnlyList<Decision>> DecisionsAsync(string service)
    {
        var answer = await GetAsync($"/api/v1/decisions?service={service}&limit=1000");
        return [.. answer["decisions"]!.AsArray().Select(Decision.Of).OrderBy(decision => decision.Time)];
    }

    /// <summary>The newest decision about a service, whatever it was; null before the first evaluation.</summary>
    public async Task<Decision?> LastDecisionAsync(string service) =>
        (await GetAsync($"/api/v1/services/{service}"))["last_decision"] is { } json ? Decision.Of(json) : null;

    /// <summary>The first newest decision about a service that satisfies.</summary>
    public async Task<Decision> WaitForDecisionAsync(string service, Func<Decision, bool> satisfies, int seconds = 30) => (await Eventually.GetAsync(
        $"a decision about {service}", TimeSpan.FromSeconds(seconds), () => LastDecisionAsync(service), decision => decision is not null && satisfies(decision)))!;

    /// <summary>Waits until the service was evaluated so many times more.</summary>
    public async Task WaitForEvaluationsAsync(string service, int count, int seconds = 30)
    {
        double before = await MetricAsync("decisions_total", ("service", service));
        await Eventually.GetAsync($"{count} more evaluations of {service}", TimeSpan.FromSeconds(seconds),
            () => MetricAsync("decisions_total", ("service", service)), now => now >= before + count);
    }

    /// <summary>The sum of the series of a metric that carry these labels; 0 when there is none.</summary>
    /// <param name="name">Without the prefix that all names share.</param>
    /// <param name="labels">Each a label and its value.</param>
    public async Task<double> MetricAsync(string name, params (string Label, string Value)[] labels)
    {
        string page = await Http.GetStringAsync($"{Url}/metrics");
        return page.Split('\n')
            .Where(line => line.StartsWith($"swarm_autoscaler_{name}", StringComparison.Ordinal) && line[$"swarm_autoscaler_{name}".Length] is '{' or ' ')
            .Where(line => labels.All(label => line.Contains($"{label.Label}=\"{label.Value}\"", StringComparison.Ordinal)))
            .Sum(line => double.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture));
    }
}
