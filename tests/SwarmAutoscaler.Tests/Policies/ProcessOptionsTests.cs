using System.Net;
using SwarmAutoscaler.Api;
using Microsoft.Extensions.Logging;
using SwarmAutoscaler.Policies;
using Xunit;

namespace SwarmAutoscaler.Tests.Policies;

public sealed class ProcessOptionsTests
{
    static (ProcessOptions Options, IReadOnlyList<string> Errors) Read(params string[] settings) =>
        ProcessOptionsReader.Read(settings.Select(setting => setting.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]));

    static ProcessOptions Good(params string[] settings)
    {
        var (options, errors) = Read(settings);
        Assert.Empty(errors);
        return options;
    }

    [Fact]
    public void Without_settings_there_are_defaults()
    {
        var options = Good();
        Assert.Equal(["policies/"], options.Policies);
        Assert.Equal(ListenAddress.Default, options.Listen);
        Assert.Equal((PolicyMode.Apply, LogFormat.Json, LogLevel.Information), (options.Mode, options.LogFormat, options.LogLevel));
        Assert.Equal((StateKeeping.Swarm, "swarm-autoscaler"), (options.State, options.StateName));
        Assert.Equal("unix:///var/run/docker.sock", Assert.Single(options.Engine.Endpoints).ToString());
        Assert.Empty(options.Connections);
    }

    [Fact]
    public void Every_setting_can_be_set()
    {
        var options = Good("AUTOSCALER_POLICIES=/etc/policies:/run/more.yml", "AUTOSCALER_LISTEN=127.0.0.1:9000", "AUTOSCALER_MODE=observe", "AUTOSCALER_STATE=memory", "AUTOSCALER_STATE_NAME=team-a",
            "AUTOSCALER_LOG_FORMAT=text", "AUTOSCALER_LOG_LEVEL=Debug", "AUTOSCALER_LABELS=false", "DOCKER_HOST=tcp://a:2375,tcp://b:2375",
            "PROMETHEUS_URL=http://p", "RABBITMQ_URL=amqp://r", "RABBITMQ_MANAGEMENT_URL=http://m", "REDIS_URL=redis://x");
        Assert.Equal(["/etc/policies", "/run/more.yml"], options.Policies);
        Assert.Equal(new ListenAddress(IPAddress.Loopback, 9000), options.Listen);
        Assert.Equal((PolicyMode.Observe, LogFormat.Text, LogLevel.Debug), (options.Mode, options.LogFormat, options.LogLevel));
        Assert.Equal((StateKeeping.Memory, "team-a"), (options.State, options.StateName));
        Assert.Equal(["tcp://a:2375", "tcp://b:2375"], options.Engine.Endpoints.Select(endpoint => endpoint.ToString()));
        Assert.Equal(
            ["prometheus url=http://p", "rabbitmq url=amqp://r management_url=http://m", "redis url=redis://x"],
            options.Connections.Select(connection => string.Join(' ', [connection.Kind, .. connection.Keys.Select(key => $"{key.Key}={key.Value}")])));
    }

    [Theory]
    [InlineData("AUTOSCALER_LISTEN=8080", "AUTOSCALER_LISTEN: '8080' is not an address to listen on, write for instance :8080, 127.0.0.1:8080 or [::1]:8080")]
    [InlineData("AUTOSCALER_LISTEN=:0", "AUTOSCALER_LISTEN: ':0' is not an address to listen on, write for instance :8080, 127.0.0.1:8080 or [::1]:8080")]
    [InlineData("AUTOSCALER_LISTEN=:70000", "AUTOSCALER_LISTEN: ':70000' is not an address to listen on, write for instance :8080, 127.0.0.1:8080 or [::1]:8080")]
    [InlineData("DOCKER_HOST=ftp://engine", "DOCKER_HOST: 'ftp://engine' is not supported; use unix://, tcp:// or https://")]
    [InlineData("AUTOSCALER_MODE=dry", "AUTOSCALER_MODE: 'dry' is not one of apply, observe")]
    [InlineData("AUTOSCALER_STATE=disk", "AUTOSCALER_STATE: 'disk' is not one of swarm, memory")]
    [InlineData("AUTOSCALER_STATE_NAME=-blue", "AUTOSCALER_STATE_NAME: '-blue' must be 1 to 50 letters, digits, '-', '_' or '.', with a letter or digit at both ends")]
    [InlineData("AUTOSCALER_STATE_NAME=a/b", "AUTOSCALER_STATE_NAME: 'a/b' must be 1 to 50 letters, digits, '-', '_' or '.', with a letter or digit at both ends")]
    [InlineData("AUTOSCALER_LABELS=true", "AUTOSCALER_LABELS: policies in service labels are not supported by this version")]
    [InlineData("AUTOSCALER_LABELS=1", "AUTOSCALER_LABELS: '1' is not one of true, false")]
    [InlineData("AUTOSCALER_LOG_FORMAT=xml", "AUTOSCALER_LOG_FORMAT: 'xml' is not one of json, text")]
    [InlineData("AUTOSCALER_LOG_LEVEL=loud", "AUTOSCALER_LOG_LEVEL: 'loud' is not one of trace, debug, information, warning, error, critical")]
    [InlineData("AUTOSCALER_POLICIES=:", "AUTOSCALER_POLICIES: ':' names no path")]
    [InlineData("AUTOSCALER_API_TOKEN_FILE=/nowhere/token", "AUTOSCALER_API_TOKEN_FILE: the file '/nowhere/token' cannot be read")]
    [InlineData("AUTOSCALER_POLICES=x", "AUTOSCALER_POLICES: there is no such setting, did you mean 'AUTOSCALER_POLICIES'?")]
    [InlineData("AUTOSCALER_FOO_BAR_BAZ=x", "AUTOSCALER_FOO_BAR_BAZ: there is no such setting")]
    [InlineData("SWARM_AUTOSCALER_MAX_REPLICS=9", "SWARM_AUTOSCALER_MAX_REPLICS: there is no such setting, did you mean 'SWARM_AUTOSCALER_MAX_REPLICAS'?")]
    [InlineData("SWARM_AUTOSCALER_FOO_BAR_BAZ=9", "SWARM_AUTOSCALER_FOO_BAR_BAZ: there is no such setting")]
    [InlineData("AUTOSCALER_TARGET_SERVICE=web", "AUTOSCALER_TARGET_SERVICE: there is no such setting, did you mean 'SWARM_AUTOSCALER_TARGET_SERVICE'?")]
    [InlineData("SWARM_AUTOSCALER_MODE=observe", "SWARM_AUTOSCALER_MODE: there is no such setting, did you mean 'AUTOSCALER_MODE'?")]
    [InlineData("REDIS_URL_FILE=/nowhere/redis", "REDIS_URL_FILE: the file '/nowhere/redis' cannot be read")]
    public void A_wrong_setting_is_one_clear_line(string setting, string expected) => Assert.Equal([expected], Read(setting).Errors);

    [Fact]
    public void All_wrong_settings_are_reported_at_once() =>
        Assert.Equal(3, Read("AUTOSCALER_MODE=x", "AUTOSCALER_LOG_LEVEL=y", "AUTOSCALER_NO_SUCH=z").Errors.Count);

    [Theory]
    [InlineData(":9090", ":9090")]
    [InlineData("0.0.0.0:80", "0.0.0.0:80")]
    [InlineData("[::1]:80", "[::1]:80")]
    public void The_address_to_listen_on_may_leave_out_the_host(string text, string expected) =>
        Assert.Equal(expected, Good($"AUTOSCALER_LISTEN={text}").Listen.ToString());

    [Fact]
    public void An_empty_variable_is_not_set() => Assert.Equal(PolicyMode.Apply, Good("AUTOSCALER_MODE=", "AUTOSCALER_NO_SUCH=", "REDIS_URL_FILE=").Mode);

    [Fact]
    public void A_setting_may_come_from_a_file_without_its_line_break_but_not_from_both()
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, "redis://app:hush@redis.example.com\n");
        try
        {
            Assert.Equal("redis://app:hush@redis.example.com", Good($"REDIS_URL_FILE={path}").Connections.Single().Keys.Single().Value);
            Assert.DoesNotContain("hush", Good($"REDIS_URL_FILE={path}").ToString(), StringComparison.Ordinal);
            Assert.Equal(["REDIS_URL and REDIS_URL_FILE are both set; set one of them"], Read("REDIS_URL=redis://a", $"REDIS_URL_FILE={path}").Errors);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
