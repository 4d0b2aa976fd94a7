using System.Text.RegularExpressions;

namespace SwarmAutoscaler.Documentation;

/// <summary>
/// Which keys the policy reader knows in one place. It is asked: every word that stands anywhere in the program is tried as a key there, and what the reader
/// does not call unknown is known. A key it looks for cannot be missed, because its name is a literal of the program.
/// </summary>
static partial class KnownKeys
{
    const string Nonsense = "zzz";

    static readonly IReadOnlyList<string> Words = ProgramLiterals.Matching(KeyForm());

    /// <summary>The known keys, each with the words its value is chosen from, if it is chosen from words.</summary>
    /// <param name="documents">Documents without a mistake, in which <c>…</c> stands where a key may be put. What is known in any of them is known.</param>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> In(params string[] documents) => In(PolicyErrors, documents);

    /// <summary>The same of another reader.</summary>
    /// <param name="errorsOf">The messages it has for a document.</param>
    /// <param name="documents">As above.</param>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> In(Func<string, IEnumerable<string>> errorsOf, params string[] documents)
    {
        List<string> ErrorsWith(string document, string key) => [.. errorsOf(document.Replace("…", $"{key}: {Nonsense}", StringComparison.Ordinal))];
        var known = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var document in documents)
        {
            if (!ErrorsWith(document, Nonsense).Any(error => IsUnknown(error, Nonsense)))
                throw new InvalidOperationException($"nothing is unknown in this place, so nothing can be found out here: {document}");
            foreach (var word in Words)
                if (ErrorsWith(document, word) is var errors && !errors.Any(error => IsUnknown(error, word)))
                    known[word] = errors.Select(error => Choices().Match(error)).FirstOrDefault(match => match.Success)?.Groups[1].Value.Split(", ") ?? [];
        }
        return known;
    }

    static IEnumerable<string> PolicyErrors(string document) => RealReader.Read("p.yml", document).Errors.Select(error => error.Message);

    static bool IsUnknown(string error, string key) => error.StartsWith($"unknown key '{key}'", StringComparison.Ordinal);

    [GeneratedRegex(@"\A[a-z][a-z_]*\z")]
    private static partial Regex KeyForm();

    [GeneratedRegex($"^'[a-z_]+': '{Nonsense}' is not one of (.+)$")]
    private static partial Regex Choices();
}
