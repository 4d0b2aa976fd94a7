using Quartz;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Scheduling;

/// <summary>
/// Hours between cron expressions of five fields, or for a time after each start, on the clock of a time zone. Active when the last start is later than the
/// last end, or the time since the last start has not passed yet; so it goes across midnight, and a start and an end at one moment are no hours at all.
/// Where clocks go forward, a time that is skipped is the moment they went forward to; where they go back, a time that comes twice is the first of the two.
/// </summary>
sealed class CronWindow : IActiveHours
{
    readonly CronExpression start;
    readonly CronExpression? end;
    readonly TimeSpan duration;
    volatile Span last = new(DateTimeOffset.MaxValue, DateTimeOffset.MaxValue, false);

    CronWindow(CronExpression start, CronExpression? end, TimeSpan duration) => (this.start, this.end, this.duration) = (start, end, duration);

    /// <param name="start">A valid expression of five fields.</param>
    /// <param name="end">Another one.</param>
    /// <param name="timeZone">A known IANA name.</param>
    public static CronWindow Between(string start, string end, string timeZone) => new(Parse(start, timeZone), Parse(end, timeZone), default);

    /// <param name="start">A valid expression of five fields.</param>
    /// <param name="duration">Above 0 s; elapsed time, whatever the clocks do.</param>
    /// <param name="timeZone">A known IANA name.</param>
    public static CronWindow For(string start, TimeSpan duration, string timeZone) => new(Parse(start, timeZone), null, duration);

    /// <summary>An answer holds until the next start or end, so that a decision does not search a calendar each time.</summary>
    public bool IsActive(DateTimeOffset at)
    {
        var known = last;
        if (at < known.From || at >= known.Until)
            last = known = Search(at);
        return known.IsActive;
    }

    /// <summary>The moments at which the window may begin or end, in order.</summary>
    public IEnumerable<DateTimeOffset> Edges(DateTimeOffset from, DateTimeOffset until)
    {
        for (var at = Search(from).Until; at < until; at = Search(at).Until)
            yield return at;
    }

    Span Search(DateTimeOffset at)
    {
        at = at.ToUniversalTime(); // Quartz takes the clock of another offset for the one of its zone where that is UTC
        var lastStart = LastAtOrBefore(start, at);
        var nextStart = start.GetNextValidTimeAfter(at) ?? DateTimeOffset.MaxValue;
        if (end is not null)
        {
            var lastEnd = LastAtOrBefore(end, at);
            var nextEnd = end.GetNextValidTimeAfter(at) ?? DateTimeOffset.MaxValue;
            return new Span(at, Earlier(nextStart, nextEnd), lastStart is not null && (lastEnd is null || lastStart > lastEnd));
        }
        var ends = lastStart + duration;
        return ends > at ? new Span(at, Earlier(nextStart, ends.Value), true) : new Span(at, nextStart, false);
    }

    /// <summary>Cron knows whole seconds; the search is for what lies strictly before.</summary>
    static DateTimeOffset? LastAtOrBefore(CronExpression expression, DateTimeOffset at) =>
        expression.GetPreviousValidTimeBefore(at.AddTicks(-at.Ticks % TimeSpan.TicksPerSecond).AddSeconds(1));

    static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    static CronExpression Parse(string expression, string timeZone) =>
        CronExpression.Parse(expression, CronFormat.Unix).WithTimeZone(TimeZoneInfo.FindSystemTimeZoneById(timeZone));

    sealed record Span(DateTimeOffset From, DateTimeOffset Until, bool IsActive);
}
