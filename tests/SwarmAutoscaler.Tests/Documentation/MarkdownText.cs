using System.Text.RegularExpressions;
using SwarmAutoscaler.TestSupport;

namespace SwarmAutoscaler.Documentation;

/// <summary>One Markdown file of the repository, taken apart as far as the tests need it.</summary>
sealed partial class MarkdownText
{
    readonly string text;

    MarkdownText(string path)
    {
        Path = System.IO.Path.GetRelativePath(Testbed.Repository, path);
        text = File.ReadAllText(path).ReplaceLineEndings("\n");
    }

    public static MarkdownText Readme { get; } = Of("README.md");

    public static MarkdownText Reference { get; } = Of("docs", "policies.md");

    /// <summary>All that people read: the README, and what lies under docs, policies and src.</summary>
    public static IReadOnlyList<MarkdownText> All { get; } =
    [
        Readme,
        .. new[] { "docs", "policies", "src" }
            .SelectMany(folder => Directory.EnumerateFiles(System.IO.Path.Combine(Testbed.Repository, folder), "*.md", SearchOption.AllDirectories))
            .Order(StringComparer.Ordinal).Select(path => new MarkdownText(path)),
    ];

    /// <summary>From the repository's root.</summary>
    public string Path { get; }

    public string Text => text;

    /// <summary>The blocks between fences: the word after the fence, the text, and the line in the file at which it begins.</summary>
    public IEnumerable<(string Language, string Text, int Line)> Blocks =>
        Fences().Matches(text).Select(match => (match.Groups[1].Value, match.Groups[2].Value, text[..match.Groups[2].Index].Count(letter => letter == '\n') + 1));

    /// <summary>What is written as code, in a line or in a block.</summary>
    public IEnumerable<string> Code => Blocks.Select(block => block.Text).Concat(InlineCode(Prose));

    /// <summary>Where the links lead; those in code are none.</summary>
    public IEnumerable<string> Links => LinkTargets().Matches(Inline().Replace(Prose, "")).Select(match => match.Groups[1].Value);

    /// <summary>The names by which a link reaches the headings.</summary>
    public IEnumerable<string> Anchors => Headings().Matches(Prose).Select(match =>
        string.Concat(match.Groups[1].Value.Trim().ToLowerInvariant().Where(letter => char.IsLetterOrDigit(letter) || letter is ' ' or '-' or '_')).Replace(' ', '-'));

    string Prose => Fences().Replace(text, "");

    /// <summary>The rows of all tables whose first column is headed so, each as its cells.</summary>
    public IReadOnlyList<string[]> Rows(string heading)
    {
        var lines = text.Split('\n');
        return [.. Enumerable.Range(0, lines.Length)
            .Where(index => lines[index].StartsWith($"| {heading} |", StringComparison.Ordinal))
            .SelectMany(index => lines.Skip(index + 2).TakeWhile(line => line.StartsWith('|')))
            .Select(line => line.Trim('|', ' ').Split(" | "))];
    }

    /// <summary>What stands between backticks.</summary>
    public static IEnumerable<string> InlineCode(string text) => Inline().Matches(text).Select(match => match.Groups[1].Value);

    static MarkdownText Of(params string[] path) => new(System.IO.Path.Combine([Testbed.Repository, .. path]));

    [GeneratedRegex(@"^```([^\n]*)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fences();

    [GeneratedRegex(@"`([^`\n]+)`")]
    private static partial Regex Inline();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex LinkTargets();

    [GeneratedRegex(@"^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Headings();
}
