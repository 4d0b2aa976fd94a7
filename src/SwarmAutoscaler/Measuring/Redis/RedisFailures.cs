using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace SwarmAutoscaler.Measuring.Redis;

/// <summary>A connection cannot be had, for a reason that is known.</summary>
sealed class RedisException(MissingReason reason, string message) : Exception(message)
{
    public MissingReason Reason { get; } = reason;
}

/// <summary>What went wrong, as a missing reading. The one place that gives failures their words.</summary>
static class RedisFailures
{
    const int LongestDetail = 300;

    /// <summary>An error reply, with the server's own text.</summary>
    public static Missing Of(RespError error, string where)
    {
        var (reason, hint) = error.Code switch
        {
            "NOAUTH" or "WRONGPASS" or "NOPERM" or "DENIED" => (MissingReason.Unauthorized, ""),
            "MOVED" or "ASK" or "CROSSSLOT" => (MissingReason.Error, " (this is a node of a Redis Cluster, which is not supported)"),
            "WRONGTYPE" => (MissingReason.Unsupported, ""),
            "ERR" when error.Text.StartsWith("ERR unknown ", StringComparison.Ordinal) => (MissingReason.Unsupported, ""),
            "ERR" when error.Text.StartsWith("ERR no such key", StringComparison.Ordinal) => (MissingReason.NotFound, ""),
            _ => (MissingReason.Error, ""),
        };
        return new Missing(reason, $"{where}: {Clean(error.Text)}{hint}");
    }

    /// <summary>What an exception of the network, of TLS or of the protocol means; null for one that must not be swallowed.</summary>
    public static Missing? Of(Exception exception, string where, CancellationToken deadline) => exception switch
    {
        RedisException known => new Missing(known.Reason, $"{where}: {Clean(known.Message)}"),
        RespProtocolException => new Missing(MissingReason.Malformed, $"{where}: {Clean(exception.Message)}"),
        OperationCanceledException => new Missing(MissingReason.Timeout, $"{where}: no answer in time"),
        // A cancelled socket or TLS operation may end in an exception of its own.
        IOException or SocketException or ObjectDisposedException when deadline.IsCancellationRequested =>
            new Missing(MissingReason.Timeout, $"{where}: no answer in time"),
        AuthenticationException => new Missing(MissingReason.Unreachable, $"{where}: TLS failed: {Clean(exception.Message)}"),
        IOException or SocketException => new Missing(MissingReason.Unreachable, $"{where}: {Clean(exception.Message)}"),
        ObjectDisposedException => new Missing(MissingReason.Unreachable, $"{where}: the connection was closed"),
        _ => null,
    };

    /// <summary>The first failure, if the server refused every single command for want of rights or in its present state; else null.</summary>
    public static Missing? OfAll(IEnumerable<RespValue?> replies, string where)
    {
        Missing? first = null;
        foreach (var reply in replies)
            if (reply is RespError error && Of(error, where) is { Reason: MissingReason.Unauthorized or MissingReason.Error } missing)
                first ??= missing;
            else
                return null;
        return first;
    }

    /// <summary>Foreign text on one line and of bounded length.</summary>
    static string Clean(string text)
    {
        var result = new StringBuilder(Math.Min(text.Length, LongestDetail));
        foreach (var character in text.AsSpan(0, Math.Min(text.Length, LongestDetail)))
            result.Append(char.IsControl(character) ? ' ' : character);
        return text.Length > LongestDetail ? result.Append('…').ToString() : result.ToString();
    }
}
