using Xunit;

namespace SwarmAutoscaler.Api;

/// <summary>Needs a browser; where none can be installed the test says so and is skipped.</summary>
[AttributeUsage(AttributeTargets.Method)]
sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public const string Program = "chromium";

    public BrowserTheoryAttribute()
    {
        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, Program))))
            Skip = $"there is no {Program} on this machine";
    }
}
