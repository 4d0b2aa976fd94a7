using System.Text.RegularExpressions;
using SwarmAutoscaler.Api;
using SwarmAutoscaler.Applying;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler;

/// <summary>Environment variables to <see cref="ProcessOptions"/>. All mistakes are collected, one line each; a line never repeats a secret.</summary>
sealed partial class ProcessOptionsReader
{
    const string FileEnding = "_FILE";
    const string OwnPrefix = "AUTOSCALER_";

    static readonly IReadOnlyList<string> Known =
    [
        "AUTOSCALER_POLICIES", "AUTOSCALER_LISTEN", "AUTOSCALER_MODE", "AUTOSCALER_STATE", "AUTOSCALER_STATE_NAME", "AUTOSCALER_LOG_FORMAT", "AUTOSCALER_LOG_LEVEL",
        "AUTOSCALER_LABELS", ApiToken.Setting, .. EnvironmentPolicy.Variables,
    ];

    readonly IReadOnlyDictionary<string, string> environment;
    readonly List<string> errors = [];
    readonly HashSet<string> unreadable = new(StringComparer.Ordinal);

    ProcessOptionsReader(IReadOnlyDictionary<string, string> environment) => this.environment = environment;

    /// <summary>The options, which are only to be used when there are no errors.</summary>
    public static (ProcessOptions Options, IReadOnlyList<string> Errors) Read(IReadOnlyDictionary<string, string> environment)
    {
        var reader = new ProcessOptionsReader(environment);
        var options = reader.Read();
        reader.RefuseUnknown();
        return (options, reader.errors);
    }

    ProcessOptions Read()
    {
        var defaults = new ProcessOptions();
        if (Choice("AUTOSCALER_LABELS", false, ("true", true), ("false", false)))
            errors.Add("AUTOSCALER_LABELS: policies in service labels are not supported by this version");
        return new ProcessOptions
        {
            OnePolicy = EnvironmentPolicy.Read(name => (Value(name), unreadable.Contains(name)), Report),
            PoliciesMayBeMissing = EnvironmentPolicy.Variables.Any(name => Value(name) is not null),
            Policies = Paths("AUTOSCALER_POLICIES") ?? defaults.Policies,
            Listen = Listen() ?? defaults.Listen,
            Mode = Choice("AUTOSCALER_MODE", defaults.Mode, ("apply", PolicyMode.Apply), ("observe", PolicyMode.Observe)),
            State = Choice("AUTOSCALER_STATE", defaults.State, ("swarm", StateKeeping.Swarm), ("memory", StateKeeping.Memory)),
            StateName = StateName() ?? defaults.StateName,
            LogFormat = Choice(LoggingSetup.FormatSetting, defaults.LogFormat, ("json", LogFormat.Json), ("text", LogFormat.Text)),
            LogLevel = Level() ?? defaults.LogLevel,
            ApiToken = Token(),
            Engine = Engine() ?? defaults.Engine,
            Connections =
            [
                .. Connection("prometheus", ("PROMETHEUS_URL", "url")),
                .. Connection("rabbitmq", ("RABBITMQ_URL", "url"), ("RABBITMQ_MANAGEMENT_URL", "management_url")),
                .. Connection("redis", ("REDIS_URL", "url")),
            ],
        };
    }

    /// <summary>The variable, or the content of the file <c>NAME_FILE</c> names; nothing when unset or empty, as Compose leaves it.</summary>
    string? Value(string name)
    {
        var value = environment.GetValueOrDefault(name) is { Length: > 0 } text ? text : null;
        if (environment.GetValueOrDefault(name + FileEnding) is not { Length: > 0 } path)
            return value;
        if (value is not null)
        {
            Report($"{name} and {name}{FileEnding} are both set; set one of them");
            return value;
        }
        try
        {
            return SecretFile.Read(path) is { Length: > 0 } content ? content : null;
        }
        catch (IOException)
        {
            unreadable.Add(name);
            Report($"{name}{FileEnding}: the file '{path}' cannot be read");
            return null;
        }
    }

    T Choice<T>(string name, T otherwise, params (string Word, T Value)[] choices)
    {
        if (Value(name) is not { } text)
            return otherwise;
        foreach (var (word, value) in choices)
            if (string.Equals(word, text, StringComparison.OrdinalIgnoreCase))
                return value;
        Report($"{name}: '{text}' is not one of {string.Join(", ", choices.Select(choice => choice.Word))}");
        return otherwise;
    }

    string[]? Paths(string name)
    {
        if (Value(name) is not { } text)
            return null;
        var paths = PolicyPaths.Split(text);
        if (paths.Length == 0)
            Report($"{name}: '{text}' names no path");
        return paths;
    }

    ListenAddress? Listen()
    {
        if (Value(ListenAddress.Setting) is not { } text)
            return null;
        if (ListenAddress.TryParse(text, out var address))
            return address;
        Report($"{ListenAddress.Setting}: '{text}' {ListenAddress.Problem}");
        return null;
    }

    string? StateName()
    {
        if (Value("AUTOSCALER_STATE_NAME") is not { } text)
            return null;
        if (StateNameForm().IsMatch(text))
            return text;
        Report($"AUTOSCALER_STATE_NAME: '{text}' must be 1 to 50 letters, digits, '-', '_' or '.', with a letter or digit at both ends");
        return null;
    }

    /// <summary>As Swarm's names of configs, with room for our endings.</summary>
    [GeneratedRegex(@"\A(?=.{1,50}\z)[a-zA-Z0-9]+([a-zA-Z0-9_.-]*[a-zA-Z0-9])?\z")]
    private static partial Regex StateNameForm();

    LogLevel? Level()
    {
        if (Value(LoggingSetup.LevelSetting) is not { } text)
            return null;
        if (LoggingSetup.TryParseLevel(text, out var level))
            return level;
        Report($"{LoggingSetup.LevelSetting}: '{text}' is not one of trace, debug, information, warning, error, critical");
        return null;
    }

    ApiToken? Token()
    {
        if (Value(ApiToken.Setting) is not { } text)
            return null;
        if (!ApiToken.TryParse(text, out var token))
            Report($"{ApiToken.Setting} {ApiToken.Problem}");
        return token;
    }

    DockerEngineOptions? Engine()
    {
        var (engine, problem) = DockerEngineOptions.Parse(Value("DOCKER_HOST"), Value("DOCKER_CERT_PATH"), Value("DOCKER_TLS_VERIFY"));
        if (problem is not null)
            Report(problem);
        return engine;
    }

    IEnumerable<ConnectionSetting> Connection(string kind, params (string Variable, string Key)[] variables)
    {
        var keys = variables.Select(variable => (variable.Variable, variable.Key, Value: Value(variable.Variable)))
            .Where(entry => entry.Value is not null)
            .Select(entry => (entry.Variable, entry.Key, entry.Value!))
            .ToList();
        return keys.Count == 0 ? [] : [new ConnectionSetting(kind, keys)];
    }

    /// <summary>A mistyped name would otherwise be a setting that silently does nothing.</summary>
    void RefuseUnknown()
    {
        foreach (var (variable, value) in environment.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var name = variable.EndsWith(FileEnding, StringComparison.Ordinal) ? variable[..^FileEnding.Length] : variable;
            if (value.Length == 0)
                continue;
            if (WithoutPrefix(name) != name && !Known.Contains(name))
                Report($"{variable}: there is no such setting{Suggestion(name)}");
        }
    }

    /// <summary>Compared without the prefixes that they have in common; one of the two may be the mistake.</summary>
    static string Suggestion(string name)
    {
        var known = Known.ToDictionary(WithoutPrefix);
        return Nearest.Find(WithoutPrefix(name), known.Keys) is { } near ? $", did you mean '{known[near]}'?" : "";
    }

    /// <summary>The name itself when it is none of ours.</summary>
    static string WithoutPrefix(string name) =>
        ((string[])[OwnPrefix, EnvironmentPolicy.Prefix]).Where(prefix => name.StartsWith(prefix, StringComparison.Ordinal)).Select(prefix => name[prefix.Length..]).FirstOrDefault(name);

    /// <summary>Once: a setting may be asked for twice.</summary>
    void Report(string error)
    {
        if (!errors.Contains(error))
            errors.Add(error);
    }
}
