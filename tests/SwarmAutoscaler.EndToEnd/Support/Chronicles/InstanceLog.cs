using System.Globalization;
using System.Text.Json.Nodes;

namespace SwarmAutoscaler.TestSupport;

/// <summary>What an instance's JSON log tells of its changes and of the lease.</summary>
static class InstanceLog
{
    /// <summary>The changes it says that it made, or may have made.</summary>
    public static IEnumerable<Claim> Claims(string instance, IEnumerable<string> lines) =>
        from line in lines.Select(Parse)
        where line?["action"]?.GetValue<string>() is "scale_up" or "scale_down" && line["outcome"] is not null
        select new Claim(
            At(line), instance, Text(line, "service"), new CountChange(line["current"]!.GetValue<int>(), line["desired"]!.GetValue<int>()), Text(line, "reason"),
            Text(line, "outcome").Split(':')[0]);

    /// <summary>When it took the lease.</summary>
    public static IEnumerable<Term> Terms(string instance, IEnumerable<string> lines) =>
        from line in lines.Select(Parse)
        where line is not null && Text(line, "message").Contains(" has the lease and acts from now on", StringComparison.Ordinal)
        select new Term(At(line), instance);

    /// <summary>The endpoint it used last; null before the first.</summary>
    public static string? Endpoint(IEnumerable<string> lines) => lines.Select(Parse)
        .Where(line => line is not null && Text(line, "message").StartsWith("Using the Docker engine at ", StringComparison.Ordinal))
        .Select(line => Text(line!, "endpoint")).LastOrDefault();

    static JsonNode? Parse(string line) => line.StartsWith('{') ? JsonNode.Parse(line) : null; // a stack trace follows its line as it is

    static DateTimeOffset At(JsonNode line) => DateTimeOffset.Parse(Text(line, "time"), CultureInfo.InvariantCulture);

    static string Text(JsonNode line, string name) => line[name]!.GetValue<string>();
}
