using SwarmAutoscaler.Measuring;
using Xunit;

namespace SwarmAutoscaler.Applying;

public sealed class NewestVersionsTests
{
    [Theory]
    [InlineData("0:5 1:4", "believed old")]
    [InlineData("0:5 1:4 1:4 1:4", "believed old old old")]               // one manager, however often
    [InlineData("0:5 1:4 2:4 0:4", "believed old old believed")]          // all of them: the Swarm was restored from a backup
    [InlineData("0:5 1:4 2:4 0:6 1:4 2:4", "believed old old believed old old")]
    [InlineData("0:5 1:5 2:6", "believed believed believed")]
    public void An_older_answer_is_believed_when_every_manager_gives_one(string answers, string expected)
    {
        var newest = new NewestVersions(managers: 3);
        var believed = answers.Split(' ').Select(answer => answer.Split(':'))
            .Select(answer => newest.Check(int.Parse(answer[0], null), [Service(ulong.Parse(answer[1], null))]) is null ? "believed" : "old");
        Assert.Equal(expected, string.Join(' ', believed));
    }

    [Fact]
    public void A_single_manager_is_always_believed()
    {
        var newest = new NewestVersions(managers: 1);
        Assert.Null(newest.Check(0, [Service(5)]));
        Assert.Null(newest.Check(0, [Service(4)]));
    }

    [Fact]
    public void A_service_that_was_made_anew_is_not_old()
    {
        var newest = new NewestVersions(managers: 3);
        Assert.Null(newest.Check(0, [Service(5)]));
        Assert.Null(newest.Check(1, [Service(4) with { Id = "made-anew" }]));
    }

    static ServiceState Service(ulong version) => new() { Id = "id", Name = "web", Version = version };
}
