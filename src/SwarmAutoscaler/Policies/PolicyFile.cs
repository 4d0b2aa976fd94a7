using System.Text;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace SwarmAutoscaler.Policies;

/// <summary>One file as it was last read.</summary>
/// <param name="Name">The path, as errors name it.</param>
/// <param name="Documents">Its documents; after an error the ones of its last readable version.</param>
/// <param name="Error">Why the file could not be read as YAML at all.</param>
sealed partial record PolicyFile(string Name, IReadOnlyList<PolicyDocument> Documents, DocumentError? Error)
{
    /// <summary>A file larger than this many bytes (1 MiB) is refused unread.</summary>
    public const int LargestFile = 1024 * 1024;

    static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>The file cannot be read and seems to hold <c>defaults</c>: what the policies would inherit is not known.</summary>
    public bool LosesDefaults { get; init; }

    public static PolicyFile Parse(string name, ReadOnlySpan<byte> content)
    {
        if (content.Length > LargestFile)
            return TooLarge(name);
        if (content.IsEmpty)
            return Broken(name, "the file is empty");
        string text;
        try
        {
            text = StrictUtf8.GetString(content);
        }
        catch (DecoderFallbackException)
        {
            return Broken(name, "the file is not valid UTF-8");
        }
        return Parse(name, text.StartsWith('\uFEFF') ? text[1..] : text);
    }

    public static PolicyFile TooLarge(string name) => Broken(name, "the file is larger than 1 MiB");

    /// <summary>A file that cannot be read at all.</summary>
    public static PolicyFile Broken(string name, string message) => new(name, [], new DocumentError(name, 1, 1, message));

    /// <summary>This error with the documents of the last readable version, if there was one.</summary>
    public PolicyFile Keeping(PolicyFile? last) =>
        Error is null || last is null ? this : this with { Documents = last.Documents, LosesDefaults = LosesDefaults && last.Documents.Count == 0 };

    static PolicyFile Parse(string name, string text)
    {
        var scan = new DocumentScan();
        try
        {
            if (scan.Run(new Parser(new StringReader(text))) is { } problem)
                return Failed(name, text, problem.Place, problem.Message);
            var stream = new YamlStream();
            stream.Load(new RecordedEvents(scan.Events));
            return new PolicyFile(name, [.. stream.Documents
                .Select((document, index) => new PolicyDocument(name, index, document.RootNode))
                .Where(document => document.Root.Node is not YamlScalarNode { Value: null or "" })], null);
        }
        catch (YamlException e)
        {
            return Failed(name, text, PlaceOf(e, text), $"not valid YAML: {Sentence(e.Message)}");
        }
        catch (InvalidOperationException)
        {
            // The scanner answers some unfinished flow collections with this instead of an error with a place.
            return Failed(name, text, scan.LastPlace, "not valid YAML: a '[' or '{' before this place is not closed");
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The YAML library lets some exceptions through that are none of its own, for instance for an impossible escape. They are this file's error and
            // must not hold up the others. Their text is not repeated, it may quote the file.
            return Failed(name, text, scan.LastPlace, "not valid YAML: what follows this place cannot be read");
        }
    }

    static PolicyFile Failed(string name, string text, Mark place, string message) =>
        new(name, [], new DocumentError(name, place.Line, place.Column, message)) { LosesDefaults = DefaultsKey().IsMatch(text) };

    /// <summary>The place of the mistake; for a tab the tab itself, which the scanner reports at the mapping it would belong to.</summary>
    static Mark PlaceOf(YamlException e, string text)
    {
        if (!e.Message.Contains("tab", StringComparison.OrdinalIgnoreCase))
            return e.Start;
        var lines = text.Split('\n');
        for (long line = Math.Max(1, e.Start.Line); line <= lines.Length; line++)
            if (lines[line - 1].IndexOf('\t', StringComparison.Ordinal) is >= 0 and var tab && string.IsNullOrWhiteSpace(lines[line - 1][..tab]))
                return new Mark(0, line, tab + 1);
        return e.Start;
    }

    static string Sentence(string message) => char.ToLowerInvariant(message[0]) + message[1..].TrimEnd('.');

    [GeneratedRegex("^[\"']?defaults[\"']?\\s*:", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex DefaultsKey();

    /// <summary>The events of a scan, played once more to build the nodes.</summary>
    sealed class RecordedEvents(IReadOnlyList<ParsingEvent> events) : IParser
    {
        int next;

        public ParsingEvent? Current { get; private set; }

        public bool MoveNext()
        {
            if (next == events.Count)
                return false;
            Current = events[next++];
            return true;
        }
    }
}
