using SwarmAutoscaler.Measuring;
using Xunit;

namespace SwarmAutoscaler.Applying;

/// <summary>The nodes, and where a service's tasks may be placed.</summary>
public sealed class NodesTests
{
    const string Nodes = "GET /nodes";

    /// <summary>As a real engine answers, shortened.</summary>
    const string Ready = """
        {"ID":"n1","Version":{"Index":9},"Spec":{"Labels":{"disk":"ssd","empty":""},"Role":"manager","Availability":"active"},
         "Description":{"Hostname":"alpha","Platform":{"Architecture":"x86_64","OS":"linux"},"Resources":{"NanoCPUs":2000000000},
          "Engine":{"EngineVersion":"20.10.24","Labels":{"zone":"a"},"Plugins":[{"Type":"Log","Name":"awslogs"}]},"TLSInfo":{}},
         "Status":{"State":"ready","Addr":"127.0.0.1"},"ManagerStatus":{"Leader":true}}
        """;

    [Fact]
    public async Task All_nodes_are_read_in_one_call_with_what_placement_looks_at()
    {
        await using var given = await GivenEngine.StartAsync();
        given.Fake.On(Nodes, new FakeAnswer(200, $$$"""[{{{Ready}}}, {"ID":"n2","Spec":{"Role":"worker","Availability":"active","Labels":null},"Status":{"State":"down"}}]"""));

        var nodes = await given.Swarm.ReadNodesAsync(CancellationToken.None);

        var (first, second) = (nodes![0], nodes[1]);
        Assert.Equal(("n1", "manager", "alpha", new NodePlatform("linux", "x86_64"), true), (first.Id, first.Role, first.Hostname, first.Platform, first.TakesTasks));
        Assert.Equal([("disk", "ssd"), ("empty", "")], first.Labels.Select(label => (label.Key, label.Value)));
        Assert.Equal([("zone", "a")], first.EngineLabels.Select(label => (label.Key, label.Value)));
        Assert.Equal(("n2", "worker", "", NodePlatform.Any, false), (second.Id, second.Role, second.Hostname, second.Platform, second.TakesTasks));
        Assert.Single(given.Fake.Seen, request => request.Target == "/v1.41/nodes");
    }

    [Theory]
    [InlineData("ready", "active", true)]
    [InlineData("ready", "pause", false)]
    [InlineData("ready", "drain", false)]
    [InlineData("down", "active", false)]
    [InlineData("unknown", "active", false)]
    [InlineData("disconnected", "active", false)]
    public async Task Only_a_node_that_is_up_and_active_takes_tasks(string state, string availability, bool expected)
    {
        await using var given = await GivenEngine.StartAsync();
        given.Fake.On(Nodes, new FakeAnswer(200, $$$"""[{"ID":"n","Spec":{"Role":"worker","Availability":"{{{availability}}}"},"Status":{"State":"{{{state}}}"}}]"""));
        Assert.Equal(expected, Assert.Single((await given.Swarm.ReadNodesAsync(CancellationToken.None))!).TakesTasks);
    }

    [Theory]
    [InlineData(200, "{}")]
    [InlineData(200, "[1]")]
    [InlineData(200, "[{}]")]
    [InlineData(200, """[{"ID":"n","Spec":{"Role":"worker","Availability":"active"}}]""")]
    [InlineData(200, """[{"ID":"n","Spec":{"Role":"worker"},"Status":{"State":"ready"}}]""")]
    [InlineData(200, """[{"ID":"n","Spec":{"Availability":"active"},"Status":{"State":"ready"}}]""")]
    [InlineData(200, """[{"Spec":{"Role":"worker","Availability":"active"},"Status":{"State":"ready"}}]""")]
    [InlineData(200, """[{"ID":"n","Spec":{"Role":"worker","Availability":"active","Labels":{"a":1}},"Status":{"State":"ready"}}]""")]
    [InlineData(500, """{"message":"no nodes today"}""")]
    [InlineData(503, """{"message":"This node is not a swarm manager."}""")]
    public async Task What_is_no_list_of_nodes_is_not_known_and_told_every_time(int status, string body)
    {
        await using var given = await GivenEngine.StartAsync();
        given.Fake.On(Nodes, new FakeAnswer(status, body));
        for (int i = 0; i < 2; i++)
            Assert.Null(await given.Swarm.ReadNodesAsync(CancellationToken.None));
        Assert.Equal(2, given.Log.Lines.Count(line => line.StartsWith("Warning: The nodes could not be read (", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task A_proxy_that_forbids_reading_nodes_is_told_of_once(int status)
    {
        await using var given = await GivenEngine.StartAsync();
        given.Fake.On(Nodes, new FakeAnswer(status, "<html>forbidden</html>"));
        for (int i = 0; i < 2; i++)
            Assert.Null(await given.Swarm.ReadNodesAsync(CancellationToken.None));
        Assert.StartsWith("Warning: Reading nodes is forbidden", Assert.Single(given.Log.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"MaxReplicas":2,"Constraints":["node.role==manager"],"Preferences":[{"Spread":{"SpreadDescriptor":"node.labels.zone"}}],"Platforms":[{"Architecture":"amd64","OS":"linux"},{"OS":"windows"}]}""",
        "2 | node.role==manager | linux/amd64 windows/")]
    [InlineData("""{"Constraints":["a==b","c!=d"]}""", "0 | a==b, c!=d | ")]
    [InlineData("""{"MaxReplicas":3,"Constraints":null,"Platforms":null}""", "3 |  | ")]
    [InlineData("""{"Platforms":[{"Architecture":"amd64","OS":"linux"}]}""", null)]     // every image says so
    [InlineData("""{"MaxReplicas":0,"Constraints":[]}""", null)]
    [InlineData("{}", null)]
    [InlineData("null", null)]
    public async Task A_services_placement_is_read_with_the_list(string json, string? expected)
    {
        await using var given = await GivenEngine.StartAsync();
        given.Fake.On(GivenEngine.List, new FakeAnswer(200, $"[{GivenEngine.Listed(Spec(json))}]"));
        var placement = Assert.IsType<Listed>(await given.Swarm.ListAsync(GivenEngine.Names, CancellationToken.None)).Services["web"].Placement;
        Assert.Equal(expected, placement is null ? null
            : $"{placement.MaxPerNode} | {string.Join(", ", placement.Constraints)} | {string.Join(' ', placement.Platforms.Select(platform => $"{platform.Os}/{platform.Architecture}"))}");
    }

    [Theory]
    [InlineData("""{"MaxReplicas":-1}""")]
    [InlineData("""{"Constraints":"node.role==manager"}""")]
    [InlineData("""{"Constraints":[1]}""")]
    [InlineData("""{"Platforms":["linux"]}""")]
    [InlineData("[]")]
    public async Task A_placement_of_another_form_is_no_list_of_services(string json)
    {
        await using var given = await GivenEngine.StartAsync();
        given.Fake.On(GivenEngine.List, new FakeAnswer(200, $"[{GivenEngine.Listed(Spec(json))}]"));
        Assert.IsType<NotListed>(await given.Swarm.ListAsync(GivenEngine.Names, CancellationToken.None));
    }

    [Theory]
    [InlineData("""{"Global":{}}""", 5)]
    [InlineData("""{"ReplicatedJob":{"MaxConcurrent":2}}""", 5)]
    [InlineData("""{"Replicated":{"Replicas":3}}""", null)]
    public async Task Of_a_service_without_a_count_the_tasks_it_is_meant_to_have_are_read(string mode, int? expected)
    {
        await using var given = await GivenEngine.StartAsync();
        string spec = $$$"""{"Name":"web","Mode":{{{mode}}} }""";
        given.Fake.On(GivenEngine.List, new FakeAnswer(200, $"[{GivenEngine.Listed(spec, """{"RunningTasks":4,"DesiredTasks":5}""")}]"));
        Assert.Equal(expected, Assert.IsType<Listed>(await given.Swarm.ListAsync(new HashSet<string>(), CancellationToken.None)).Services["web"].Tasks);
    }

    static string Spec(string placement) => $$$"""{"Name":"web","TaskTemplate":{"Placement":{{{placement}}},"ForceUpdate":0},"Mode":{"Replicated":{"Replicas":3} } }""";
}
