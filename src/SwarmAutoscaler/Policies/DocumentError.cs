namespace SwarmAutoscaler.Policies;

/// <summary>One thing wrong in a document, at its place. Lines and columns count from 1.</summary>
sealed record DocumentError(string File, long Line, long Column, string Message)
{
    public override string ToString() => $"{File}:{Line}:{Column}: {Message}";
}
