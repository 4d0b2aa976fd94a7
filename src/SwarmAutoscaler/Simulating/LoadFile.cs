using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Simulating;

/// <summary>
/// A load from a CSV file: <c>seconds,arrivals</c>, the time since the start and what arrives per second from then on. Empty lines, lines that begin with
/// <c>#</c> and a first line of just these two words are no rows.
/// </summary>
sealed class LoadFile(string file, ICollection<DocumentError> errors)
{
    /// <summary>Arrivals per second, and capacity: sums of them over years are still exact enough.</summary>
    public const int MostArrivals = 1_000_000_000;

    const string Header = "seconds,arrivals";
    const int LongestEcho = 60;

    /// <summary>A year in minutes has half a million rows, about 8 MiB.</summary>
    const long LargestFile = 32 << 20;

    static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    readonly List<LoadRow> rows = [];
    readonly int errorsBefore = errors.Count;

    /// <summary>The load; null when an error was reported.</summary>
    public static LoadCurve? Read(string path, ICollection<DocumentError> errors)
    {
        try
        {
            if (new FileInfo(path).Length <= LargestFile)
                return new LoadFile(path, errors).Read(File.ReadLines(path));
            errors.Add(new DocumentError(path, 1, 1, $"the file is larger than {LargestFile >> 20} MiB"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add(new DocumentError(path, 1, 1, $"the file cannot be read: {(e is UnauthorizedAccessException ? "permission denied" : e.Message)}"));
        }
        return null;
    }

    LoadCurve? Read(IEnumerable<string> lines)
    {
        int number = 0;
        bool mayBeHeader = true;
        foreach (var line in lines)
        {
            number++;
            var text = line.Trim();
            if (text.Length == 0 || text[0] == '#')
                continue;
            if (!mayBeHeader || text.Replace(" ", "", StringComparison.Ordinal) != Header)
                ReadRow(line, number);
            mayBeHeader = false;
        }
        if (errors.Count == errorsBefore && rows.Count < 2)
            Error(Math.Max(1, number), 1, "a load has at least two rows; the last one says when it ends");
        return errors.Count == errorsBefore ? new LoadCurve(rows) : null;
    }

    void ReadRow(string line, int number)
    {
        var fields = line.Split(',');
        if (fields.Length != 2)
        {
            Error(number, 1, $"a row has two values, {Header}; this one has {fields.Length}");
            return;
        }
        double? seconds = ReadNumber(fields[0], number, 1, Longest.TotalSeconds), arrivals = ReadNumber(fields[1], number, fields[0].Length + 2, MostArrivals);
        if (seconds is null || arrivals is null)
            return;
        var row = new LoadRow(TimeSpan.FromSeconds(seconds.Value), arrivals.Value);
        if (rows.Count == 0 && row.At > TimeSpan.Zero)
            Error(number, Column(fields[0], 1), $"the first row must be at 0 seconds, not at {fields[0].Trim()}: what arrives before it is not known");
        else if (rows.Count > 0 && row.At <= rows[^1].At)
            Error(number, Column(fields[0], 1), $"{fields[0].Trim()} seconds are not after the row before");
        rows.Add(row);
    }

    double? ReadNumber(string field, int line, int column, double most)
    {
        var text = field.Trim();
        var problem = text.Length == 0 ? "a value is missing"
            : !Numbers.TryParse(text, out var value) ? $"'{(text.Length <= LongestEcho ? text : text[..LongestEcho] + "…")}' is not a number"
            : value < 0 || value > most ? FormattableString.Invariant($"{text} must be from 0 to {most}") : null;
        if (problem is not null)
            Error(line, Column(field, column), problem);
        return problem is null && Numbers.TryParse(text, out var number) ? number : null;
    }

    /// <summary>Where a value begins after the spaces before it.</summary>
    static int Column(string field, int column) => field.Length == 0 ? column : column + field.Length - field.TrimStart().Length;

    void Error(int line, int column, string message) => errors.Add(new DocumentError(file, line, column, message));
}
