namespace SwarmAutoscaler.Measuring;

/// <summary>The stable words of <see cref="MissingReason"/>.</summary>
public static class MissingReasons
{
    public static string Word(this MissingReason reason) => reason switch
    {
        MissingReason.Empty => "empty",
        MissingReason.NotFinite => "not_finite",
        MissingReason.SeveralSeries => "several_series",
        MissingReason.NotFound => "not_found",
        MissingReason.Unreachable => "unreachable",
        MissingReason.Timeout => "timeout",
        MissingReason.Unauthorized => "unauthorized",
        MissingReason.Error => "error",
        MissingReason.Malformed => "malformed",
        MissingReason.NoLimit => "no_limit",
        MissingReason.Unsupported => "unsupported",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };
}
