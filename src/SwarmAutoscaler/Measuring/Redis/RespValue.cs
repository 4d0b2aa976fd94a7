namespace SwarmAutoscaler.Measuring.Redis;

/// <summary>One reply in the Redis serialization protocol, version 2.</summary>
abstract record RespValue;

/// <summary>A status or a bulk string, as UTF-8; bytes that are no UTF-8 become replacement characters.</summary>
sealed record RespText(string Text) : RespValue;

sealed record RespInteger(long Value) : RespValue;

/// <summary>The server refused a command; the connection itself is fine.</summary>
sealed record RespError(string Text) : RespValue
{
    /// <summary>The first word, by which Redis tells errors apart: <c>ERR</c>, <c>WRONGTYPE</c>, <c>NOAUTH</c>.</summary>
    public string Code => Text.Split(' ', 2)[0];
}

/// <summary>The null bulk string and the null array.</summary>
sealed record RespNull : RespValue
{
    public static RespNull Value { get; } = new();
}

sealed record RespArray(IReadOnlyList<RespValue> Items) : RespValue;

/// <summary>What arrived is not the protocol, or is larger than any answer we ask for.</summary>
sealed class RespProtocolException(string message) : Exception(message);
