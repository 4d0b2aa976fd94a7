using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SwarmAutoscaler.Api;
using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.Commands;

public sealed class HealthcheckCommandTests
{
    [Theory]
    [InlineData("127.0.0.1:{0}")]
    [InlineData(":{0}")]
    [InlineData("0.0.0.0:{0}")]
    [InlineData("[::]:{0}")]
    [InlineData("[::1]:{0}")]
    public async Task A_living_instance_is_healthy_wherever_it_listens(string listen)
    {
        string setting = string.Format(System.Globalization.CultureInfo.InvariantCulture, listen, FreePort());
        await using var server = await ListenAsync(setting, StatusCodes.Status200OK);
        Assert.Equal((0, ""), await RunAsync(setting));
    }

    [Fact]
    public async Task An_instance_that_answers_with_an_error_is_not_healthy()
    {
        string setting = $"127.0.0.1:{FreePort()}";
        await using var server = await ListenAsync(setting, StatusCodes.Status503ServiceUnavailable);
        Assert.Equal((1, $"healthcheck: {setting} answered 'HTTP/1.1 503 Service Unavailable'\n"), await RunAsync(setting));
    }

    [Fact]
    public async Task Nobody_there_is_not_healthy()
    {
        string setting = $"127.0.0.1:{FreePort()}";
        var (exitCode, error) = await RunAsync(setting);
        Assert.Equal(1, exitCode);
        Assert.StartsWith($"healthcheck: {setting}: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_address_is_one_clear_line() =>
        Assert.Equal((1, $"healthcheck: AUTOSCALER_LISTEN: 'nonsense' {ListenAddress.Problem}\n"), await RunAsync("nonsense"));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task The_address_may_stand_in_a_file_when_the_variable_is_unset_or_empty(string? unset)
    {
        string setting = $"127.0.0.1:{FreePort()}";
        await using var server = await ListenAsync(setting, StatusCodes.Status200OK);
        string path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, setting + "\n");
        using var errors = new StringWriter();
        int exitCode = await HealthcheckCommand.RunAsync(name => name == "AUTOSCALER_LISTEN_FILE" ? path : unset, errors, TimeProvider.System, default);
        File.Delete(path);
        Assert.Equal((0, ""), (exitCode, errors.ToString()));
    }

    [Fact]
    public async Task An_instance_that_hangs_is_given_up_after_two_seconds()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var time = new ManualTime();
        using var errors = new StringWriter();
        var check = HealthcheckCommand.RunAsync(_ => silent.LocalEndpoint.ToString(), errors, time, default);
        using var connection = await silent.AcceptSocketAsync();
        Assert.NotEqual(0, await connection.ReceiveAsync(new byte[1024]));
        Assert.False(check.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((1, $"healthcheck: {silent.LocalEndpoint} did not answer within 2 s\n"), (await check, errors.ToString()));
    }

    static async Task<(int ExitCode, string Error)> RunAsync(string listen)
    {
        using var errors = new StringWriter();
        int exitCode = await HealthcheckCommand.RunAsync(name => name == "AUTOSCALER_LISTEN" ? listen : null, errors, TimeProvider.System, default);
        return (exitCode, errors.ToString());
    }

    /// <summary>A real Kestrel that answers <c>/live</c> alone.</summary>
    static async Task<WebApplication> ListenAsync(string setting, int status)
    {
        Assert.True(ListenAddress.TryParse(setting, out var address));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(address.ApplyTo);
        var app = builder.Build();
        app.MapGet("/live", () => Results.StatusCode(status));
        await app.StartAsync();
        return app;
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
