using System.Diagnostics;
using SwarmAutoscaler.TestSupport;

namespace SwarmAutoscaler.Recording;

/// <summary>Prometheus' own checker.</summary>
static class Promtool
{
    /// <summary>Lints a metrics page.</summary>
    public static async Task<(int ExitCode, string Complaints)> CheckMetricsAsync(string page)
    {
        var start = new ProcessStartInfo("promtool", ["check", "metrics"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(page);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }

    /// <summary>Checks a configuration or a rules file: <paramref name="kind"/> is <c>config</c> or <c>rules</c>.</summary>
    public static async Task<(int ExitCode, string Output)> CheckFileAsync(string kind, string path)
    {
        var (exitCode, output, error) = await Testbed.ExecuteAsync("promtool", ["check", kind, path]);
        return (exitCode, output + error);
    }

    /// <summary>Plays a file of cases against its rules; the output names those that fail, with what was expected and what came.</summary>
    public static async Task<(int ExitCode, string Output)> TestRulesAsync(string path)
    {
        var (exitCode, output, error) = await Testbed.ExecuteAsync("promtool", ["test", "rules", path]);
        return (exitCode, output + error);
    }
}
