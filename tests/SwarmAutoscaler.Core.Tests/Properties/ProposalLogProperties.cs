using FsCheck;
using FsCheck.Fluent;
using SwarmAutoscaler.Constraining;
using Xunit;

namespace SwarmAutoscaler.Properties;

public sealed class ProposalLogProperties
{
    static readonly Gen<(int Later, int Replicas)[]> Sequences =
        (from later in Gen.Elements(0, 0, 15, 15, 15, 60) from replicas in Gen.Choose(0, 12) select (later, replicas)).ArrayOf();

    /// <summary>Fails when an entry as old as the window counts, and when a newer entry pushes out an older, more extreme one.</summary>
    [Fact]
    public void The_staircases_answer_like_a_list_of_everything() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(100), Prop.ForAll(Sequences.ToArbitrary(), added =>
    {
        var (log, all, now) = (ProposalLog.Empty, new List<(DateTimeOffset At, int Replicas)>(), Given.Now);
        foreach (var (later, replicas) in added)
        {
            now += Given.Seconds(later);
            log = log.Add(now, replicas, Given.Seconds(120));
            all.Add((now, replicas));
            if (!AnswersAlike(log, all, now) || !AnswersAlike(ProposalLog.Of(log.Entries), all, now) || !AnswersAlike(log, all, now + Given.Seconds(15)))
                return false;
        }
        return true;
    }));

    /// <summary>Fails when entries older than the window are kept.</summary>
    [Fact]
    public void The_log_does_not_grow_with_the_life_of_the_process()
    {
        var (log, now) = (ProposalLog.Empty, Given.Now);
        for (int cycle = 0; cycle < 10_000; cycle++)
            log = log.Add(now += Given.Seconds(15), cycle, Given.Seconds(300));
        Assert.Equal(20, log.Entries.Count());
    }

    static bool AnswersAlike(ProposalLog log, List<(DateTimeOffset At, int Replicas)> all, DateTimeOffset now)
    {
        foreach (int window in (int[])[0, 15, 30, 120])
            foreach (int present in (int[])[0, 6, 13])
            {
                var counting = all.Where(entry => entry.At > now - Given.Seconds(window)).Select(entry => entry.Replicas).Append(present).ToList();
                if (log.Highest(now, Given.Seconds(window), present) != counting.Max() || log.Lowest(now, Given.Seconds(window), present) != counting.Min())
                    return false;
            }
        return true;
    }
}
