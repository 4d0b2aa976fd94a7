using System.Globalization;

namespace SwarmAutoscaler.TestSupport;

/// <summary>Whoever has a Redis server of their own.</summary>
interface IRedisServer
{
    Uri Url { get; }

    /// <summary>Runs a command; returns what the server answered.</summary>
    async Task<string> RunAsync(params string[] command)
    {
        var (exitCode, output, error) = await Testbed.ExecuteAsync("redis-cli", ["-e", "-p", Url.Port.ToString(CultureInfo.InvariantCulture), .. command]);
        return exitCode == 0 ? output.Trim() : throw new InvalidOperationException($"redis-cli {string.Join(' ', command)}: {error}{output}");
    }
}
