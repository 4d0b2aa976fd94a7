using FsCheck;
using FsCheck.Fluent;
using SwarmAutoscaler.Constraining;
using SwarmAutoscaler.Policies;
using SwarmAutoscaler.Properties;
using Xunit;

namespace SwarmAutoscaler.Coordinating;

/// <summary>What must hold for every policy and history that is stored and read again, by the real encoding.</summary>
public sealed class StoredHistoryProperties
{
    /// <summary>Fails when any fact is left out, when times are rounded to seconds, and when what is open is closed at the wrong time.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_restart_decides_what_no_restart_would_have_decided(bool isClosed) => Holds(
        from given in Cases.All
        from rows in Cases.Value.ArrayOf(given.Values.Length).ArrayOf(12)
        select (given, rows),
        story =>
        {
            var (running, restarted) = (Start(story.given), Start(story.given));
            foreach (double[] values in story.rows)
            {
                if (!Same(running.After(15, values), restarted.After(15, values)))
                    return false;
                restarted.History = Restarted(restarted, isClosed, aliveAfter: 0, downFor: 10).History;
            }
            return true;
        });

    /// <summary>
    /// The holder was killed up to 14 s after its last evaluation and was alive until then. Fails when what is open is taken to have ended earlier than
    /// that.
    /// </summary>
    [Fact]
    public void After_a_kill_nothing_is_lowered_that_would_not_have_been_lowered_without_it() => Holds(
        from given in Cases.All
        from rows in Cases.Value.ArrayOf(given.Values.Length).ArrayOf(12)
        from last in Cases.Value.ArrayOf(given.Values.Length)
        from alive in Gen.Choose(0, 14)
        select (given, rows, last, alive),
        story =>
        {
            var (running, successor) = (Start(story.given), Start(story.given));
            foreach (double[] values in story.rows)
            {
                running.After(15, values);
                successor.After(15, values);
            }
            successor.History = Restarted(successor, isClosed: false, story.alive, downFor: 14).History;
            return KeepsAsMuch(successor.After(15, story.last), running.After(15, story.last));
        });

    /// <summary>Another instance has looked on, some seconds later each time. Fails when its proposals replace those that were stored.</summary>
    [Fact]
    public void Whoever_looked_on_takes_over_without_lowering_earlier_than_the_one_that_acted() => Holds(
        from any in Cases.All
        let given = any with { Policy = any.Policy with { ScaleDown = new ScalingRules { Stabilization = Given.Seconds(60) }, Windows = [] } }
        from rows in Cases.Value.ArrayOf(given.Values.Length).ArrayOf(12)
        from seen in Cases.Value.ArrayOf(given.Values.Length).ArrayOf(12)
        from last in Gen.Choose(0, 4).Select(value => (double)value).ArrayOf(given.Values.Length)
        select (given, rows, seen, last),
        story =>
        {
            var (running, acting, looking) = (Start(story.given), Start(story.given), Start(story.given));
            for (int i = 0; i < story.rows.Length; i++)
            {
                running.After(15, story.rows[i]);
                acting.After(15, story.rows[i]);
                looking.Fate = Fate.Refused;
                looking.After(15, story.seen[i]);
                looking.Wanted = acting.Wanted;
            }
            var own = new RememberedHistory(looking.History, looking.Now, 0);
            acting.History = Succession.Of(Restarted(acting, isClosed: true, 0, 5), own, acting.Now).History;
            return KeepsAsMuch(acting.After(15, story.last), running.After(15, story.last));
        });

    /// <summary>A fact that is added to the history and forgotten here would be lost by a restart.</summary>
    [Fact]
    public void Every_fact_of_a_history_is_stored() => Assert.Equal(
        ["Attempt", "Changes", "GivenBack", "IsKnown", "IsResumed", "LastActive", "LastDecided", "LastSeen", "Metrics", "Proposals", "ServiceId", "Unplaced", "ZeroIsOurs"],
        typeof(ScalingHistory).GetProperties(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Instance)
            .Select(property => property.Name).Order(StringComparer.Ordinal));

    static void Holds<T>(Gen<T> cases, Func<T, bool> property) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200), Prop.ForAll(cases.ToArbitrary(), property));

    static Story Start(Case given) => new(given.Policy, given.Service.Wanted) { History = given.Past.At(Given.Now, given.Policy) };

    /// <summary>Written after the last evaluation, read by the next process.</summary>
    static RememberedHistory Restarted(Story story, bool isClosed, double aliveAfter, double downFor)
    {
        var memory = new ServiceHistories();
        memory.Remember(story.Policy with { Service = "web" }, story.History, story.Now, memory.Term);
        string text = HistoryLabel.Write(memory.Snapshot(), isClosed);
        var (services, problem) = HistoryLabel.Read(text, story.Now.AddSeconds(aliveAfter));
        Assert.Null(problem);
        return Succession.Of(services!["web"], null, story.Now.AddSeconds(downFor));
    }

    /// <summary>How often a metric was missing is counted only as far as it matters, so the sentences may differ in that number.</summary>
    static bool Same(ScalingDecision first, ScalingDecision second) =>
        (first.Desired, first.Proposed, first.Reason) == (second.Desired, second.Proposed, second.Reason)
        && first.Trail.Select(step => (step.Step, step.From, step.To)).SequenceEqual(second.Trail.Select(step => (step.Step, step.From, step.To)));

    /// <summary>Both decide on the same count; one may raise it later, but must not lower it further.</summary>
    static bool KeepsAsMuch(ScalingDecision successor, ScalingDecision running) =>
        Math.Min(successor.Desired, successor.Current) >= Math.Min(running.Desired, running.Current);
}
