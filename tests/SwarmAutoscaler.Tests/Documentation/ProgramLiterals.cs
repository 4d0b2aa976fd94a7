using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Documentation;

/// <summary>The texts that stand in the compiled program, each once.</summary>
static class ProgramLiterals
{
    static readonly IReadOnlyList<string> All = Read(typeof(PolicyReader).Assembly.Location);

    public static IReadOnlyList<string> Matching(Regex form) => [.. All.Where(literal => form.IsMatch(literal))];

    static List<string> Read(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        var metadata = file.GetMetadataReader();
        var literals = new SortedSet<string>(StringComparer.Ordinal);
        for (var handle = metadata.GetNextHandle(MetadataTokens.UserStringHandle(0)); !handle.IsNil; handle = metadata.GetNextHandle(handle))
            literals.Add(metadata.GetUserString(handle));
        return [.. literals];
    }
}
