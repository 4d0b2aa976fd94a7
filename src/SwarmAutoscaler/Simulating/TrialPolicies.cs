using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Simulating;

/// <summary>
/// The policy of a scenario, read by the same readers as those in force. Its metrics are given by the scenario, so no connection has to be defined; the
/// defaults and presets that stand beside a policy file count.
/// </summary>
sealed class TrialPolicies(IReadOnlyList<IMetricSource> sources)
{
    /// <summary>A scenario has its own time and evaluates at its steps, so that no schedule is over.</summary>
    static readonly DateTimeOffset Anytime = DateTimeOffset.UnixEpoch;

    readonly SharedSettingsReader shared = new(sources, EnvironmentConnections.StandIns(sources));

    /// <summary>The policy under <c>policy</c>, or in the file that <c>policy_file</c> names, as seen from the scenario's file; null when an error was reported.</summary>
    public ScalingPolicy? Read(FieldReader scenario, ICollection<DocumentError> errors, ICollection<DocumentError> warnings)
    {
        bool isInline = scenario.Map("policy") is not null;
        var path = scenario.Text("policy_file");
        if (scenario.Has("policy") == scenario.Has("policy_file"))
            scenario.Error("a scenario needs either 'policy' or 'policy_file'");
        else if (isInline)
            return Read(scenario.Place("policy"), [], errors, warnings);
        else if (path is not null)
            return ReadFile(scenario, Path.Combine(Path.GetDirectoryName(scenario.Here.File) ?? "", path), errors, warnings);
        return null;
    }

    ScalingPolicy? ReadFile(FieldReader scenario, string path, ICollection<DocumentError> errors, ICollection<DocumentError> warnings)
    {
        if (!File.Exists(path))
        {
            scenario.Error("policy_file", $"there is no file {path}");
            return null;
        }
        var file = new PolicyPaths([path]).Read(compareContent: true)[0];
        if (file.Error is { } broken)
            errors.Add(broken);
        var policies = file.Documents.Where(document => document.Kind == DocumentKind.Policy).ToList();
        if (file.Error is null && policies.Count != 1)
            scenario.Error("policy_file", $"{path} holds {policies.Count} policies; a scenario plays exactly one");
        return policies.Count == 1 ? Read(policies[0].Root, [.. file.Documents, .. Beside(path, errors)], errors, warnings) : null;
    }

    /// <summary>The documents of the other files in the folder, as far as they are readable; one that seems to hold defaults must be.</summary>
    static IEnumerable<PolicyDocument> Beside(string path, ICollection<DocumentError> errors)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        foreach (var file in new PolicyPaths([folder]).Read(compareContent: true))
        {
            if (file.LosesDefaults)
                errors.Add(file.Error!);
            if (Path.GetFileName(file.Name) != Path.GetFileName(path))
                foreach (var document in file.Documents)
                    yield return document;
        }
    }

    ScalingPolicy? Read(PlacedNode policy, IReadOnlyList<PolicyDocument> around, ICollection<DocumentError> errors, ICollection<DocumentError> warnings)
    {
        var reading = shared.Read([.. around.Where(document => document.Kind == DocumentKind.Shared)], new Dictionary<DocumentPlace, SharedDocument>(), Anytime);
        var found = new List<DocumentError>(reading.Errors);
        var read = new ScalingPolicyReader(sources, reading.Settings with { NamesAreEnough = true }, Anytime).Read(policy, found, warnings);
        foreach (var error in found)
            errors.Add(error);
        return found.Count == 0 ? read : null;
    }
}
