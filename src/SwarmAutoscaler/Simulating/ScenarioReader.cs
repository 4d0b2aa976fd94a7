using System.Globalization;
using System.Text.RegularExpressions;
using SwarmAutoscaler.Constraining;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;
using YamlDotNet.RepresentationModel;

namespace SwarmAutoscaler.Simulating;

/// <summary>One YAML document to a <see cref="Scenario"/>. All mistakes are reported at their places, those of its policy too.</summary>
sealed partial class ScenarioReader(TrialPolicies policies)
{
    static readonly DateTimeOffset DefaultStart = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The scenario; null when an error was reported.</summary>
    /// <param name="document">The document.</param>
    /// <param name="defaultName">Its name when it has none.</param>
    /// <param name="errors">What is wrong.</param>
    /// <param name="warnings">What works but is probably not meant.</param>
    public PlacedScenario? Read(PlacedNode document, string defaultName, ICollection<DocumentError> errors, ICollection<DocumentError> warnings)
    {
        if (document.Node is not YamlMappingNode)
        {
            errors.Add(document.Error("a scenario must be a mapping with 'policy' or 'policy_file', 'service' and 'steps' or 'model'"));
            return null;
        }
        var found = new List<DocumentError>();
        var fields = new FieldReader(document, null, "", found);
        var policy = policies.Read(fields, found, warnings);
        var start = ReadStart(fields) ?? DefaultStart;
        var service = InitialServiceReader.Read(fields, policy?.Service ?? "", out bool zeroIsOurs);
        bool hasModel = fields.Has("model");
        var model = hasModel ? ServiceModelReader.Read(fields, policy, service) : null;
        var steps = hasModel && !fields.Has("steps") ? [] : ScenarioStepReader.ReadAll(fields, policy);
        var scenario = new Scenario
        {
            Name = fields.Text("name") ?? defaultName,
            Policy = policy ?? new ScalingPolicy { Service = "", Replicas = new ReplicaBounds(1, 1) },
            Start = start,
            Service = service,
            History = InitialHistoryReader.Read(fields, policy, start, service.Wanted) with { ZeroIsOurs = zeroIsOurs },
            Apply = fields.Flag("apply") ?? true,
            Steps = [.. steps.Select(step => step.Step)],
            Model = model,
        };
        fields.Done();
        foreach (var error in found)
            errors.Add(error);
        return found.Count == 0 ? new PlacedScenario(scenario, steps, fields.Place("model")) : null;
    }

    static DateTimeOffset? ReadStart(FieldReader fields) => fields.Parse<DateTimeOffset>("start", text =>
        !Timestamp().IsMatch(text) || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var start)
            ? (null, "is not a time, write for instance 2026-01-01T08:00:00Z")
            : start.Year is < 1970 or > 2099 ? (null, "must be from 1970 to 2099") : (start.ToUniversalTime(), null));

    [GeneratedRegex(@"\A\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d(:\d\d(\.\d{1,7})?)?([Zz]|[+-]\d\d:\d\d)?)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Timestamp();
}

/// <summary>A scenario and where its parts stand.</summary>
/// <param name="Scenario">What it says.</param>
/// <param name="Steps">Its steps; none with a model.</param>
/// <param name="ModelPlace">Where <c>model</c> stands; without one, where the scenario does.</param>
sealed record PlacedScenario(Scenario Scenario, IReadOnlyList<PlacedStep> Steps, PlacedNode ModelPlace);

/// <summary>A step as it is written.</summary>
/// <param name="Step">What it says.</param>
/// <param name="At">Its time as the author wrote it.</param>
/// <param name="Place">Where <c>expect</c> stands, or the step.</param>
sealed record PlacedStep(ScenarioStep Step, string At, PlacedNode Place);
