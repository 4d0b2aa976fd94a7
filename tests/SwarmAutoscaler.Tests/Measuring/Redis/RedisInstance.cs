using System.Globalization;
using SwarmAutoscaler.TestSupport;

namespace SwarmAutoscaler.Measuring.Redis;

/// <summary>A real server of the test bed.</summary>
sealed class RedisInstance
{
    RedisInstance(string name, IReadOnlyDictionary<string, string> lines, string? password)
    {
        (Name, Password) = (name, password);
        Port = int.Parse(lines["PORT"], CultureInfo.InvariantCulture);
        TlsPort = lines.TryGetValue("TLS_PORT", out var tls) ? int.Parse(tls, CultureInfo.InvariantCulture) : 0;
        CaFile = lines.GetValueOrDefault("CA", "");
    }

    public string Name { get; }

    public int Port { get; }

    public int TlsPort { get; }

    public string CaFile { get; }

    public string Url => $"{{ url: 'redis://127.0.0.1:{Port}' }}";

    string? Password { get; }

    public static async Task<RedisInstance> StartAsync(string name, string? password = null, params string[] options) =>
        new(name, await Testbed.RunAsync(["up", "redis", name, .. password is null ? Array.Empty<string>() : ["--password", password], .. options]), password);

    public Task FreezeAsync() => Testbed.RunAsync("freeze", Name);

    public Task ThawAsync() => Testbed.RunAsync("thaw", Name);

    public Task KillAsync() => Testbed.RunAsync("kill", Name);

    public Task RestartAsync() => Testbed.RunAsync("restart", "redis", Name);

    public Task StopAsync() => Testbed.RunAsync("down", Name);

    /// <summary>Runs one command with the ordinary client, not with ours.</summary>
    public async Task<string> CommandAsync(params string[] words)
    {
        var environment = Password is null ? null : new Dictionary<string, string> { ["REDISCLI_AUTH"] = Password };
        var (exitCode, output, error) = await Testbed.ExecuteAsync(
            "redis-cli", ["-e", "-p", Port.ToString(CultureInfo.InvariantCulture), .. words], environment);
        return exitCode == 0 ? output.TrimEnd() : throw new InvalidOperationException($"{string.Join(' ', words)}: {output}{error}");
    }
}
