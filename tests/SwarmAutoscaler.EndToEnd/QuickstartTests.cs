using System.Diagnostics;
using System.Text.RegularExpressions;
using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.EndToEnd;

/// <summary>What a person sees who has just cloned the repository.</summary>
[Collection(WorldCollection.Name)]
public sealed class QuickstartTests(World world)
{
    static readonly TimeSpan Bound = TimeSpan.FromSeconds(180);

    [Fact]
    public async Task Without_an_engine_it_starts_a_private_one_shows_a_rise_and_a_fall_and_leaves_nothing_behind()
    {
        // No setting of this test run, only what a person's shell has.
        string output = await RunAsync(["-u", "DOCKER_HOST", "-u", "TESTBED_DIR"], []);
        Assert.Contains("starting a private engine", output, StringComparison.Ordinal);
        AssertRiseAndFall(output);
        string folder = Regex.Match(output, "private engine in (/tmp/quickstart\\.\\w+)").Groups[1].Value;
        Assert.NotEmpty(folder);
        Assert.Equal("", await TracesAsync(folder));
    }

    [Fact]
    public async Task With_a_Swarm_at_hand_it_says_so_uses_it_and_removes_what_it_made()
    {
        await Testbed.RunAsync("image", "autoscaler", Engine.Name);
        await using var bystander = await world.Engine.CreateServiceAsync("bystander", 1);
        string before = await SwarmAsync();
        string output = await RunAsync(["-u", "TESTBED_DIR"],
            [$"DOCKER_HOST={world.Engine.Host}", "DEMO_IMAGE=demo:local", "AUTOSCALER_IMAGE=swarm-autoscaler:local"]);
        Assert.Contains($"Using the Swarm at {world.Engine.Host}", output, StringComparison.Ordinal);
        AssertRiseAndFall(output);
        Assert.Equal(before, await SwarmAsync());
    }

    /// <summary>The decisions are on the screen, with their reasons.</summary>
    static void AssertRiseAndFall(string output)
    {
        string[] lines = output.Split('\n');
        int up = Array.FindIndex(lines, line => line.Contains("quickstart_worker scale_up 1 -> ", StringComparison.Ordinal));
        int held = Array.FindIndex(lines, up + 1, line => line.Contains("quickstart_worker hold", StringComparison.Ordinal) && line.Contains("(stabilization", StringComparison.Ordinal));
        int down = Array.FindIndex(lines, held + 1, line => line.Contains("quickstart_worker scale_down", StringComparison.Ordinal) && line.Contains(" -> 1 (", StringComparison.Ordinal));
        Assert.True(0 <= up && up < held && held < down, output);
    }

    static async Task<string> RunAsync(string[] unset, string[] set)
    {
        long started = Stopwatch.GetTimestamp();
        var (exitCode, output, error) = await Testbed.ExecuteAsync("env", [.. unset, .. set, Path.Combine(Testbed.Repository, "quickstart.sh"), "--once"]);
        Assert.True(exitCode == 0, $"exit code {exitCode}: {output}{error}");
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, Bound);
        return output;
    }

    /// <summary>What is left of a test bed: its folder, processes and mounts that name it, its network namespaces and cgroups.</summary>
    static async Task<string> TracesAsync(string folder) => (await Testbed.ExecuteAsync("sh", ["-c", """
        id=$(echo "$1" | sha256sum | cut -c1-6)
        ls -d "$1" /run/netns/tb-$id-* /sys/fs/cgroup/tb-$id-* /sys/fs/cgroup/*/tb-$id-* 2>/dev/null
        ps -eo pid,args | grep -F "$1" | grep -vE "^ *($$|[0-9]+ grep) "
        grep -F "$1" /proc/self/mounts
        true
        """, "sh", folder])).Output;

    async Task<string> SwarmAsync()
    {
        var parts = new List<string>();
        foreach (string kind in (string[])["service", "config", "network", "secret"])
            parts.Add(await world.Engine.DockerAsync(kind, "ls", "--format", "{{.Name}}"));
        return string.Join('\n', parts);
    }
}
