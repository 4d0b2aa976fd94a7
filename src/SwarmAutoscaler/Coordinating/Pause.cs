using System.Globalization;

namespace SwarmAutoscaler.Coordinating;

/// <summary>A service is left alone because somebody said so over HTTP.</summary>
/// <param name="Since">When it was paused.</param>
/// <param name="Until">When the pause ends by itself; null when only resuming ends it.</param>
sealed record Pause(DateTimeOffset Since, DateTimeOffset? Until)
{
    /// <summary>From its end on it is over.</summary>
    public bool IsOver(DateTimeOffset now) => Until <= now;

    public string Because => Until is { } end
        ? string.Create(CultureInfo.InvariantCulture, $"paused over HTTP until {end.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC")
        : "paused over HTTP until it is resumed";
}
