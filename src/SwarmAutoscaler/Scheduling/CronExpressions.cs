using Quartz;

namespace SwarmAutoscaler.Scheduling;

/// <summary>What the scheduler can run, asked when a policy is read, so that a wrong expression is an error of the document.</summary>
static class CronExpressions
{
    static readonly DateTimeOffset Past = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Whether Quartz understands the expression (six or seven fields, seconds first) and it ever fires.</summary>
    /// <param name="expression">As written in the policy.</param>
    /// <param name="problem">What is wrong, worded to follow the quoted expression; empty when it is valid.</param>
    public static bool IsValid(string expression, out string problem)
    {
        problem = Problem(expression);
        return problem.Length == 0;
    }

    /// <summary>Whether the zone is known here, by its IANA name.</summary>
    public static bool IsKnownTimeZone(string name) => TimeZoneInfo.TryFindSystemTimeZoneById(name, out _);

    static string Problem(string expression)
    {
        int fields = expression.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Length;
        if (fields is not (6 or 7))
            return $"has {fields} field{(fields == 1 ? "" : "s")}; a Quartz cron expression has 6 or 7, seconds first, for instance 0/30 * * * * ?";
        try
        {
            return new CronExpression(expression).GetNextValidTimeAfter(Past) is null ? "never comes true" : "";
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            return $"is not a Quartz cron expression: {e.Message}";
        }
    }
}
