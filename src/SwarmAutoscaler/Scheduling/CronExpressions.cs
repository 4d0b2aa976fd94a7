using Quartz;

namespace SwarmAutoscaler.Scheduling;

/// <summary>What the scheduler can run, asked when a policy is read, so that a wrong expression is an error of the document.</summary>
static class CronExpressions
{
    /// <summary>Earlier than any moment a policy could mean.</summary>
    static readonly DateTimeOffset Past = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Whether Quartz understands the expression (six or seven fields, seconds first) and it ever fires.</summary>
    /// <param name="expression">As written in the policy.</param>
    /// <param name="problem">What is wrong, worded to follow the quoted expression; empty when it is valid.</param>
    public static bool IsValid(string expression, out string problem)
    {
        problem = Fields(expression) is (6 or 7) ? Problem(expression, CronFormat.Quartz, "a Quartz cron expression")
            : $"{Counted(expression)}; a Quartz cron expression has 6 or 7, seconds first, for instance 0/30 * * * * ?";
        return problem.Length == 0;
    }

    /// <summary>Whether the expression is one of five fields, as crontab has them, and it ever comes true.</summary>
    /// <param name="expression">As written in the policy.</param>
    /// <param name="problem">What is wrong, worded to follow the quoted expression; empty when it is valid.</param>
    public static bool IsValidOfFiveFields(string expression, out string problem)
    {
        problem = Fields(expression) is 5 ? Problem(expression, CronFormat.Unix, "a cron expression")
            : $"{Counted(expression)}; a schedule's cron expression has 5 (minute, hour, day of month, month, day of week), for instance 0 8 * * 1-5";
        return problem.Length == 0;
    }

    /// <summary>Whether all times of a valid expression of six or seven fields, which may name years, have passed.</summary>
    public static bool IsOver(string expression, string timeZone, DateTimeOffset now) =>
        CronExpression.Parse(expression, CronFormat.Quartz).WithTimeZone(TimeZoneInfo.FindSystemTimeZoneById(timeZone)).GetNextValidTimeAfter(now.ToUniversalTime()) is null;

    /// <summary>Whether the zone is known here, by its IANA name.</summary>
    public static bool IsKnownTimeZone(string name) => TimeZoneInfo.TryFindSystemTimeZoneById(name, out _);

    static int Fields(string expression) => expression.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Length;

    static string Counted(string expression) => $"has {Fields(expression)} field{(Fields(expression) == 1 ? "" : "s")}";

    static string Problem(string expression, CronFormat format, string what)
    {
        try
        {
            return CronExpression.Parse(expression, format).GetNextValidTimeAfter(Past) is null ? "never comes true" : "";
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            return $"is not {what}: {e.Message.TrimEnd('.')}";
        }
    }
}
