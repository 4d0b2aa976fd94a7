using System.Text.Json.Nodes;
using Xunit;

namespace SwarmAutoscaler.Dashboards;

/// <summary>Every query of every dashboard, asked of a real Prometheus that reads the running program.</summary>
public sealed class QueryTests(EventfulFleet fleet) : IClassFixture<EventfulFleet>
{
    static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    public static TheoryData<string, string> Queries
    {
        get
        {
            var queries = new TheoryData<string, string>();
            foreach (var file in DashboardFile.All)
                foreach (var (where, _) in file.Queries)
                    queries.Add(file.Name, where);
            return queries;
        }
    }

    [Theory]
    [MemberData(nameof(Queries))]
    public async Task Every_query_has_data(string file, string where)
    {
        // The service's dashboard shows one service, the others all.
        string service = file == "service.json" ? EventfulFleet.Eventful : ".*";
        string expression = DashboardFile.Filled(DashboardFile.Of(file).Queries.Single(query => query.Where == where).Expression, service, rateInterval: "10s");
        using var limit = new CancellationTokenSource(Bound);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        while (!(await fleet.QueryAsync(expression)).Any(IsNumber))
        {
            Assert.False(limit.IsCancellationRequested, $"no data within {Bound.TotalSeconds} s: {expression}");
            await pause.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    [Theory]
    [InlineData("SwarmAutoscalerPolicyErrors")]
    [InlineData("SwarmAutoscalerFallbackActive")]
    [InlineData("SwarmAutoscalerMetricMissing")]
    [InlineData("SwarmAutoscalerAtMaximum")]
    [InlineData("SwarmAutoscalerChangesFailing")]
    [InlineData("SwarmAutoscalerSourceErrors")]
    public async Task An_alert_sees_what_the_program_exports(string alert)
    {
        using var limit = new CancellationTokenSource(Bound);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        while ((await fleet.QueryAsync($"ALERTS{{alertname=\"{alert}\"}}")).Count == 0)
        {
            Assert.False(limit.IsCancellationRequested, $"{alert} is not even pending");
            await pause.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    /// <summary>A quantile of no requests is NaN, which a panel leaves out.</summary>
    static bool IsNumber(JsonNode? series) => series!["value"]![1]!.GetValue<string>() is not ("NaN" or "+Inf" or "-Inf");
}
