namespace SwarmAutoscaler.Policies;

/// <summary>The known word a mistyped one was probably meant to be.</summary>
static class Nearest
{
    /// <summary><c>, did you mean 'min'?</c>, or nothing when no known word is near.</summary>
    public static string Suggestion(string word, IEnumerable<string> known) => Find(word, known) is { } near ? $", did you mean '{near}'?" : "";

    /// <summary>The nearest word within a third of the length in edits; the first in alphabetical order of equally near ones.</summary>
    public static string? Find(string word, IEnumerable<string> known)
    {
        if (word.Length > 100)
            return null;
        return known.Select(candidate => (candidate, Edits: Edits(word, candidate)))
            .Where(pair => pair.Edits <= Math.Max(1, (word.Length + 1) / 3))
            .OrderBy(pair => pair.Edits).ThenBy(pair => pair.candidate, StringComparer.Ordinal)
            .Select(pair => pair.candidate)
            .FirstOrDefault();
    }

    static int Edits(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (int i = 1; i <= from.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(diagonal + (from[i - 1] == to[j - 1] ? 0 : 1), 1 + Math.Min(row[j], row[j - 1])));
        }
        return row[to.Length];
    }
}
