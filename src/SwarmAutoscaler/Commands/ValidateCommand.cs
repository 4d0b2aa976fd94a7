using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Commands;

/// <summary><c>validate [PATH…]</c>: checks documents without running anything. Exit 0 good, 1 errors, 2 usage.</summary>
static class ValidateCommand
{
    static readonly JsonWriterOptions Json = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="sources">The metric sources, which know the words of their metrics and connections. They are asked to read nothing else.</param>
    /// <param name="environment">The environment variables of the process.</param>
    public static Command Create(IReadOnlyList<IMetricSource> sources, IReadOnlyDictionary<string, string> environment)
    {
        var paths = new Argument<string[]>("PATH")
        {
            Description = "Policy files and folders. Default: what run reads: AUTOSCALER_POLICIES, else policies/, and the policy in the environment",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var format = new Option<string>("--format") { Description = "text or json", DefaultValueFactory = _ => "text", HelpName = "text|json" };
        var command = new Command("validate", "Check policy documents without running anything.") { paths, format };
        command.SetAction(parsed => Run(
            parsed.GetValue(paths) ?? [], parsed.GetValue(format)!, sources, environment, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    static int Run(
        string[] arguments, string format, IReadOnlyList<IMetricSource> sources, IReadOnlyDictionary<string, string> environment, TextWriter output, TextWriter error)
    {
        var (options, settingErrors) = ProcessOptionsReader.Read(environment);
        var (connections, connectionErrors) = EnvironmentConnections.Read(options.Connections, sources);
        bool asRun = arguments.Length == 0;
        IReadOnlyList<string> paths = asRun ? options.Policies : [.. arguments.SelectMany(PolicyPaths.Split)];
        var wrong = new List<string>(settingErrors.Concat(connectionErrors).Concat(EnvironmentPolicy.Check(options.OnePolicy, sources)));
        if (format is not ("text" or "json"))
            wrong.Add($"--format: '{format}' is not one of text, json");
        if (paths.Count == 0)
            wrong.Add("PATH names no path");
        bool mayBeMissing = asRun && options.PoliciesMayBeMissing;
        wrong.AddRange(paths.Where(path => !mayBeMissing && !Path.Exists(path)).Select(path => $"{path}: no such file or folder"));
        if (wrong.Count > 0)
        {
            wrong.ForEach(error.WriteLine);
            return ExitCode.Usage;
        }
        var files = new PolicyPaths(paths, mayBeMissing).Read(compareContent: true);
        var own = asRun ? options.OnePolicy : null;
        var set = new PolicyReader(sources, connections, TimeProvider.System, own).Read(files, PolicySet.Empty);
        if (format == "json")
            WriteJson(set, files.Count, output);
        else
            WriteText(set, Counted(files.Count, "file") + (own is null ? "" : " and the environment"), output, error);
        return set.Errors.Count == 0 ? ExitCode.Good : ExitCode.Errors;
    }

    static void WriteText(PolicySet set, string places, TextWriter output, TextWriter error)
    {
        foreach (var mistake in set.Errors)
            error.WriteLine(mistake);
        foreach (var doubt in set.Warnings)
            error.WriteLine(doubt with { Message = $"warning: {doubt.Message}" });
        if (set.Errors.Count > 0)
            error.WriteLine(Counted(set.Errors.Count, "error"));
        else
            output.WriteLine($"good: {Counted(set.Policies.Count, "policy", "policies")}, {Counted(set.Connections, "connection")} in {places}");
    }

    static void WriteJson(PolicySet set, int files, TextWriter output)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Json))
        {
            json.WriteStartObject();
            WriteList(json, "errors", set.Errors);
            WriteList(json, "warnings", set.Warnings);
            json.WriteNumber("policies", set.Policies.Count);
            json.WriteNumber("connections", set.Connections);
            json.WriteNumber("files", files);
            json.WriteEndObject();
        }
        output.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.ToArray()));
    }

    static void WriteList(Utf8JsonWriter json, string name, IReadOnlyList<DocumentError> entries)
    {
        json.WriteStartArray(name);
        foreach (var entry in entries)
        {
            json.WriteStartObject();
            json.WriteString("file", entry.File);
            if (entry.Line > 0)
            {
                json.WriteNumber("line", entry.Line);
                json.WriteNumber("column", entry.Column);
            }
            json.WriteString("message", entry.Message);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    static string Counted(int count, string one, string? several = null) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : several ?? one + "s")}");
}
