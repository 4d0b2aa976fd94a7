using System.Globalization;
using SwarmAutoscaler.Measuring;
using Xunit;

namespace SwarmAutoscaler.Applying;

public sealed class ListTests
{
    [Fact]
    public async Task One_call_reads_all_services_and_their_running_tasks()
    {
        await using var given = await GivenEngine.StartAsync();

        var services = await ListAsync(given);

        Assert.Equal(given.Web, Assert.Single(services).Value);
        Assert.Equal(["/_ping", "/v1.41/services?status=true"], given.Fake.Seen.Select(request => request.Target));
    }

    public static TheoryData<string, string, ServiceState> Specs => new()
    {
        { """{"Name":"s","Mode":{"Replicated":{"Replicas":7}}}""", "", State() with { Wanted = 7 } },
        { """{"Name":"s","Mode":{"Replicated":{}}}""", "", State() with { Wanted = 1 } },
        { """{"Name":"s","Mode":{"Replicated":{"Replicas":0}}}""", "", State() with { Wanted = 0 } },
        { """{"Name":"s","Mode":{"Replicated":{"Replicas":18446744073709551615}}}""", "", State() with { Wanted = int.MaxValue } },
        { """{"Name":"s","Mode":{"Global":{}}}""", "", State(ServiceMode.Global) },
        { """{"Name":"s","Mode":{"ReplicatedJob":{"MaxConcurrent":2,"TotalCompletions":3}}}""", "", State(ServiceMode.ReplicatedJob) },
        { """{"Name":"s","Mode":{"GlobalJob":{}}}""", "", State(ServiceMode.GlobalJob) },
        { """{"Name":"s","Mode":{"Elastic":{}}}""", "", State(ServiceMode.Unknown) },
        { """{"Name":"s"}""", "", State(ServiceMode.Unknown) },
        { """{"Name":"s","Mode":{"Global":{}},"UpdateConfig":{"Parallelism":1,"FailureAction":"rollback","Order":"start-first"}}""", "",
            State(ServiceMode.Global) with { RollsBackOnFailure = true } },
        { """{"Name":"s","Mode":{"Global":{}},"UpdateConfig":{"FailureAction":"pause"},"RollbackConfig":{"FailureAction":"rollback"}}""", "", State(ServiceMode.Global) },
        { """{"Name":"s","Mode":{"Global":{}},"UpdateConfig":null}""", "", State(ServiceMode.Global) },
        { Resources("""{"Limits":{"NanoCPUs":500000000,"MemoryBytes":268435456},"Reservations":{"NanoCPUs":100000000,"MemoryBytes":1}}"""), "",
            State(ServiceMode.Global) with { CpuCores = 0.5, MemoryBytes = 268435456 } },
        { Resources("""{"Limits":{"MemoryBytes":100,"Pids":9},"Reservations":{"NanoCPUs":250000000,"GenericResources":[{"x":1}]}}"""), "",
            State(ServiceMode.Global) with { CpuCores = 0.25, MemoryBytes = 100 } },
        { Resources("""{"Limits":{"NanoCPUs":0},"Reservations":{"NanoCPUs":2000000000}}"""), "", State(ServiceMode.Global) with { CpuCores = 2 } },
        { Resources("""{"Limits":{},"Reservations":{}}"""), "", State(ServiceMode.Global) },
        { Resources("""{"Limits":null}"""), "", State(ServiceMode.Global) },
        { """{"Name":"s","Mode":{"Global":{}}}""", ""","PreviousSpec":{"Name":"old","Mode":{"Replicated":{"Replicas":9}}}""", State(ServiceMode.Global) },
    };

    [Theory]
    [MemberData(nameof(Specs))]
    public async Task A_service_is_read_as_its_spec_says(string spec, string more, object expected)
    {
        await using var given = await GivenEngine.StartAsync();
        given.Fake.On(GivenEngine.List, new FakeAnswer(200, $"[{GivenEngine.Listed(spec, more: more)}]"));

        Assert.Equal(expected, (await ListAsync(given))["s"]);
    }

    [Theory]
    [InlineData("", "None")]
    [InlineData(""","UpdateStatus":null""", "None")]
    [InlineData(""","UpdateStatus":{}""", "None")]
    [InlineData(""","UpdateStatus":{"State":"updating","StartedAt":"2026-11-21T06:00:35Z","Message":"update in progress"}""", "Updating")]
    [InlineData(""","UpdateStatus":{"State":"paused"}""", "Paused")]
    [InlineData(""","UpdateStatus":{"State":"completed"}""", "Completed")]
    [InlineData(""","UpdateStatus":{"State":"rollback_started"}""", "RollbackStarted")]
    [InlineData(""","UpdateStatus":{"State":"rollback_paused"}""", "RollbackPaused")]
    [InlineData(""","UpdateStatus":{"State":"rollback_completed"}""", "RollbackCompleted")]
    [InlineData(""","UpdateStatus":{"State":"sideways"}""", "Unknown")]
    [InlineData(""","UpdateStatus":{"State":""}""", "Unknown")]
    public async Task The_rollout_is_the_update_status(string status, string expected)
    {
        await using var given = await GivenEngine.StartAsync();
        given.Fake.On(GivenEngine.List, new FakeAnswer(200, $"[{GivenEngine.Listed(more: status)}]"));

        Assert.Equal(expected, (await ListAsync(given))["web"].Rollout.ToString());
    }

    public static TheoryData<string> WrongLists =>
    [
        "", "{}", "null", "[", "[1]", "[null]", "[{}]", "<html>", $"[{GivenEngine.Listed()},", $"[{GivenEngine.Listed()}] more",
        $"[{GivenEngine.Service()}]",
        $"[{GivenEngine.Listed()},{GivenEngine.Service(id: "other")}]",
        $"[{GivenEngine.Listed(status: "null")}]",
        $"[{GivenEngine.Listed(status: "{}")}]",
        $"[{GivenEngine.Listed(status: """{"RunningTasks":-1}""")}]",
        $"[{GivenEngine.Listed("""{"Mode":{"Replicated":{"Replicas":3}}}""")}]",
        $"[{GivenEngine.Listed("null")}]",
    ];

    [Theory]
    [MemberData(nameof(WrongLists))]
    public async Task A_list_that_does_not_say_all_is_no_list(string json)
    {
        await using var given = await GivenEngine.StartAsync();
        given.Fake.On(GivenEngine.List, new FakeAnswer(200, json));

        Assert.IsType<NotListed>(await given.Swarm.ListAsync(GivenEngine.Names, CancellationToken.None));
    }

    [Fact]
    public async Task Tasks_without_a_place_are_counted_only_where_tasks_are_not_running()
    {
        await using var given = await GivenEngine.StartAsync();
        given.Fake.On(GivenEngine.List, new FakeAnswer(200, $"[{GivenEngine.Listed(status: """{"RunningTasks":1,"DesiredTasks":3}""")},"
            + GivenEngine.Listed(GivenEngine.Spec.Replace("web", "fine", StringComparison.Ordinal), id: "fine") + "]"));
        given.Fake.On(GivenEngine.Tasks, new FakeAnswer(200, $$$"""
            [{"ServiceID":"{{{GivenEngine.Id}}}","Status":{"State":"running","Message":"started"},"DesiredState":"running"},
             {"ServiceID":"{{{GivenEngine.Id}}}","Status":{"State":"pending","Message":"pending task scheduling","Err":"no suitable node (insufficient resources on 1 node)"}},
             {"ServiceID":"{{{GivenEngine.Id}}}","Status":{"State":"pending","Message":"pending task scheduling"}},
             {"ServiceID":"{{{GivenEngine.Id}}}","Status":{"State":"preparing","Err":""}}]
            """));

        var services = await ListAsync(given);

        Assert.Equal((1, 1, "no suitable node (insufficient resources on 1 node)"),
            (services["web"].Running, services["web"].Unschedulable, services["web"].UnschedulableBecause));
        Assert.Equal(0, services["fine"].Unschedulable);
        var asked = Uri.UnescapeDataString(Assert.Single(given.Fake.Seen, request => request.Target.Contains("/tasks", StringComparison.Ordinal)).Target);
        Assert.Equal($$$"""/v1.41/tasks?filters={"desired-state":["running"],"service":["{{{GivenEngine.Id}}}"]}""", asked);
    }

    const string Lagging = """{"RunningTasks":1,"DesiredTasks":3}""";

    [Theory]
    [InlineData(500, """{"message":"no tasks today"}""", "no tasks today")]
    [InlineData(404, """{"message":"service gone not found"}""", "service gone not found")]
    [InlineData(200, "{}", "not a list of tasks")]
    public async Task When_the_tasks_cannot_be_read_the_listing_stands_and_only_where_tasks_are_not_running_is_their_placement_unknown(int status, string body, string because)
    {
        await using var given = await GivenEngine.StartAsync();
        given.Fake.On(GivenEngine.List, new FakeAnswer(200, $"[{GivenEngine.Listed(status: Lagging)},"
            + GivenEngine.Listed(GivenEngine.Spec.Replace("web", "fine", StringComparison.Ordinal), id: "fine") + "]"));
        given.Fake.On(GivenEngine.Tasks, new FakeAnswer(status, body));

        var services = await ListAsync(given);

        Assert.Contains(because, services["web"].PlacementUnknownBecause, StringComparison.Ordinal);
        Assert.Equal((0, null), (services["web"].Unschedulable, services["fine"].PlacementUnknownBecause));
        Assert.Contains(because, (await given.Swarm.ReadAsync(GivenEngine.Id, CancellationToken.None)).Service!.PlacementUnknownBecause, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task A_proxy_that_forbids_reading_tasks_holds_nothing_back_and_is_told_of_once(int status)
    {
        await using var given = await GivenEngine.StartAsync();
        given.Fake.On(GivenEngine.List, new FakeAnswer(200, $"[{GivenEngine.Listed(status: Lagging)}]"));
        given.Fake.On(GivenEngine.Tasks, new FakeAnswer(status, "<html>forbidden</html>"));

        for (int i = 0; i < 2; i++)
            Assert.Equal(given.Web with { Running = 1 }, (await ListAsync(given))["web"]);

        Assert.StartsWith("Warning: Reading tasks is forbidden", Assert.Single(given.Log.Lines), StringComparison.Ordinal);
        Assert.Single(given.Fake.Seen, request => request.Target == "/_ping");
    }

    [Fact]
    public async Task Tasks_of_a_service_that_is_not_of_interest_are_not_asked_for()
    {
        await using var given = await GivenEngine.StartAsync();
        given.Fake.On(GivenEngine.List, new FakeAnswer(200, $"[{GivenEngine.Listed(GivenEngine.Spec.Replace("web", "foreign", StringComparison.Ordinal), Lagging)}]"));

        Assert.Equal(1, (await ListAsync(given))["foreign"].Running);
        Assert.DoesNotContain(given.Fake.Seen, request => request.Target.Contains("/tasks", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_service_is_read_with_its_running_tasks_by_its_whole_id()
    {
        await using var given = await GivenEngine.StartAsync();
        var longer = GivenEngine.Listed(GivenEngine.Spec.Replace("web", "web-admin", StringComparison.Ordinal), id: GivenEngine.Id + "x");
        given.Fake.On(GivenEngine.List, new FakeAnswer(200, $"[{longer},{GivenEngine.Listed()}]"));

        Assert.Equal(given.Web, (await given.Swarm.ReadAsync(GivenEngine.Id, CancellationToken.None)).Service);
        var gone = await given.Swarm.ReadAsync(GivenEngine.Id[..5], CancellationToken.None);

        Assert.Equal((null, "the Swarm has no service with the id zesiw"), (gone.Service, gone.Because));
        Assert.Equal($$$"""/v1.41/services?status=true&filters={"id":["{{{GivenEngine.Id}}}"]}""", Uri.UnescapeDataString(given.Fake.Seen[1].Target));
    }

    [Theory]
    [InlineData(503, "This node is not a swarm manager. Worker nodes can't be used to view or modify cluster state.")]
    [InlineData(500, "rpc error: code = Unknown desc = The swarm does not have a leader.")]
    [InlineData(403, "forbidden")]
    public async Task An_engine_that_does_not_list_is_quoted(int status, string message)
    {
        await using var given = await GivenEngine.StartAsync();
        given.Fake.On(GivenEngine.List, FakeAnswer.Message(status, message));

        Assert.Contains(message, Assert.IsType<NotListed>(await given.Swarm.ListAsync(GivenEngine.Names, CancellationToken.None)).Because, StringComparison.Ordinal);
        Assert.Contains(message, (await given.Swarm.ReadAsync(GivenEngine.Id, CancellationToken.None)).Because, StringComparison.Ordinal);
        Assert.Contains(message, await given.Swarm.CheckAsync(CancellationToken.None), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_thousand_services_are_read_in_one_pass()
    {
        await using var given = await GivenEngine.StartAsync();
        given.Fake.On(GivenEngine.List, new FakeAnswer(200, $"[{string.Join(',', Enumerable.Range(0, 1000).Select(i =>
            GivenEngine.Listed(GivenEngine.Spec.Replace("web", $"s{i}", StringComparison.Ordinal), id: i.ToString(CultureInfo.InvariantCulture))))}]"));

        Assert.Equal(1000, (await ListAsync(given)).Count);
    }

    static async Task<IReadOnlyDictionary<string, ServiceState>> ListAsync(GivenEngine given) =>
        Assert.IsType<Listed>(await given.Swarm.ListAsync(GivenEngine.Names, CancellationToken.None)).Services;

    static ServiceState State(ServiceMode mode = ServiceMode.Replicated) => new() { Id = GivenEngine.Id, Name = "s", Version = 11, Mode = mode, Running = 3, Tasks = mode == ServiceMode.Replicated ? null : 3 };

    static string Resources(string resources) => $$$"""{"Name":"s","Mode":{"Global":{}},"TaskTemplate":{"ContainerSpec":{"Image":"x"},"Resources":{{{resources}}}}}""";
}
