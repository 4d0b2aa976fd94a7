using System.Globalization;
using System.Text;
using System.Text.Json;
using SwarmAutoscaler.Measuring;

namespace SwarmAutoscaler.Policies;

/// <summary>
/// The one policy that environment variables can define: a service by its CPU utilization, one replica at a time. It becomes the document that it would be in
/// a file, so that everything after that (shared defaults, connections, checks, a second policy for the service) is the same; each line belongs to one
/// variable, which an error then names in place of a file and a line.
/// </summary>
static class EnvironmentPolicy
{
    public const string Prefix = "SWARM_AUTOSCALER_";

    const string
        Service = Prefix + "TARGET_SERVICE",
        Min = Prefix + "MIN_REPLICAS",
        Max = Prefix + "MAX_REPLICAS",
        Up = Prefix + "SCALE_UP_THRESHOLD",
        Down = Prefix + "SCALE_DOWN_THRESHOLD",
        Cooldown = Prefix + "COOLDOWN_SECONDS";

    /// <summary>Stands where the name of a file would.</summary>
    const string FileName = Prefix + "*";

    /// <summary>The longest window there is; the window for going down is as long as the cooldown.</summary>
    const int LongestCooldown = 3600;

    /// <summary>Tasks with a reservation and no limit may use more than 100 %; beyond this somebody mistyped.</summary>
    const double LargestPercentage = 1000;

    static readonly IReadOnlyList<(string Variable, string Line)> Document =
    [
        (Service, "service: {}"),
        (Max, "replicas:"),
        (Min, "  min: {}"),
        (Max, "  max: {}"),
        (Cooldown, "cooldown: {}"),
        (Cooldown, "scale_down:"),
        (Cooldown, "  stabilization: {}"),
        (Service, "metrics:"),
        (Service, "  - source: prometheus"),
        (Service, "    preset: cpu"),
        (Service, "    steps:"),
        (Up, "      - above: {}"),
        (Up, "        add: 1"),
        (Down, "      - below: {}"),
        (Down, "        remove: 1"),
    ];

    public static IReadOnlyList<string> Variables { get; } = [Service, Min, Max, Up, Down, Cooldown];

    /// <summary>The document; null when no variable is set or one is wrong.</summary>
    /// <param name="read">A variable by name: its value, null when it has none, and whether that is because it could not be read, which was reported.</param>
    /// <param name="report">Takes what is wrong, one line each, which names the variable.</param>
    public static PolicyFile? Read(Func<string, (string? Value, bool IsUnreadable)> read, Action<string> report)
    {
        var variables = Variables.ToDictionary(name => name, read);
        if (variables.Values.All(variable => variable == default))
            return null;
        if (variables[Service] == default)
            report($"{Service} is missing, it says which service the other {Prefix}… settings are for");
        if (variables[Max] == default)
            report($"{Max} is missing, it has no default");
        var (up, down) = (Percentage(Up, variables[Up].Value ?? "80", report), Percentage(Down, variables[Down].Value ?? "30", report));
        if (up <= down)
            report(string.Create(CultureInfo.InvariantCulture, $"{Down} ({down}%) must be below {Up} ({up}%)"));
        var cooldown = Seconds(variables[Cooldown].Value ?? "300", report);
        if (variables[Service].Value is not { } service || variables[Max].Value is not { } max || !(down < up) || cooldown is null)
            return null;
        return Written(new Dictionary<string, string>
        {
            [Service] = service,
            [Min] = variables[Min].Value ?? "1",
            [Max] = max,
            [Up] = string.Create(CultureInfo.InvariantCulture, $"{up}%"),
            [Down] = string.Create(CultureInfo.InvariantCulture, $"{down}%"),
            [Cooldown] = $"{cooldown}s",
        });
    }

    /// <summary>What is wrong with it whatever the files say, which is known at the start: one line each. A connection that it uses may still come with a file.</summary>
    public static IReadOnlyList<string> Check(PolicyFile? policy, IReadOnlyList<IMetricSource> sources)
    {
        var errors = new List<DocumentError>();
        var settings = SharedSettings.Of([], EnvironmentConnections.StandIns(sources));
        foreach (var document in policy?.Documents ?? [])
            new ScalingPolicyReader(sources, settings, DateTimeOffset.UnixEpoch).Read(document.Root, errors, warnings: []);
        return [.. errors.Select(error => error.ToString())];
    }

    /// <summary>The variable that a line of the document belongs to; null when the line is a file's.</summary>
    public static string? VariableAt(string file, long line) => file == FileName ? Document[(int)line - 1].Variable : null;

    /// <summary>Values are quoted: whatever they hold, each stays in its line.</summary>
    static PolicyFile Written(Dictionary<string, string> values) => PolicyFile.Parse(FileName, Encoding.UTF8.GetBytes(
        string.Join('\n', Document.Select(each => each.Line.Replace("{}", JsonSerializer.Serialize(values[each.Variable]), StringComparison.Ordinal)))));

    /// <summary><c>80</c> and <c>80%</c> are both 80 %. A bare 0.8 was meant as a share, and would add replicas all the time.</summary>
    static double? Percentage(string variable, string text, Action<string> report)
    {
        bool isBare = !text.EndsWith('%');
        if (!Numbers.TryParse(isBare ? text : text[..^1], out double percentage) || percentage is < 0 or > LargestPercentage)
            report($"{variable}: '{text}' is not a percentage from 0 to {LargestPercentage}, write for instance 80 or 80%");
        else if (isBare && percentage is > 0 and < 1)
            report($"{variable}: '{text}' is less than one percent, write 80 or 80% for eighty percent");
        else
            return percentage;
        return null;
    }

    static int? Seconds(string text, Action<string> report)
    {
        if (Numbers.IsWhole(text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) && seconds <= LongestCooldown)
            return seconds;
        report($"{Cooldown}: '{text}' is not a whole number of seconds from 0 to {LongestCooldown}");
        return null;
    }
}
