using Microsoft.Extensions.Logging;
using SwarmAutoscaler.Policies;
using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.Tests.Policies;

/// <summary>Files that change while the process runs.</summary>
public sealed class PolicyCatalogTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("policies-").FullName;
    readonly ManualTime time = new();
    readonly ListLogger<PolicyCatalog> log = new();
    readonly PolicyCatalog catalog;
    readonly List<PolicySet> seen = [];

    public PolicyCatalogTests()
    {
        catalog = new PolicyCatalog(new PolicyPaths([folder]), new PolicyReader(FakeSource.All, [], time), time, log);
        catalog.Subscribe(seen.Add);
        Write("shared.yml", Given.Connections);
    }

    static string Policy(string service, int max) => $"service: {service}\nreplicas: {{ max: {max} }}\nmetrics: [ {{ source: redis, key: jobs, target: {{ per_replica: 5 }} }} ]\n";

    [Fact]
    public void The_first_look_loads_everything_and_the_next_finds_nothing_new()
    {
        Write("a.yml", Policy("web", 3));
        Assert.Equal(0, catalog.Current.Version);
        Assert.True(Look());
        Assert.False(Look());
        Assert.Equal(["web 3"], InForce());
        Assert.Single(seen);
        Assert.Equal(3, catalog.Current.Connections - 1);
    }

    [Fact]
    public void A_changed_document_is_taken_over_and_the_others_stay_the_same_objects()
    {
        Write("a.yml", Policy("api", 3));
        Write("b.yml", Policy("web", 3));
        Look();
        var untouched = catalog.Current.Policies[0];
        Write("b.yml", Policy("web", 42));
        Assert.True(Look());
        Assert.Equal(["api 3", "web 42"], InForce());
        Assert.Same(untouched, catalog.Current.Policies[0]);
        Assert.Equal([1, 2], seen.Select(set => set.Version));
    }

    [Fact]
    public void A_document_that_turned_bad_keeps_its_last_good_version_and_is_logged_once()
    {
        Write("a.yml", Policy("web", 3));
        Look();
        Write("a.yml", Policy("web", 5) + "modee: apply\n");
        Look();
        Look();
        Assert.Equal(["web 3"], InForce());
        Assert.Equal(["web"], catalog.Current.Outdated);
        Assert.Equal([$"{folder}/a.yml:4:1: unknown key 'modee', did you mean 'mode'?"], Errors());
        Assert.Single(log.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal));
        Write("a.yml", Policy("web", 7));
        Look();
        Assert.Equal(["web 7"], InForce());
        Assert.Empty(Errors());
        Assert.Empty(catalog.Current.Outdated);
    }

    [Theory]
    [InlineData("service: web\nreplicas: { max: [5\n")]
    [InlineData("")]
    [InlineData("replicas: { max: 5 }\n")]
    [InlineData("service:\nreplicas: { max: 5 }\n")]
    [InlineData("- service: web\n")]
    public void Even_when_it_no_longer_says_which_service_it_is_for(string text)
    {
        Write("a.yml", Policy("web", 3));
        Look();
        Write("a.yml", text);
        Look();
        Look();
        Assert.Equal(["web 3"], InForce());
        Assert.Equal(["web"], catalog.Current.Outdated);
        Assert.NotEmpty(Errors());
    }

    [Fact]
    public void At_the_start_bad_documents_are_reported_and_good_ones_run()
    {
        Write("a.yml", $"{Policy("web", 3)}---\nservice: api\nreplicas: {{ max: 0 }}\n");
        Write("b.yml", "oops: [");
        Look();
        Assert.Equal(["web 3"], InForce());
        Assert.Equal(2, Errors().Length);
    }

    [Fact]
    public void A_deleted_file_or_document_takes_its_policy_with_it_also_when_it_was_bad()
    {
        Write("a.yml", $"{Policy("web", 3)}---\n{Policy("api", 3)}");
        Write("b.yml", Policy("worker", 3));
        Look();
        Write("b.yml", Policy("worker", 0));
        Look();
        Assert.Equal(["api 3", "web 3", "worker 3"], InForce());
        Write("a.yml", Policy("web", 3));
        File.Delete(At("b.yml"));
        Look();
        Assert.Equal(["web 3"], InForce());
        Assert.Empty(Errors());
    }

    [Fact]
    public void A_file_that_holds_only_comments_now_holds_no_policy()
    {
        Write("a.yml", Policy("web", 3));
        Look();
        Write("a.yml", "# service: web");
        Look();
        Assert.Empty(InForce());
    }

    [Fact]
    public void A_policy_may_move_to_another_file()
    {
        Write("a.yml", Policy("web", 3));
        Look();
        File.Move(At("a.yml"), At("b.yml"));
        Write("b.yml", Policy("web", 0));
        Look();
        Assert.Equal(["web 3"], InForce());
    }

    [Fact]
    public void A_folder_that_cannot_be_read_for_a_moment_changes_nothing_but_is_reported()
    {
        Write("a.yml", Policy("web", 3));
        Look();
        Directory.Move(folder, folder + ".away");
        Assert.True(Look());
        Assert.False(Look());
        Assert.Equal(["web 3"], InForce());
        Assert.Equal([$"{folder}:1:1: the policies here cannot be read: no such file or folder"], Errors());
        Directory.Move(folder + ".away", folder);
        Assert.True(Look());
        Assert.Empty(Errors());
        Assert.Equal(["web 3"], InForce());
    }

    [Fact]
    public void A_file_that_cannot_be_read_keeps_its_policies_and_is_reported()
    {
        Write("a.yml", Policy("web", 3));
        Look();
        File.Delete(At("a.yml"));
        // A link to itself cannot be opened by anybody, root included.
        File.CreateSymbolicLink(At("a.yml"), At("a.yml"));
        Look();
        Assert.Equal(["web 3"], InForce());
        Assert.StartsWith($"{folder}/a.yml:1:1: the file cannot be read: ", Assert.Single(Errors()), StringComparison.Ordinal);
        Assert.False(Look());
        File.Delete(At("a.yml"));
        Write("a.yml", Policy("web", 4));
        Look();
        Assert.Equal(["web 4"], InForce());
    }

    [Fact]
    public void A_second_policy_for_a_service_takes_both_out_until_one_is_gone()
    {
        Write("a.yml", Policy("web", 3));
        Look();
        Write("b.yml", Policy("web", 4));
        Look();
        Assert.Empty(InForce());
        Assert.Equal(["web"], catalog.Current.Ambiguous.Keys);
        Assert.Equal(2, Errors().Length);
        File.Delete(At("a.yml"));
        Look();
        Assert.Equal(["web 4"], InForce());
        Assert.Empty(catalog.Current.Ambiguous);
    }

    [Theory]
    [InlineData("connections: { redis: { default: { url: nothing } } }")]
    [InlineData("connections: { redis: { default: { url: redis://new } } }\ndefaults: { mode: obsreve }")]
    [InlineData("connections: [")]
    [InlineData("hello: 1")]
    public void Shared_settings_that_turned_bad_keep_their_last_good_version(string text)
    {
        Write("shared.yml", "connections: { redis: { default: { url: redis://old } } }\ndefaults: { mode: observe }");
        Write("a.yml", Policy("web", 3));
        Look();
        Write("shared.yml", text);
        Write("a.yml", Policy("web", 4));
        Look();
        Assert.Equal(["web 4"], InForce());
        Assert.NotEmpty(Errors());
        var policy = catalog.Current.Policies[0];
        Assert.Equal(("redis://old", PolicyMode.Observe), (((FakeQuery)policy.Metrics[0].Query).To.Url, policy.Mode));
    }

    [Fact]
    public void Changed_shared_settings_reach_every_policy()
    {
        Write("a.yml", Policy("web", 3));
        Look();
        Write("shared.yml", "connections: { redis: { default: { url: redis://new } } }\ndefaults: { mode: observe }");
        Look();
        var policy = catalog.Current.Policies[0];
        Assert.Equal(("redis://new", PolicyMode.Observe), (((FakeQuery)policy.Metrics[0].Query).To.Url, policy.Mode));
    }

    [Fact]
    public void A_change_that_length_and_time_do_not_show_is_found_within_half_a_minute()
    {
        Write("a.yml", Policy("web", 3));
        Look();
        var written = File.GetLastWriteTimeUtc(At("a.yml"));
        Write("a.yml", Policy("web", 4));
        File.SetLastWriteTimeUtc(At("a.yml"), written);
        Assert.False(Look());
        time.Advance(TimeSpan.FromSeconds(6));
        Assert.True(Look());
        Assert.Equal(["web 4"], InForce());
    }

    [Fact]
    public void A_look_on_request_compares_content_at_once()
    {
        Write("a.yml", Policy("web", 3));
        Look();
        var written = File.GetLastWriteTimeUtc(At("a.yml"));
        Write("a.yml", Policy("web", 4));
        File.SetLastWriteTimeUtc(At("a.yml"), written);
        Assert.True(catalog.Reload(compareContent: true));
    }

    [Fact]
    public void A_touched_file_with_the_same_content_is_no_change()
    {
        Write("a.yml", Policy("web", 3));
        Look();
        File.SetLastWriteTimeUtc(At("a.yml"), new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.False(Look());
    }

    [Fact]
    public void Only_visible_yaml_files_count_and_no_folders_below()
    {
        Write("a.yaml", Policy("web", 3));
        Write("b.txt", Policy("b", 3));
        Write(".c.yml", Policy("c", 3));
        Directory.CreateDirectory(At("examples"));
        Write("examples/d.yml", Policy("d", 3));
        Look();
        Assert.Equal(["web 3"], InForce());
    }

    [Fact]
    public async Task The_watch_looks_by_the_clock_and_at_once_on_request_or_SIGHUP()
    {
        Write("a.yml", Policy("web", 3));
        using var watch = new PolicyWatch(catalog, time, new ListLogger<PolicyWatch>());
        await watch.StartAsync(CancellationToken.None);
        Assert.Equal(["web 3"], InForce());

        var changed = NextChange();
        Write("a.yml", Policy("web", 44));
        time.Advance(PolicyWatch.Interval);
        await changed.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(["web 44"], InForce());

        changed = NextChange();
        Write("a.yml", Policy("web", 55));
        watch.Request();
        await changed.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(["web 55"], InForce());

        changed = NextChange();
        Write("a.yml", Policy("web", 66));
        Assert.Equal(0, (await Testbed.ExecuteAsync("kill", ["-HUP", $"{Environment.ProcessId}"])).ExitCode);
        await changed.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(["web 66"], InForce());
        await watch.StopAsync(CancellationToken.None);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    Task NextChange()
    {
        var changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        catalog.Subscribe(_ => changed.TrySetResult());
        return changed.Task;
    }

    bool Look() => catalog.Reload();

    string At(string name) => Path.Combine(folder, name);

    void Write(string name, string text) => File.WriteAllText(At(name), text);

    string[] InForce() => [.. catalog.Current.Policies.Select(policy => $"{policy.Service} {policy.Replicas.Max}")];

    string[] Errors() => [.. catalog.Current.Errors.Select(error => error.ToString())];

    sealed class ListLogger<T> : ILogger<T>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add($"{logLevel} {formatter(state, exception)}");
    }
}
