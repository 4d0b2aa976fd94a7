using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using SwarmAutoscaler.Commands;
using SwarmAutoscaler.Documentation;
using SwarmAutoscaler.Policies;
using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.Tests.Policies;

/// <summary>The set-up with one policy in variables and no file at all.</summary>
public sealed class EnvironmentPolicyTests : IDisposable
{
    const string Required = "TARGET_SERVICE=shop_api MAX_REPLICAS=10";

    static readonly string Shown = MarkdownText.Reference.Blocks.Single(block => block.Text.StartsWith("service: shop_api\n", StringComparison.Ordinal)).Text;

    readonly string folder = Directory.CreateTempSubdirectory("environment-").FullName;

    /// <param name="settings">Names without their prefix and values, separated by blanks.</param>
    static Dictionary<string, string> Variables(string settings) =>
        settings.Split(' ').Select(setting => setting.Split('=', 2)).ToDictionary(pair => "SWARM_AUTOSCALER_" + pair[0], pair => pair[1]);

    static (PolicyFile? Policy, IReadOnlyList<string> Errors) Read(string settings)
    {
        var (options, errors) = ProcessOptionsReader.Read(Variables(settings));
        return (options.OnePolicy, [.. errors, .. EnvironmentPolicy.Check(options.OnePolicy, RealReader.Sources)]);
    }

    static PolicyFile Good(string settings)
    {
        var (policy, errors) = Read(settings);
        Assert.Empty(errors);
        return policy!;
    }

    static ScalingPolicy PolicyOf(PolicyFile own)
    {
        var set = RealReader.Read([], own);
        Assert.Empty(set.Complaints());
        return Assert.Single(set.Policies);
    }

    static PolicyFile File(string name, string text) => PolicyFile.Parse(name, Encoding.UTF8.GetBytes(text));

    [Fact]
    public void The_variables_are_the_policy_that_the_reference_shows()
    {
        var expected = Assert.Single(RealReader.Read("shown.yml", Shown).Policies);
        Assert.Equivalent(expected, PolicyOf(Good($"{Required} MIN_REPLICAS=3")), strict: true);
        Assert.Equivalent(expected, PolicyOf(Good($"{Required} MIN_REPLICAS=3 SCALE_UP_THRESHOLD=80% SCALE_DOWN_THRESHOLD=30 COOLDOWN_SECONDS=300")), strict: true);
    }

    [Theory]
    [InlineData("MIN_REPLICAS=2", "min: 3", "min: 2")]
    [InlineData("SCALE_UP_THRESHOLD=72.5", "80%", "72.5%")]
    [InlineData("SCALE_DOWN_THRESHOLD=0.5%", "30%", "0.5%")]
    [InlineData("SCALE_DOWN_THRESHOLD=0", "30%", "0%")]
    [InlineData("COOLDOWN_SECONDS=60", "300s", "60s")]
    public void Each_variable_changes_its_own_part_of_the_policy(string setting, string shown, string changed)
    {
        Assert.Contains(shown, Shown, StringComparison.Ordinal);
        var expected = Assert.Single(RealReader.Read("changed.yml", Shown.Replace(shown, changed, StringComparison.Ordinal)).Policies);
        string minimum = setting.StartsWith("MIN", StringComparison.Ordinal) ? "" : " MIN_REPLICAS=3";
        Assert.Equivalent(expected, PolicyOf(Good($"{Required} {setting}{minimum}")), strict: true);
    }

    [Theory]
    [InlineData("TARGET_SERVICE=web", "SWARM_AUTOSCALER_MAX_REPLICAS is missing, it has no default")]
    [InlineData("TARGET_SERVICE=web MAX_REPLICAS_FILE=/dev/null", "SWARM_AUTOSCALER_MAX_REPLICAS is missing, it has no default")]
    [InlineData("MAX_REPLICAS=9", "SWARM_AUTOSCALER_TARGET_SERVICE is missing, it says which service the other SWARM_AUTOSCALER_… settings are for")]
    [InlineData("TARGET_SERVICE=web MAX_REPLICAS=many", "SWARM_AUTOSCALER_MAX_REPLICAS: 'max': 'many' is not a whole number in plain digits")]
    [InlineData("TARGET_SERVICE=web MAX_REPLICAS=0", "SWARM_AUTOSCALER_MAX_REPLICAS: 'max': '0' must be from 1 to 1000000")]
    [InlineData("TARGET_SERVICE=web MAX_REPLICAS_FILE=/nowhere/max", "SWARM_AUTOSCALER_MAX_REPLICAS_FILE: the file '/nowhere/max' cannot be read")]
    [InlineData($"{Required} MIN_REPLICAS=12", "SWARM_AUTOSCALER_MIN_REPLICAS: min (12) is above max (10)")]
    [InlineData($"{Required} MIN_REPLICAS=0",
        "SWARM_AUTOSCALER_MIN_REPLICAS: the count may become 0, but no metric works at zero replicas: use a target per_replica, value or passthrough, or steps")]
    [InlineData("TARGET_SERVICE=my/web MAX_REPLICAS=9", "SWARM_AUTOSCALER_TARGET_SERVICE: 'my/web' cannot be the name of a Swarm service")]
    [InlineData($"{Required} SCALE_UP_THRESHOLD=high", "SWARM_AUTOSCALER_SCALE_UP_THRESHOLD: 'high' is not a percentage from 0 to 1000, write for instance 80 or 80%")]
    [InlineData($"{Required} SCALE_UP_THRESHOLD=8000", "SWARM_AUTOSCALER_SCALE_UP_THRESHOLD: '8000' is not a percentage from 0 to 1000, write for instance 80 or 80%")]
    [InlineData($"{Required} SCALE_UP_THRESHOLD=0.8", "SWARM_AUTOSCALER_SCALE_UP_THRESHOLD: '0.8' is less than one percent, write 80 or 80% for eighty percent")]
    [InlineData($"{Required} SCALE_DOWN_THRESHOLD=-5", "SWARM_AUTOSCALER_SCALE_DOWN_THRESHOLD: '-5' is not a percentage from 0 to 1000, write for instance 80 or 80%")]
    [InlineData($"{Required} SCALE_UP_THRESHOLD=25", "SWARM_AUTOSCALER_SCALE_DOWN_THRESHOLD (30%) must be below SWARM_AUTOSCALER_SCALE_UP_THRESHOLD (25%)")]
    [InlineData($"{Required} SCALE_DOWN_THRESHOLD=80", "SWARM_AUTOSCALER_SCALE_DOWN_THRESHOLD (80%) must be below SWARM_AUTOSCALER_SCALE_UP_THRESHOLD (80%)")]
    [InlineData($"{Required} COOLDOWN_SECONDS=5m", "SWARM_AUTOSCALER_COOLDOWN_SECONDS: '5m' is not a whole number of seconds from 0 to 3600")]
    [InlineData($"{Required} COOLDOWN_SECONDS=3601", "SWARM_AUTOSCALER_COOLDOWN_SECONDS: '3601' is not a whole number of seconds from 0 to 3600")]
    [InlineData($"{Required} COOLDOWN_SECONDS=-1", "SWARM_AUTOSCALER_COOLDOWN_SECONDS: '-1' is not a whole number of seconds from 0 to 3600")]
    public void A_wrong_variable_is_one_line_that_names_it(string settings, string expected) => Assert.Equal([expected], Read(settings).Errors);

    [Fact]
    public void Without_a_value_there_is_no_policy() => Assert.Null(Good("TARGET_SERVICE= MAX_REPLICAS_FILE=/dev/null"));

    [Fact]
    public void A_value_may_come_from_a_file()
    {
        string path = Path.Combine(folder, "max");
        System.IO.File.WriteAllText(path, "7\n");
        Assert.Equal(new ReplicaBounds(1, 7), PolicyOf(Good($"TARGET_SERVICE=web MAX_REPLICAS_FILE={path}")).Replicas);
    }

    [Fact]
    public void Several_wrong_variables_are_reported_at_once() => Assert.Equal(3, Read("MIN_REPLICAS=1 COOLDOWN_SECONDS=x").Errors.Count);

    [Fact]
    public void A_value_cannot_leave_its_line()
    {
        var environment = Variables("MAX_REPLICAS=10");
        environment["SWARM_AUTOSCALER_TARGET_SERVICE"] = "web\"\nmode: observe\n#";
        var (options, errors) = ProcessOptionsReader.Read(environment);
        Assert.Empty(errors);
        Assert.StartsWith("SWARM_AUTOSCALER_TARGET_SERVICE: 'web\"\nmode: observe", Assert.Single(EnvironmentPolicy.Check(options.OnePolicy, RealReader.Sources)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_for_the_same_service_refuses_both()
    {
        var set = RealReader.Read([File("policies/api.yml", "service: shop_api\nreplicas: { max: 3 }\nmetrics: [ { source: redis, key: k, target: { per_replica: 1 } } ]")], Good(Required));
        Assert.Empty(set.Policies);
        Assert.Equal(["shop_api"], set.Ambiguous.Keys);
        Assert.Equal(
            [
                "SWARM_AUTOSCALER_TARGET_SERVICE: service 'shop_api' has another policy at policies/api.yml:1; neither is used",
                "policies/api.yml:1:10: service 'shop_api' has another policy at SWARM_AUTOSCALER_TARGET_SERVICE; neither is used",
            ],
            set.Complaints());
    }

    [Fact]
    public void It_stands_beside_the_policies_of_files_and_inherits_their_defaults()
    {
        var set = RealReader.Read(
            [File("a.yml", "service: other\nreplicas: { max: 3 }\nmetrics: [ { source: redis, key: k, target: { per_replica: 1 } } ]"), File("b.yml", "defaults: { interval: 42s }")],
            Good(Required));
        Assert.Empty(set.Complaints());
        Assert.Equal(["other", "shop_api"], set.Policies.Select(policy => policy.Service));
        Assert.All(set.Policies, policy => Assert.Equal(new IntervalSchedule(TimeSpan.FromSeconds(42)), policy.Schedule));
    }

    [Fact]
    public void A_connection_that_is_not_defined_is_said_and_may_come_with_a_file()
    {
        var reader = new PolicyReader(RealReader.Sources, [], TimeProvider.System, Good(Required));
        var without = reader.Read([], PolicySet.Empty);
        Assert.Empty(without.Policies);
        Assert.Equal(
            ["SWARM_AUTOSCALER_TARGET_SERVICE: unknown prometheus connection 'default'; none is defined: write it under 'connections', or set PROMETHEUS_URL"], without.Complaints());
        var with = reader.Read([File("c.yml", "connections: { prometheus: { default: { url: http://prometheus.example.com } } }")], without);
        Assert.Empty(with.Complaints());
        Assert.Single(with.Policies);
    }

    [Fact]
    public void A_policy_folder_that_is_not_there_is_no_error_and_is_read_once_it_is_there()
    {
        var time = new ManualTime();
        string policies = Path.Combine(folder, "policies");
        var catalog = new PolicyCatalog(
            new PolicyPaths([policies], mayBeMissing: true), new PolicyReader(RealReader.Sources, EnvironmentConnections.StandIns(RealReader.Sources), time, Good(Required)),
            time, NullLogger<PolicyCatalog>.Instance);
        catalog.Reload(compareContent: true);
        Assert.Empty(catalog.Current.Complaints());
        Assert.Equal(["shop_api"], catalog.Current.Policies.Select(policy => policy.Service));
        Assert.False(catalog.Reload(compareContent: true));

        Directory.CreateDirectory(policies);
        System.IO.File.WriteAllText(Path.Combine(policies, "other.yml"), "service: other\nreplicas: { max: 3 }\nmetrics: [ { source: redis, key: k, target: { per_replica: 1 } } ]");
        Assert.True(catalog.Reload(compareContent: true));
        Assert.Equal(["other", "shop_api"], catalog.Current.Policies.Select(policy => policy.Service));

        Directory.Delete(policies, recursive: true);
        catalog.Reload(compareContent: true);
        Assert.Equal(["other", "shop_api"], catalog.Current.Policies.Select(policy => policy.Service));
        Assert.Equal([$"{policies}:1:1: the policies here cannot be read: no such file or folder"], catalog.Current.Complaints());
    }

    (int ExitCode, string Output, string Error) Validate(Dictionary<string, string> environment, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int exitCode = ValidateCommand.Create(RealReader.Sources, environment).Parse(arguments).Invoke(new() { Output = output, Error = error });
        return (exitCode, output.ToString(), error.ToString().Replace(folder, "…", StringComparison.Ordinal));
    }

    [Fact]
    public void Validate_without_a_path_checks_what_run_would_read()
    {
        var environment = Variables(Required);
        environment["AUTOSCALER_POLICIES"] = Path.Combine(folder, "policies");
        Assert.Equal(
            (1, "", "SWARM_AUTOSCALER_TARGET_SERVICE: unknown prometheus connection 'default'; none is defined: write it under 'connections', or set PROMETHEUS_URL\n1 error\n"),
            Validate(environment));

        environment["PROMETHEUS_URL"] = "http://prometheus.example.com";
        Assert.Equal((0, "good: 1 policy, 1 connection in 0 files and the environment\n", ""), Validate(environment));

        environment["SWARM_AUTOSCALER_MIN_REPLICAS"] = "11";
        Assert.Equal((2, "", "SWARM_AUTOSCALER_MIN_REPLICAS: min (11) is above max (10)\n"), Validate(environment));
    }

    [Fact]
    public void Validate_with_a_path_checks_that_alone_and_it_must_be_there()
    {
        string path = Path.Combine(folder, "presets.yml");
        System.IO.File.WriteAllText(path, "presets: { up: { query: up } }");
        Assert.Equal((0, "good: 0 policies, 0 connections in 1 file\n", ""), Validate(Variables(Required), path));
        Assert.Equal((2, "", "…/nowhere: no such file or folder\n"), Validate(Variables(Required), Path.Combine(folder, "nowhere")));
    }

    [Fact]
    public void Json_names_the_variable_and_no_line()
    {
        var (exitCode, output, _) = Validate(Variables(Required), "--format", "json");
        var error = System.Text.Json.JsonDocument.Parse(output).RootElement.GetProperty("errors")[0];
        Assert.Equal((1, "SWARM_AUTOSCALER_TARGET_SERVICE"), (exitCode, error.GetProperty("file").GetString()));
        Assert.False(error.TryGetProperty("line", out _));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
