using System.Globalization;
using System.Text;
using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.Applying;

/// <summary>Who wrote a service, told from its versions as a real engine was seen to write them.</summary>
public sealed class OutsideUpdatesTests
{
    const string Web = "id-of-web", Sister = "id-of-sister";

    readonly ManualTime time = new();
    readonly OutsideUpdates outside;
    ulong version = 10;

    public OutsideUpdatesTests() => outside = new OutsideUpdates(time);

    /// <summary>From a service of 3 replicas whose rollout of 00:00:01 ended long ago, to what somebody or something made of it.</summary>
    public static TheoryData<string, Service, bool> Changes => new()
    {
        { "service scale", new() { Replicas = 4, Previous = (3, "a") }, true },
        { "our scale", new() { Replicas = 5, Previous = (3, "a") }, false },
        { "our scale in the middle of a rollout, which begins again", new() { Replicas = 5, Previous = (3, "a"), Status = ("updating", "00:00:09") }, false },
        { "our scale, then somebody's", new() { Replicas = 7, Previous = (5, "a") }, true },
        { "our scale, then somebody set the same count again", new() { Replicas = 5, Previous = (5, "a") }, true },
        { "our scale, then somebody changed something else", new() { Replicas = 5, Text = "b", Previous = (5, "a") }, true },
        { "somebody changed something else and set our count", new() { Replicas = 5, Text = "b", Previous = (3, "a") }, true },
        { "stack deploy without a change", new() { Previous = (3, "a") }, true },
        { "stack deploy with another environment", new() { Text = "b", Previous = (3, "a"), Status = ("updating", "00:00:09") }, true },
        { "the same, whose rollout has already ended", new() { Text = "b", Previous = (3, "a"), Status = ("completed", "00:00:09") }, true },
        { "service update --force", new() { Text = "force", Previous = (3, "a"), Status = ("updating", "00:00:09") }, true },
        { "service rollback", new() { Replicas = 2, Text = "0", Previous = (3, "a"), Status = ("rollback_started", "00:00:09") }, true },
        { "the end of the rollout", new() { Previous = (2, "0"), Status = ("completed", "00:00:01") }, false },
        { "the pause of the rollout", new() { Previous = (2, "0"), Status = ("paused", "00:00:01") }, false },
        { "Swarm's own rollback", new() { Replicas = 2, Text = "0", Status = ("rollback_started", "00:00:01") }, false },
        { "the end of Swarm's own rollback", new() { Replicas = 2, Text = "0", Status = ("rollback_completed", "00:00:01") }, false },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void An_update_by_somebody_else_makes_quiet_and_ours_and_Swarms_do_not(string what, Service after, bool isQuiet)
    {
        See(new Service { Previous = (2, "0"), Status = ("updating", "00:00:01") });
        Pass(60);
        outside.Writing(Web, new CountWrite(3, 5));
        See(after with { Age = 0 });
        Assert.True(outside.QuietOf(Web) is not null == isQuiet, what);
        Pass(4.9);
        Assert.True(outside.QuietOf(Web) is not null == isQuiet, what);
        Pass(0.1);
        Assert.Null(outside.QuietOf(Web));
    }

    [Fact]
    public void A_rollout_that_begins_later_than_its_update_was_seen_is_Swarms()
    {
        See(new Service());
        See(new Service { Text = "b", Previous = (3, "a") });
        Pass(4);
        See(new Service { Text = "b", Previous = (3, "a"), Status = ("updating", "00:00:04") });
        Pass(1);
        Assert.Null(outside.QuietOf(Web));
    }

    [Fact]
    public void A_version_that_is_seen_again_or_older_is_no_news()
    {
        See(new Service());
        See(new Service { Replicas = 4, Previous = (3, "a") });
        Pass(60);
        See(new Service { Replicas = 4, Previous = (3, "a") }, version);
        See(new Service(), version - 1);
        Assert.Null(outside.QuietOf(Web));
        Assert.True(outside.Knows(Web, version));
        Assert.False(outside.Knows(Web, version + 1));
    }

    /// <summary>The last look was 15 s ago. The engine's clock says that the update was so long ago.</summary>
    [Theory]
    [InlineData(2, 3)]
    [InlineData(14, 0)]
    [InlineData(0, 5)]
    [InlineData(-3600, 5)]
    [InlineData(16, 5)]
    [InlineData(3600, 5)]
    public void The_engines_clock_counts_where_it_can_be_right(double age, double quiet)
    {
        See(new Service());
        Pass(15);
        See(new Service { Replicas = 4, Previous = (3, "a"), Age = age });
        Assert.Equal(quiet, QuietLeft());
    }

    [Theory]
    [InlineData(1.0, 4)]
    [InlineData(5.0, 0)]
    [InlineData(3600.0, 0)]
    [InlineData(-3600.0, 5)]
    [InlineData(null, 0)]
    public void After_a_start_the_engines_clock_is_all_there_is(double? age, double quiet)
    {
        See(new Service { Previous = (2, "a"), Age = age });
        Assert.Equal(quiet, QuietLeft());
    }

    [Fact]
    public void A_clock_that_is_set_back_does_not_make_it_longer()
    {
        var clock = new ShiftedTime(time);
        var shifted = new OutsideUpdates(clock);
        shifted.Hear(Told());
        clock.Shift = TimeSpan.FromHours(-1);
        Assert.Equal(clock.GetUtcNow() + TimeSpan.FromSeconds(5), shifted.QuietOf(Web)!.Until);
        Pass(5);
        Assert.Null(shifted.QuietOf(Web));
    }

    [Fact]
    public void A_stack_is_quiet_as_a_whole_and_its_neighbours_are_not()
    {
        See(new Service { Stack = "shop" }, new Service { Id = Sister, Stack = "shop" }, new Service { Id = "alone" }, new Service { Id = "other", Stack = "depot" });
        version++;
        See(new Service { Stack = "shop", Replicas = 4, Previous = (3, "a") }, new Service { Id = Sister, Stack = "shop" }, new Service { Id = "alone" });
        Assert.Equal([true, true, false, false], ((string[])[Web, Sister, "alone", "other"]).Select(id => outside.QuietOf(id) is not null));
        Assert.StartsWith($"{Web} of the stack shop was just updated by somebody else; quiet time until 00:00:05 UTC", outside.QuietOf(Sister)!.Because, StringComparison.Ordinal);
        Pass(5);
        Assert.Equal([Web, Sister], outside.TakeReady().Order().Reverse());
        Assert.Empty(outside.TakeReady());
    }

    [Fact]
    public void Updates_one_after_the_other_make_one_quiet_time_which_is_not_endless()
    {
        See(new Service());
        for (int second = 0; second < 299; second += 4)
        {
            Assert.Empty(outside.TakeReady());
            See(new Service { Text = $"{second}", Previous = (3, "a") });
            Assert.NotNull(outside.QuietOf(Web));
            Pass(4);
        }
        See(new Service { Text = "once more", Previous = (3, "a") });
        Assert.Null(outside.QuietOf(Web));
        Pass(5);
        Assert.Equal([Web], outside.TakeReady());
        See(new Service { Text = "after a pause", Previous = (3, "a") });
        Assert.NotNull(outside.QuietOf(Web));
    }

    [Fact]
    public void An_event_makes_quiet_at_once_and_the_listing_after_it_does_not_make_it_longer()
    {
        See(new Service());
        Pass(10);
        outside.Hear(Told() with { At = time.GetUtcNow() - TimeSpan.FromHours(1) }); // the engine's clock is an hour behind, in both
        Assert.Equal(5, QuietLeft());
        Pass(4);
        See(new Service { Text = "b", Previous = (3, "a"), Age = 3604 });
        Assert.Equal(1, QuietLeft());
        See(new Service { Text = "c", Previous = (3, "b"), Age = 3600 }); // an event of this one was lost
        Assert.Equal(5, QuietLeft());
    }

    [Fact]
    public void An_event_of_what_was_already_read_says_nothing_new()
    {
        See(new Service { Age = 60 });
        outside.Hear(Told() with { At = time.GetUtcNow() - TimeSpan.FromSeconds(60) });
        Assert.Null(outside.QuietOf(Web));
    }

    /// <summary>The count before and after, the rollout's state before and after.</summary>
    [Theory]
    [InlineData(null, null, null, null, true, false)]
    [InlineData(3, 4, null, null, true, false)]
    [InlineData(3, 5, null, null, false, false)]
    [InlineData(null, null, null, "updating", false, false)]
    [InlineData(null, null, "updating", "paused", false, false)]
    [InlineData(null, null, "updating", "rollback_started", false, false)]
    [InlineData(null, null, "updating", "completed", false, true)]
    [InlineData(null, null, "rollback_started", "rollback_completed", false, true)]
    [InlineData(3, 2, "completed", "rollback_started", true, false)]
    public void Events_of_our_changes_and_of_rollouts_make_no_quiet(int? from, int? to, string? before, string? after, bool isQuiet, bool isReady)
    {
        See(new Service());
        outside.Writing(Web, new CountWrite(3, 5));
        Pass(1);
        outside.Hear(Told() with { Count = from is { } f && to is { } t ? new CountWrite(f, t) : null, Rollout = (before, after) });
        Assert.Equal(isQuiet, outside.QuietOf(Web) is not null);
        Assert.Equal(isReady ? [Web] : [], outside.TakeReady());
    }

    [Fact]
    public void A_service_that_was_made_or_removed_is_worth_a_look()
    {
        See(new Service { Stack = "shop" });
        outside.Hear(new ServiceEvent("create", "new", "shop_new", time.GetUtcNow()));
        Assert.NotNull(outside.QuietOf(Web)); // it may be the next to be updated
        Assert.Empty(outside.TakeReady());
        outside.Hear(new ServiceEvent("create", "alone", "alone", time.GetUtcNow()));
        Assert.Null(outside.QuietOf("alone"));
        Assert.Equal(["alone"], outside.TakeReady());
        outside.Hear(new ServiceEvent("remove", Sister, "sister", time.GetUtcNow()));
        Assert.Equal(["sister"], outside.TakeReady());
        Pass(5);
        Assert.Equal([Web, "shop_new"], outside.TakeReady().Order());
    }

    [Theory]
    [InlineData("shop", true)]
    [InlineData(null, false)]
    public void A_new_service_makes_its_stack_quiet_even_if_the_engines_clock_is_behind(string? stack, bool isQuiet)
    {
        See(new Service { Stack = stack });
        Pass(15);
        See(new Service { Stack = stack }, new Service { Id = Sister, Stack = stack, Age = 3600 });
        Assert.Equal((isQuiet, isQuiet), (outside.QuietOf(Web) is not null, outside.QuietOf(Sister) is not null));
    }

    [Fact]
    public void What_Swarm_adds_to_a_new_service_is_nobodys_update()
    {
        See(new Service());
        See(new Service { Age = 0 });
        Assert.Null(outside.QuietOf(Web));
    }

    ServiceEvent Told() => new("update", Web, Web, time.GetUtcNow());

    double QuietLeft() => outside.QuietOf(Web) is { } quiet ? (quiet.Until - time.GetUtcNow()).TotalSeconds : 0;

    void Pass(double seconds) => time.Advance(TimeSpan.FromSeconds(seconds));

    void See(Service service) => See(service, ++version);

    void See(Service service, ulong version)
    {
        this.version = Math.Max(this.version, version);
        Read([service.Json(time.GetUtcNow(), version)]);
    }

    /// <summary>The first may have a new version.</summary>
    void See(Service changed, params Service[] others) =>
        Read([changed.Json(time.GetUtcNow(), version), .. others.Select(other => other.Json(time.GetUtcNow(), 5))]);

    void Read(string[] services)
    {
        var (listed, problem) = ServiceListReader.Read(Encoding.UTF8.GetBytes($"[{string.Join(',', services)}]"), outside.Knows);
        Assert.Null(problem);
        outside.See([.. listed!.Values], outside.Look(), areAll: true);
    }

    /// <summary>What matters of a service. Left out is: three replicas of the text <c>a</c>, never updated.</summary>
    public sealed record Service
    {
        public string Id { get; init; } = Web;

        public string? Stack { get; init; }

        public int Replicas { get; init; } = 3;

        public string Text { get; init; } = "a";

        public (int Replicas, string Text)? Previous { get; init; }

        public (string State, string Started)? Status { get; init; }

        /// <summary>Seconds since the update by the engine's clock; null when the engine does not say.</summary>
        public double? Age { get; init; }

        internal string Json(DateTimeOffset now, ulong version)
        {
            string updated = Age is { } age ? $"\"UpdatedAt\":\"{(now - TimeSpan.FromSeconds(age)).ToString("yyyy-MM-ddTHH:mm:ss.fffffff", CultureInfo.InvariantCulture)}65Z\"," : "";
            string status = Status is { } told ? $$""","UpdateStatus":{"State":"{{told.State}}","StartedAt":"2026-01-01T{{told.Started}}Z"}""" : "";
            string previous = Previous is { } before ? $",\"PreviousSpec\":{Spec(before.Replicas, before.Text)}" : "";
            return $$$"""
                {"ID":"{{{Id}}}","Version":{"Index":{{{version}}}},{{{updated}}}"Spec":{{{Spec(Replicas, Text)}}}{{{previous}}}{{{status}}},"ServiceStatus":{"RunningTasks":3,"DesiredTasks":3}}
                """;
        }

        string Spec(int replicas, string text) =>
            $$$"""{"Name":"{{{Id}}}","Labels":{ {{{(Stack is null ? "" : $"\"com.docker.stack.namespace\":\"{Stack}\"")}}} },"TaskTemplate":{"Env":["{{{text}}}"]},"Mode":{"Replicated":{"Replicas":{{{replicas}}} } } }""";
    }

    sealed class ShiftedTime(ManualTime time) : TimeProvider
    {
        public TimeSpan Shift { get; set; }

        public override long TimestampFrequency => time.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + Shift;

        public override long GetTimestamp() => time.GetTimestamp();
    }
}
