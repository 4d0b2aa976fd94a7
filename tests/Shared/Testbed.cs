using System.Diagnostics;

namespace SwarmAutoscaler.TestSupport;

/// <summary>
/// Real servers for tests, started by <c>tests/testbed/testbed</c> on private ports and paths. One folder per test process; everything that was
/// started is stopped when the process ends.
/// </summary>
static class Testbed
{
    static readonly Lazy<string> Folder = new(CreateFolder);

    /// <summary>The repository's root: the first folder upwards that holds the solution.</summary>
    public static string Repository { get; } = FindRepository();

    public static string Script => Path.Combine(Repository, "tests", "testbed", "testbed");

    /// <summary>Runs one verb, for instance <c>up redis main</c>; returns the KEY=VALUE lines it printed.</summary>
    /// <exception cref="InvalidOperationException">The verb failed; the message holds what it said.</exception>
    public static async Task<IReadOnlyDictionary<string, string>> RunAsync(params string[] arguments)
    {
        var (exitCode, output, error) = await ExecuteAsync(Script, arguments);
        if (exitCode != 0)
            throw new InvalidOperationException($"testbed {string.Join(' ', arguments)} ended with {exitCode}: {error}{output}");
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('=', 2))
            .Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0].Trim(), pair => pair[1].Trim(), StringComparer.Ordinal);
    }

    /// <summary>Runs any program with the test bed's environment.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> ExecuteAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["TESTBED_DIR"] = Folder.Value;
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }

    static string CreateFolder()
    {
        var folder = Directory.CreateTempSubdirectory("sas-testbed-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => ExecuteAsync(Script, ["down"]).GetAwaiter().GetResult();
        return folder;
    }

    static string FindRepository()
    {
        var folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "SwarmAutoscaler.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("the tests run outside the repository");
    }
}
