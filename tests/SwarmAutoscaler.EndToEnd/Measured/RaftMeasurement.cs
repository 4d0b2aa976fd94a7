using System.Globalization;
using System.Text.Json.Nodes;
using SwarmAutoscaler.TestSupport;
using Xunit;
using Xunit.Abstractions;

namespace SwarmAutoscaler.EndToEnd;

/// <summary>What the lease and the stored history cost Swarm's Raft store.</summary>
[Collection(ThreeManagersCollection.Name)]
[Trait("Category", "Measurement")]
public sealed class RaftMeasurement(ThreeManagers world, ITestOutputHelper output)
{
    static readonly TimeSpan Span = TimeSpan.FromMinutes(1);

    readonly Report report = new(output);

    [Fact]
    public async Task Writes_while_nothing_happens()
    {
        await using var trial = await Trial.StartAsync(world, "steady");
        double idle = await WritesPerHourAsync();
        await trial.LaunchThreeAsync();
        await trial.Service.AskAsync(3);
        await trial.WaitForReplicasAsync(3, 20);
        await Task.Delay(TimeSpan.FromSeconds(15), TimeProvider.System, CancellationToken.None); // windows and cooldowns come to their ends
        double steady = await WritesPerHourAsync();
        report.Line(string.Create(CultureInfo.InvariantCulture,
            $"Raft entries per hour: {idle:0} without an autoscaler, {steady:0} with three instances while nothing happens"));
        Assert.InRange(steady - idle, 0, 2500);
    }

    [Fact]
    public async Task Size_of_what_is_remembered_of_a_thousand_services()
    {
        string[] names = [.. Enumerable.Range(0, 1000).Select(number => $"remembered-{number:0000}")];
        var api = world.Managers[0].Api;
        foreach (string name in names)
            await api.CreateServiceAsync(Spec(name));
        try
        {
            var demands = names.Select(world.Page.Of).ToList();
            string more = "cooldown: 300s";
            string documents = string.Join("\n---\n", demands.Select(demand => demand.Policy(8, more).Replace("min: 1,", "min: 2,", StringComparison.Ordinal).Replace("interval: 1s", "interval: 2s", StringComparison.Ordinal)));
            foreach (var demand in demands)
                await demand.SetAsync(8);
            var settings = new Dictionary<string, string>(world.Environment) { ["DOCKER_HOST"] = world.HostsFrom(0) };
            await using var autoscaler = await Autoscaler.LaunchAsync(new Dictionary<string, string> { ["policies.yml"] = documents }, settings);
            await autoscaler.WaitUntilReadyAsync();
            await Eventually.GetAsync("changes", TimeSpan.FromSeconds(120), () => autoscaler.MetricAsync("changes_total", ("outcome", "applied")), count => count >= names.Length);
            report.Line($"stored for 1,000 services with one change each: {await LargestLabelAsync()} bytes");
            for (int replicas = 7; replicas >= 3; replicas--)
            {
                foreach (var demand in demands)
                    await demand.SetAsync(replicas);
                await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System, CancellationToken.None); // two evaluations
            }
            report.Line($"stored for 1,000 services with one change and six proposals within the window each: {await LargestLabelAsync()} bytes");
        }
        finally
        {
            foreach (var part in names.Chunk(100))
                await world.DockerAsync(["service", "rm", .. part]);
        }
    }

    /// <summary>A task that no node can take: a thousand services without a thousand containers. The minimum lifts each from 1 to 2.</summary>
    static string Spec(string name) =>
        $$$"""
        {"Name":"{{{name}}}","TaskTemplate":{"ContainerSpec":{"Image":"demo:local","Args":["sleep","100000"]},
         "Placement":{"Constraints":["node.labels.nowhere==true"]}},"Mode":{"Replicated":{"Replicas":1}},"EndpointSpec":{"Mode":"dnsrr"}}
        """;

    /// <summary>The longest label of any config: the history.</summary>
    async Task<int> LargestLabelAsync()
    {
        string ids = await world.DockerAsync("config", "ls", "-q");
        var configs = JsonNode.Parse(await world.DockerAsync(["config", "inspect", .. ids.Split('\n')]))!.AsArray();
        return configs.SelectMany(config => config!["Spec"]!["Labels"]!.AsObject()).Max(label => label.Value!.GetValue<string>().Length);
    }

    /// <summary>Every entry of the Raft log raises the index that a new object gets; two of them are the measurement's own.</summary>
    async Task<double> WritesPerHourAsync()
    {
        ulong before = await IndexAsync();
        await Task.Delay(Span, TimeProvider.System, CancellationToken.None);
        return (await IndexAsync() - before - 2) * (TimeSpan.FromHours(1) / Span);
    }

    async Task<ulong> IndexAsync()
    {
        string id = await world.DockerAsync("config", "create", "--label", "measured=true", $"measured-{Guid.NewGuid():N}", "/etc/hostname");
        string index = await world.DockerAsync("config", "inspect", "--format", "{{.Version.Index}}", id);
        await world.DockerAsync("config", "rm", id);
        return ulong.Parse(index, CultureInfo.InvariantCulture);
    }
}
