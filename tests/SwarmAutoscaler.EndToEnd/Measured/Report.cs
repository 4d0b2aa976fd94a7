using System.Globalization;
using Xunit.Abstractions;

namespace SwarmAutoscaler.EndToEnd;

/// <summary>Lines of measured numbers: into the test's output, and for <c>tests/reliability.sh</c> into a file.</summary>
sealed class Report(ITestOutputHelper output)
{
    const string Variable = "RELIABILITY_REPORT";

    public void Line(string line)
    {
        output.WriteLine(line);
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } path)
            File.AppendAllText(path, line + "\n");
    }

    /// <summary>Median and worst of some times.</summary>
    public void Times(string what, IReadOnlyList<TimeSpan> times)
    {
        double[] seconds = [.. times.Select(time => time.TotalSeconds).Order()];
        double median = (seconds[(seconds.Length - 1) / 2] + seconds[seconds.Length / 2]) / 2;
        Line(string.Create(CultureInfo.InvariantCulture, $"{what}: median {median:0.00} s, worst {seconds[^1]:0.00} s, best {seconds[0]:0.00} s of {seconds.Length}"));
    }
}
