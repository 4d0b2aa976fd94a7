using SwarmAutoscaler.Scheduling;

namespace SwarmAutoscaler.Policies;

/// <summary><c>interval</c>, or <c>cron</c> with <c>timezone</c>.</summary>
static class ScheduleReader
{
    static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <param name="policy">The policy's mapping.</param>
    /// <param name="now">An expression whose last time is before it is refused.</param>
    public static EvaluationSchedule Read(FieldReader policy, DateTimeOffset now)
    {
        var interval = policy.Duration("interval", Shortest, Longest);
        var cron = policy.Parse<CronText>("cron", text => CronExpressions.IsValid(text, out var problem) ? (new CronText(text), null) : (null, problem));
        var zone = policy.Parse<CronText>("timezone", text =>
            CronExpressions.IsKnownTimeZone(text) ? (new CronText(text), null) : (null, "is not a known time zone, write for instance Europe/Berlin"));

        if (interval is { } precise && precise.Ticks % TimeSpan.TicksPerMillisecond != 0)
            policy.Error("interval", "'interval' must be whole milliseconds");
        if (policy.IsOwn("interval") && policy.IsOwn("cron"))
            policy.Error("cron", "'cron' and 'interval' exclude each other");
        if (policy.IsOwn("timezone") && (!policy.Has("cron") || UsesInterval(policy)))
            policy.Error("timezone", "'timezone' only means something together with 'cron'");

        if (cron is { } dated && (zone is not null || !policy.Has("timezone")) && CronExpressions.IsOver(dated.Text, zone?.Text ?? "UTC", now))
            policy.Error("cron", $"'cron': '{dated.Text}' has no time to come");

        if (UsesInterval(policy))
            return interval is { } every ? new IntervalSchedule(every) : IntervalSchedule.Default;
        return cron is { } expression ? new CronSchedule(expression.Text, zone?.Text ?? "UTC") : IntervalSchedule.Default;
    }

    /// <summary>The policy's own key wins over an inherited one; of two inherited ones the interval cannot be, it is refused in the defaults.</summary>
    static bool UsesInterval(FieldReader policy) => policy.Has("interval") && !policy.IsOwn("cron");

    readonly record struct CronText(string Text);
}
