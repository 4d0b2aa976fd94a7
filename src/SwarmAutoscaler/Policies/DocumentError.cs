namespace SwarmAutoscaler.Policies;

/// <summary>One thing wrong in a document, at its place. Lines and columns count from 1; both are 0 when the place is an environment variable.</summary>
sealed record DocumentError(string File, long Line, long Column, string Message)
{
    public override string ToString() => Line == 0 ? $"{File}: {Message}" : $"{File}:{Line}:{Column}: {Message}";
}
