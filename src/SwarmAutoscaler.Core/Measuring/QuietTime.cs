namespace SwarmAutoscaler.Measuring;

/// <summary>
/// Somebody else has just updated the service, or another one of its stack, and may not be done: a write of ours now could make the rest of their
/// deployment fail.
/// </summary>
/// <param name="Until">When it ends, unless somebody updates again.</param>
/// <param name="Because">One sentence that says who was updated, and until when the service is left alone.</param>
public sealed record QuietTime(DateTimeOffset Until, string Because);
