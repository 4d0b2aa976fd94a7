using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace SwarmAutoscaler.Policies;

/// <summary>
/// Goes over a file's events before any node is built: building nodes recurses (deep nesting would end the process) and reading them follows
/// aliases (a few lines could stand for billions of nodes). Depth and size are counted with every alias written out.
/// </summary>
sealed class DocumentScan
{
    /// <summary>Collections inside collections; a policy needs five.</summary>
    const int DeepestNesting = 32;

    /// <summary>Nodes of a file with its aliases written out; a file of 1 MiB can hold about half as many.</summary>
    const int MostNodes = 1_000_000;

    readonly List<ParsingEvent> events = [];
    readonly Stack<Open> open = new();
    readonly Dictionary<AnchorName, (long Nodes, int Depth)> anchors = [];
    long nodes;

    public IReadOnlyList<ParsingEvent> Events => events;

    /// <summary>The start of the last event that could be read.</summary>
    public Mark LastPlace => events.Count == 0 ? new Mark(0, 1, 1) : events[^1].Start;

    /// <summary>The first thing that is refused, or null.</summary>
    public (Mark Place, string Message)? Run(IParser parser)
    {
        while (parser.MoveNext())
        {
            var current = parser.Current!;
            events.Add(current);
            if (Refuse(current) is { } message)
                return (current.Start, message);
        }
        return null;
    }

    string? Refuse(ParsingEvent current)
    {
        switch (current)
        {
            case DocumentStart:
                anchors.Clear();
                return null;
            case AnchorAlias alias:
                return Refuse(alias);
            case MappingEnd or SequenceEnd:
                Close();
                return null;
            case NodeEvent { Tag: { IsEmpty: false, IsNonSpecific: false } }:
                return "tags are not supported; a text that begins with ! needs quotes"; // not quoted: a secret that begins with ! is read as a tag, one that begins with * as an alias
            case Scalar scalar:
                Count(1);
                Remember(scalar.Anchor, 1, 0);
                return TooLarge();
            case NodeEvent node:
                return IsKey() ? "a key must be a plain text" : OpenOne(node);
            default:
                return null;
        }
    }

    string? Refuse(AnchorAlias alias)
    {
        if (IsKey())
            return "a key must be a plain text, not an alias";
        if (!anchors.TryGetValue(alias.Value, out var target))
            return "the alias refers to nothing before it; a text that begins with * needs quotes";
        Count(target.Nodes);
        if (open.TryPeek(out var parent))
            parent.Depth = Math.Max(parent.Depth, target.Depth + 1);
        return open.Count + target.Depth > DeepestNesting ? TooDeep : TooLarge();
    }

    string? OpenOne(NodeEvent node)
    {
        Count(1);
        open.Push(new Open { Anchor = node.Anchor, NodesBefore = nodes - 1, IsMapping = node is MappingStart });
        return open.Count > DeepestNesting ? TooDeep : TooLarge();
    }

    void Close()
    {
        var closed = open.Pop();
        if (open.TryPeek(out var parent))
            parent.Depth = Math.Max(parent.Depth, closed.Depth + 1);
        Remember(closed.Anchor, nodes - closed.NodesBefore, closed.Depth);
    }

    void Count(long added)
    {
        nodes += added;
        if (open.TryPeek(out var parent))
            parent.Children++;
    }

    void Remember(AnchorName anchor, long size, int depth)
    {
        if (!anchor.IsEmpty)
            anchors[anchor] = (size, depth);
    }

    /// <summary>The node that comes now is a key: an even child of a mapping.</summary>
    bool IsKey() => open.TryPeek(out var parent) && parent.IsMapping && parent.Children % 2 == 0;

    static string TooDeep => $"nested deeper than {DeepestNesting} levels";

    string? TooLarge() => nodes > MostNodes ? "with its aliases written out the file is too large" : null;

    sealed class Open
    {
        public AnchorName Anchor { get; init; }

        public long NodesBefore { get; init; }

        public bool IsMapping { get; init; }

        public int Children { get; set; }

        /// <summary>Levels of collections inside, 1 for a flat one.</summary>
        public int Depth { get; set; } = 1;
    }
}
