namespace SwarmAutoscaler.Measuring;

/// <summary>What a source answered for one metric: a number, or that it is not known and why. Unknown is never zero.</summary>
public abstract record MetricReading
{
    private protected MetricReading() { }

    /// <summary>A finite value is measured; NaN and the infinities are missing.</summary>
    public static MetricReading Of(double value) => double.IsFinite(value)
        ? new Measured(value)
        : new Missing(MissingReason.NotFinite, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"the answer is {value}"));
}

/// <summary>A finite number in base units (seconds, bytes, cores, messages, ratios). Built by <see cref="MetricReading.Of"/>.</summary>
public sealed record Measured : MetricReading
{
    internal Measured(double value) => Value = value;

    public double Value { get; }
}

/// <summary>The value is not known.</summary>
/// <param name="Reason">The stable word.</param>
/// <param name="Detail">One sentence for people, with what the backend said; never holds a secret.</param>
public sealed record Missing(MissingReason Reason, string Detail) : MetricReading;

/// <summary>Why a value is not known; in logs and the API as a snake_case word.</summary>
public enum MissingReason
{
    /// <summary>The backend answered, but there is no such series, queue, key or value.</summary>
    Empty,

    /// <summary>NaN or an infinity.</summary>
    NotFinite,

    /// <summary>More than one series where one was expected.</summary>
    SeveralSeries,

    /// <summary>The queue, vhost, key, group or database does not exist.</summary>
    NotFound,

    /// <summary>The backend refused the connection or it broke.</summary>
    Unreachable,

    /// <summary>No answer in time.</summary>
    Timeout,

    /// <summary>Wrong or missing credentials, or no permission.</summary>
    Unauthorized,

    /// <summary>The backend answered with an error.</summary>
    Error,

    /// <summary>The answer could not be understood.</summary>
    Malformed,

    /// <summary>A share of a limit was asked for, but the service's spec has neither limit nor reservation for it.</summary>
    NoLimit,

    /// <summary>The backend cannot tell this number the way it is reached, for instance unacknowledged messages without the management API.</summary>
    Unsupported,
}
