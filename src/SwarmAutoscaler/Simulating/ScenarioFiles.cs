using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Simulating;

/// <summary>The scenarios of some files, in their order. A wrong one does not keep the others from being played.</summary>
sealed class ScenarioFiles(IReadOnlyList<IMetricSource> sources)
{
    public (IReadOnlyList<PlacedScenario> Scenarios, IReadOnlyList<DocumentError> Errors, IReadOnlyList<DocumentError> Warnings) Read(IEnumerable<string> paths)
    {
        var reader = new ScenarioReader(new TrialPolicies(sources));
        var (scenarios, errors, warnings) = (new List<PlacedScenario>(), new List<DocumentError>(), new List<DocumentError>());
        foreach (var file in paths.SelectMany(path => new PolicyPaths([path]).Read(compareContent: true)))
        {
            if (file.Error is { } broken)
                errors.Add(broken);
            else if (file.Documents.Count == 0)
                errors.Add(new DocumentError(file.Name, 1, 1, "there is no scenario in this file"));
            foreach (var (document, index) in file.Documents.Select((document, index) => (document, index)))
                if (reader.Read(document.Root, $"{Path.GetFileNameWithoutExtension(file.Name)} {index + 1}", errors, warnings) is { } scenario)
                    scenarios.Add(scenario);
        }
        return (scenarios, InOrder(errors), InOrder(warnings));
    }

    /// <summary>Several scenarios may play one policy, whose mistakes are said once.</summary>
    static List<DocumentError> InOrder(List<DocumentError> errors) =>
        [.. errors.Distinct().OrderBy(error => error.File, StringComparer.Ordinal).ThenBy(error => error.Line).ThenBy(error => error.Column)
            .ThenBy(error => error.Message, StringComparer.Ordinal)];
}
