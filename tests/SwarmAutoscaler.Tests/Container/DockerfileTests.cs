using System.Text.RegularExpressions;
using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.Container;

/// <summary>What keeps the image buildable with the classic builder, small in rights and rebuilt only when it must be.</summary>
public sealed class DockerfileTests
{
    static readonly string[] Lines = File.ReadAllLines(Path.Combine(Testbed.Repository, "Dockerfile"));

    [Theory]
    [InlineData("# syntax=")]
    [InlineData("--mount")]
    [InlineData("--chmod")]
    [InlineData("$BUILDPLATFORM")]
    [InlineData("--start-interval")]
    public void Nothing_in_it_needs_a_newer_builder(string feature) => Assert.DoesNotContain(Lines, line => line.Contains(feature, StringComparison.Ordinal));

    [Fact]
    public void It_does_not_run_as_root_and_checks_its_own_health()
    {
        Assert.Contains("USER $APP_UID", Lines);
        Assert.Contains(Lines, line => line.StartsWith("HEALTHCHECK", StringComparison.Ordinal) && line.EndsWith("CMD [\"swarm-autoscaler\", \"healthcheck\"]", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_file_it_copies_from_the_repository_exists_and_is_not_ignored()
    {
        var ignore = File.ReadAllLines(Path.Combine(Testbed.Repository, ".dockerignore"));
        foreach (string line in Lines.Where(line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from", StringComparison.Ordinal)))
            foreach (string source in line.Split(' ')[1..^1])
            {
                Assert.True(Path.Exists(Path.Combine(Testbed.Repository, source)), $"{source} does not exist");
                Assert.Contains($"!{source.Split('/')[0]}", ignore);
            }
    }

    [Fact]
    public void Its_version_is_the_projects_version()
    {
        string props = File.ReadAllText(Path.Combine(Testbed.Repository, "Directory.Build.props"));
        string version = Regex.Match(props, "<Version>(.+)</Version>").Groups[1].Value;
        Assert.Contains($"ARG VERSION={version}", Lines);
        Assert.Contains($"swarm-autoscaler:{version}", File.ReadAllText(Path.Combine(Testbed.Repository, "docker-stack.yml")), StringComparison.Ordinal);
    }
}
