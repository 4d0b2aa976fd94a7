using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.EndToEnd;

/// <summary>The check itself: it is worth something only if bad sequences fail it.</summary>
public sealed class ChronicleCheckTests
{
    static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    static readonly ExpectedRules Rules = new(Min: 1, Max: 10)
    {
        CooldownUp = TimeSpan.FromSeconds(5),
        CooldownDown = TimeSpan.FromSeconds(8),
        DownWindow = TimeSpan.FromSeconds(20),
        UpLimit = (4, TimeSpan.FromSeconds(30)),
    };

    /// <summary>Changes of ours, each "SECOND FROM-TO [INSTANCE]"; the rules above hold from the beginning, a takes the lease first.</summary>
    static Chronicle Given(params string[] changes)
    {
        var parts = changes.Select(change => change.Split(' ', '-')).ToList();
        return new Chronicle
        {
            Updates = [.. parts.Select(part => Changed(double.Parse(part[0]), int.Parse(part[1]), int.Parse(part[2])))],
            Claims = [.. parts.Select(part => Said(double.Parse(part[0]) + 0.02, int.Parse(part[1]), int.Parse(part[2]), part.Length > 3 ? part[3] : "a"))],
            Terms = [new Term(Start, "a")],
            Policies = [new WrittenPolicy(Start, "web", Rules)],
        };
    }

    static DateTimeOffset At(double second) => Start.AddMilliseconds(Math.Round(second * 1000));

    static SeenUpdate Changed(double second, int from, int to) => new(At(second), "web", "1", new CountChange(from, to), false);

    static Claim Said(double second, int from, int to, string instance = "a", string outcome = "applied", string reason = "recommend") =>
        new(At(second), instance, "web", new CountChange(from, to), reason, outcome);

    static void AssertClean(Chronicle chronicle) => Assert.Empty(ChronicleCheck.Breaches(chronicle));

    static void AssertBreach(string expected, Chronicle chronicle) => Assert.Contains(expected, Assert.Single(ChronicleCheck.Breaches(chronicle)), StringComparison.Ordinal);

    [Fact]
    public void A_sequence_that_keeps_everything_is_clean() => AssertClean(Given("10 1-3", "16 3-5", "46 5-9", "55 9-8", "63.5 8-2"));

    [Theory]
    [InlineData("outside 1 to 10", "10 2-0")]
    [InlineData("outside 1 to 10", "10 8-11")]
    [InlineData("the cooldown is 5 s", "10 1-2", "13 2-3")]
    [InlineData("the cooldown is 8 s", "10 2-3", "15 3-2")]
    [InlineData("the cooldown is 8 s", "10 4-3", "15 3-2")]
    [InlineData("5 more within 30 s, 4 are allowed", "10 1-6")]
    [InlineData("6 more within 30 s, 4 are allowed", "10 1-4", "20 4-7")]
    [InlineData("so one was missed", "10 1-3", "20 4-5")]
    public void A_sequence_that_breaks_a_rule_is_not(string expected, params string[] changes) => AssertBreach(expected, Given(changes));

    [Theory]
    [InlineData("10 1-2", "14.2 2-3")]
    [InlineData("10 1-4", "16 4-2", "26 2-5")]
    [InlineData("10 14-10", "11 10-9")]
    public void A_rule_is_not_stricter_than_the_product(params string[] changes)
    {
        var chronicle = Given(changes);
        var loose = Rules with { CooldownDown = TimeSpan.Zero };
        AssertClean(chronicle with { Policies = [new WrittenPolicy(Start, "web", loose)] });
    }

    [Fact]
    public void A_shrink_below_what_was_asked_for_within_the_window_is_a_breach_unless_nobody_could_see_the_wish()
    {
        var chronicle = Given("100 6-2") with { Demand = [new Asked(Start, "web", 6), new Asked(At(90), "web", 2)] };
        AssertBreach("6 were asked for within the last 20 s", chronicle);
        AssertClean(chronicle with { Demand = [new Asked(Start, "web", 6), new Asked(At(79), "web", 2)] });
        AssertClean(chronicle with { Blind = [new BlindTime(At(70), At(95))] });
        AssertBreach("6 were asked for", chronicle with { Blind = [new BlindTime(At(85), At(95))] });
    }

    [Fact]
    public void Other_peoples_changes_begin_a_cooldown_spend_a_limit_and_break_nothing_themselves()
    {
        var byHand = Given() with { ByHand = [new HandWrite(At(14), At(14.5), "web")] };
        AssertClean(byHand with { Updates = [Changed(14.2, 1, 12)] });
        AssertBreach("the cooldown is 5 s", byHand with { Updates = [Changed(14.2, 1, 2), Changed(16, 2, 3)], Claims = [Said(16.1, 2, 3)] });
        AssertBreach("7 more within 30 s", byHand with { Updates = [Changed(14.2, 1, 7), Changed(22, 7, 8)], Claims = [Said(22.1, 7, 8)] });
    }

    [Fact]
    public void What_a_person_stopped_stays_stopped()
    {
        var stopped = Given() with { Updates = [Changed(14.2, 3, 0), Changed(40, 0, 1)], Claims = [Said(40.1, 0, 1)] };
        AssertBreach("was a person's stop", stopped with { ByHand = [new HandWrite(At(14), At(14.5), "web")] });
    }

    [Fact]
    public void Back_to_what_somebody_reset_and_into_the_bounds_it_goes_at_once()
    {
        AssertClean(Given("10 5-9") with
        {
            Updates = [Changed(10, 5, 9), Changed(12, 9, 1), Changed(13, 1, 9)],
            Claims = [Said(10.1, 5, 9), Said(13.1, 1, 9, reason: "restore")],
            ByHand = [new HandWrite(At(11.9), At(12.1), "web")],
        });
        AssertClean(Given("10 5-9", "11 12-10") with { Updates = [Changed(10, 5, 9), Changed(10.5, 9, 12), Changed(11, 12, 10)], ByHand = [new HandWrite(At(10.4), At(10.6), "web")] });
    }

    [Fact]
    public void A_change_that_nobody_claims_is_a_breach()
    {
        var chronicle = Given("10 1-3") with { Claims = [] };
        AssertBreach("nobody says to have done this", chronicle);
        AssertClean(chronicle with { Deaths = [new Death(At(10.3), "a")] });
        AssertBreach("nobody says", chronicle with { Deaths = [new Death(At(14), "a")] });
        AssertClean(chronicle with { Claims = [Said(22, 1, 3, outcome: "unknown")] });
        AssertBreach("nobody says", chronicle with { Claims = [Said(10.1, 1, 3, outcome: "refused")] });
    }

    [Fact]
    public void A_killed_instance_explains_one_change_of_a_service_and_not_two()
    {
        var twice = Given("10 1-3", "15.5 3-5") with { Claims = [] };
        var updates = (IReadOnlyList<SeenUpdate>)[Changed(10, 1, 3), Changed(10.4, 3, 5)];
        AssertBreach("3 -> 5: nobody says", twice with { Updates = updates, Deaths = [new Death(At(10.2), "a")] });
    }

    [Fact]
    public void A_claim_that_no_manager_saw_is_a_breach()
    {
        var chronicle = Given("10 1-3");
        AssertBreach("said twice, or never done", chronicle with { Claims = [Said(10.1, 1, 3), Said(10.2, 1, 3, "b")] });
        AssertBreach("said twice, or never done", Given() with { Claims = [Said(10, 1, 3)] });
        AssertClean(Given() with { Claims = [Said(10, 1, 3, outcome: "conflict"), Said(11, 1, 3, outcome: "unknown")] });
    }

    [Fact]
    public void A_write_that_changed_nothing_is_a_breach_unless_it_was_by_hand()
    {
        var chronicle = Given() with { Updates = [new SeenUpdate(At(10), "web", "1", null, IsEmpty: true)] };
        AssertBreach("a write that changed nothing", chronicle);
        AssertClean(chronicle with { ByHand = [new HandWrite(At(9.9), At(10.1), "web")] });
    }

    [Fact]
    public void Only_the_instance_that_took_the_lease_last_may_act()
    {
        var chronicle = Given("10 1-2 a", "20 2-3 b", "30 3-4 a");
        Assert.Contains("30.000 web 3 -> 4 by a: the lease was b's", Assert.Single(ChronicleCheck.Breaches(chronicle with { Terms = [new Term(Start, "a"), new Term(At(15), "b")] })), StringComparison.Ordinal);
        AssertClean(chronicle with { Terms = [new Term(Start, "a"), new Term(At(15), "b"), new Term(At(29), "a")] });
        AssertBreach("the lease was nobody's", Given("10 1-2") with { Terms = [new Term(At(11), "a")] });
    }

    [Fact]
    public void While_an_edited_policy_is_picked_up_either_may_be_in_force()
    {
        var narrow = Rules with { Max = 3 };
        var chronicle = Given("55 3-5") with { Policies = [new WrittenPolicy(Start, "web", Rules), new WrittenPolicy(At(50), "web", narrow)] };
        AssertClean(chronicle);
        AssertBreach("outside 1 to 3", chronicle with { Policies = [new WrittenPolicy(Start, "web", Rules), new WrittenPolicy(At(40), "web", narrow)] });
    }

    [Fact]
    public void An_event_is_read_as_the_engine_sends_it()
    {
        const string Scaled = """{"Type":"service","Action":"update","Actor":{"ID":"y95oz","Attributes":{"name":"web","replicas.new":"4","replicas.old":"1"}},"scope":"swarm","time":1795250767,"timeNano":1795250767433893612}""";
        Assert.Equal(new SeenUpdate(DateTimeOffset.UnixEpoch.AddTicks(17952507674338936), "web", "y95oz", new CountChange(1, 4), false), EventRecorder.Read(Scaled));
        Assert.True(EventRecorder.Read(Scaled.Replace(",\"replicas.new\":\"4\",\"replicas.old\":\"1\"", "", StringComparison.Ordinal))!.IsEmpty);
        Assert.Null(EventRecorder.Read(Scaled.Replace("update", "remove", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_claim_is_read_as_the_log_tells_it()
    {
        string[] lines =
        [
            """{"time":"2026-01-01T00:00:10.020Z","level":"information","message":"web scale_up 1 -> 3 ...","service":"web","action":"scale_up","current":1,"desired":3,"reason":"recommend","outcome":"applied","trail":"","metrics":""}""",
            """{"time":"2026-01-01T00:00:11Z","level":"information","message":"web hold ...","service":"web","action":"hold","current":3,"desired":3,"reason":"cooldown","outcome":"held"}""",
            """{"time":"2026-01-01T00:00:12Z","level":"warning","message":"...","service":"web","action":"scale_down","current":3,"desired":2,"reason":"recommend","outcome":"unknown: whether web was changed is not known: timeout"}""",
            "   at Some.Stack.Trace()",
        ];
        Assert.Equal([Said(10.02, 1, 3), Said(12, 3, 2, outcome: "unknown")], InstanceLog.Claims("a", lines));
    }
}
