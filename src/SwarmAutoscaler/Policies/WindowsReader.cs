using SwarmAutoscaler.Scheduling;

namespace SwarmAutoscaler.Policies;

/// <summary><c>schedules</c>: windows with bounds of their own.</summary>
static class WindowsReader
{
    static readonly TimeSpan ShortestDuration = TimeSpan.FromMinutes(1);
    static readonly TimeSpan LongestDuration = TimeSpan.FromDays(366);

    /// <param name="policy">The policy's mapping.</param>
    /// <param name="bounds">The policy's own bounds, or null when they are not known.</param>
    public static IReadOnlyList<ScheduleWindow> Read(FieldReader policy, ReplicaBounds? bounds)
    {
        var read = new List<PlacedWindow>();
        foreach (var fields in policy.Maps("schedules"))
        {
            if (ReadOne(fields) is not { } window)
                continue;
            if (read.Exists(other => other.Window.Name == window.Name))
                fields.Error("name", $"a schedule named '{window.Name}' is already there; names are unique within a policy");
            read.Add(new PlacedWindow(fields, window));
        }
        if (bounds is not null)
            WindowContradictions.Report(policy, read, bounds);
        return [.. read.Select(placed => placed.Window)];
    }

    /// <summary>A window may take the minimum to 0, whatever the policy's own is.</summary>
    public static bool MayReachZero(FieldReader policy) => policy.Maps("schedules").Any(window => window.Peek("min") is "0");

    static ScheduleWindow? ReadOne(FieldReader fields)
    {
        var name = fields.RequiredText("name");
        int? min = fields.Int("min"), max = fields.Int("max", min: 1);
        if (!fields.Has("min") && !fields.Has("max"))
            fields.Error("a schedule needs 'min' or 'max'");
        if (min > max)
            fields.Error("min", $"min ({min}) is above max ({max})");
        var hours = ReadHours(fields);
        fields.Done();
        return name is not null && hours is not null && !(min > max) ? new ScheduleWindow(name, min, max, hours) : null;
    }

    static CronWindow? ReadHours(FieldReader fields)
    {
        string? start = ReadCron(fields, "start"), end = ReadCron(fields, "end"), zone = ReadZone(fields);
        var duration = fields.Duration("duration", ShortestDuration, LongestDuration);
        if (!fields.Has("start"))
            fields.Error("'start' is missing, write for instance start: \"0 8 * * 1-5\"");
        if (fields.Has("end") == fields.Has("duration"))
            fields.Error("a schedule needs either 'end' or 'duration'");
        return (start, end, duration, zone) switch
        {
            ({ } from, { } to, null, { } at) => CronWindow.Between(from, to, at),
            ({ } from, null, { } lasting, { } at) => CronWindow.For(from, lasting, at),
            _ => null,
        };
    }

    static string? ReadCron(FieldReader fields, string key) => fields.Parse<Text>(key, text =>
        CronExpressions.IsValidOfFiveFields(text, out var problem) ? (new Text(text), null) : (null, problem))?.Value;

    /// <summary>UTC when absent; null when wrong.</summary>
    static string? ReadZone(FieldReader fields) => !fields.Has("timezone") ? "UTC" : fields.Parse<Text>("timezone", text =>
        CronExpressions.IsKnownTimeZone(text) ? (new Text(text), null) : (null, "is not a known time zone, write for instance Europe/Berlin"))?.Value;

    readonly record struct Text(string Value);
}

/// <summary>A window and where it stands.</summary>
readonly record struct PlacedWindow(FieldReader Fields, ScheduleWindow Window);
