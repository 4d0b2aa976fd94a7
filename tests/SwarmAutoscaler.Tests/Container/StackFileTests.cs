using System.Text.RegularExpressions;
using SwarmAutoscaler.Recording;
using SwarmAutoscaler.TestSupport;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace SwarmAutoscaler.Container;

public sealed partial class StackFileTests
{
    static readonly string Path = System.IO.Path.Combine(Testbed.Repository, "docker-stack.yml");

    [Fact]
    public async Task The_Docker_client_accepts_the_file_as_it_is()
    {
        var (exitCode, output, error) = await Testbed.ExecuteAsync("docker", ["stack", "config", "-c", Path]);
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains("image: swarm-autoscaler:0.1.0", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Variables_change_what_they_say()
    {
        var variables = new Dictionary<string, string>
        {
            ["AUTOSCALER_IMAGE"] = "registry.example.com/swarm-autoscaler:9", ["DOCKER_GID"] = "108", ["POLICIES"] = "/data/policies",
            ["AUTOSCALER_MODE"] = "observe", ["GRAFANA_PORT"] = "3001", ["CONFIG_VERSION"] = "7",
        };
        var (_, output, _) = await Testbed.ExecuteAsync("docker", ["stack", "config", "-c", Path], variables);
        foreach (string expected in (string[])["image: registry.example.com/swarm-autoscaler:9", "user: 1654:108", "source: /data/policies", "AUTOSCALER_MODE: observe", "published: 3001", "swarm_autoscaler_prometheus_7"])
            Assert.Contains(expected, output, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_service_has_limits_a_read_only_root_a_pinned_image_and_a_known_way_to_be_updated()
    {
        foreach (var (name, service) in Services())
        {
            Assert.True(Text(service, "read_only") == "true", $"{name} can write to its image");
            Assert.True(Regex.IsMatch(Text(service, "image"), @":v?\d+\.\d+\.\d+\}?$"), $"{name}: the image is not pinned to a version");
            var deploy = (YamlMappingNode)service["deploy"];
            Assert.NotEmpty(Text((YamlMappingNode)deploy["resources"]["limits"], "memory"));
            Assert.NotEmpty(Text((YamlMappingNode)deploy["resources"]["limits"], "cpus"));
            Assert.Equal("rollback", Text((YamlMappingNode)deploy["update_config"], "failure_action"));
        }
    }

    [Fact]
    public void The_autoscaler_runs_on_managers_without_root_and_cannot_write_to_what_it_mounts()
    {
        var service = Services()["autoscaler"];
        Assert.StartsWith("1654:", Text(service, "user"), StringComparison.Ordinal);
        Assert.Equal("node.role == manager", ((YamlScalarNode)service["deploy"]["placement"]["constraints"][0]).Value);
        Assert.All((YamlSequenceNode)service["volumes"], mount => Assert.Equal("true", Text((YamlMappingNode)mount, "read_only")));
    }

    [Fact]
    public async Task Prometheus_accepts_its_configuration()
    {
        var (exitCode, output) = await Promtool.CheckFileAsync("config", System.IO.Path.Combine(Testbed.Repository, "dashboards", "prometheus.yml"));
        Assert.True(exitCode == 0, output);
    }

    [Fact]
    public void What_Prometheus_scrapes_are_services_of_the_stack_on_the_ports_they_listen_on()
    {
        string prometheus = File.ReadAllText(System.IO.Path.Combine(Testbed.Repository, "dashboards", "prometheus.yml"));
        var scraped = ScrapedTasks().Matches(prometheus).Select(match => (Service: match.Groups[1].Value, Port: match.Groups[2].Value)).ToList();
        Assert.Equal([("cadvisor", "12345"), ("autoscaler", "8080")], scraped);
        Assert.All(scraped, each => Assert.Contains(each.Service, Services().Keys));
        Assert.Contains("listen-addr=0.0.0.0:12345", File.ReadAllText(Path), StringComparison.Ordinal);
        Assert.Equal(8080, Api.ListenAddress.Default.Port);
    }

    [GeneratedRegex(@"tasks\.(\w+)\]\s+type: A\s+port: (\d+)")]
    private static partial Regex ScrapedTasks();

    static Dictionary<string, YamlMappingNode> Services()
    {
        var stack = new YamlStream();
        using var reader = File.OpenText(Path);
        stack.Load(reader);
        var services = (YamlMappingNode)stack.Documents[0].RootNode["services"];
        return services.Children.ToDictionary(pair => ((YamlScalarNode)pair.Key).Value!, pair => (YamlMappingNode)pair.Value, StringComparer.Ordinal);
    }

    static string Text(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(new YamlScalarNode(key), out var value) ? ((YamlScalarNode)value).Value ?? "" : "";
}
