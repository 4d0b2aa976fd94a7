using System.Net.Sockets;
using System.Security.Authentication;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace SwarmAutoscaler.Measuring.RabbitMq;

/// <summary>What the broker's and the library's refusals mean. Only the broker's own words are repeated, never an exception's.</summary>
sealed class AmqpFailures(RabbitMqConnection broker, string virtualHost)
{
    readonly string place = $"{broker.Amqp?.Host}:{broker.Amqp?.Port}";

    /// <summary>The broker closed the channel that asked for one queue; the connection is still good.</summary>
    public static Missing Refused(RabbitMqQuery query, ShutdownEventArgs reason) => reason.ReplyCode switch
    {
        // The same code is used for a queue whose node is down, which exists.
        Constants.NotFound when reason.ReplyText.StartsWith("NOT_FOUND - no queue", StringComparison.Ordinal) => query.NotFound(),
        Constants.AccessRefused => new Missing(MissingReason.Unauthorized, $"queue {query.Queue}: {reason.ReplyText}"),
        _ => new Missing(MissingReason.Error, $"queue {query.Queue}: {reason.ReplyText}"),
    };

    /// <summary>No connection, or a lost one.</summary>
    public Missing Explain(Exception failure, ShutdownEventArgs? closed, bool late)
    {
        if ((closed ?? (failure as OperationInterruptedException)?.ShutdownReason) is { Initiator: ShutdownInitiator.Peer } reason)
            return Closed(reason);
        if (late || Find<TimeoutException>(failure) is not null)
            return new Missing(MissingReason.Timeout, $"{place} did not answer in time");
        if (Find<AuthenticationFailureException>(failure) is not null || Find<PossibleAuthenticationFailureException>(failure) is not null)
            return new Missing(MissingReason.Unauthorized, $"{place} refused user {broker.User}: wrong name or password");
        if (Find<AuthenticationException>(failure) is not null)
            return HttpBackend.Distrusted(place, broker.CaFile);
        if (Find<ProtocolException>(failure) is not null || Find<PacketNotRecognizedException>(failure) is not null)
            return new Missing(MissingReason.Malformed, $"{place} does not speak AMQP 0-9-1");
        if (Find<SocketException>(failure) is { } socket)
            return new Missing(MissingReason.Unreachable, $"{place} cannot be reached: {socket.SocketErrorCode}");
        return new Missing(MissingReason.Unreachable, failure is BrokerUnreachableException
            ? $"{place} accepts connections but does not begin to speak AMQP 0-9-1"
            : $"the connection to {place} broke");
    }

    Missing Closed(ShutdownEventArgs reason) => reason.ReplyCode switch
    {
        // One code for three things: no such vhost, no access to it, a vhost that is down or full.
        Constants.NotAllowed when reason.ReplyText.EndsWith("not found", StringComparison.Ordinal) =>
            new Missing(MissingReason.NotFound, $"vhost {virtualHost} does not exist"),
        Constants.NotAllowed when reason.ReplyText.Contains("refused for user", StringComparison.Ordinal)
            && !reason.ReplyText.Contains("limit", StringComparison.Ordinal) =>
            new Missing(MissingReason.Unauthorized, $"user {broker.User} has no access to vhost {virtualHost}"),
        Constants.NotAllowed => new Missing(MissingReason.Error, $"{place}: {reason.ReplyText}"),
        Constants.AccessRefused => new Missing(MissingReason.Unauthorized, $"{place} refused user {broker.User}"),
        _ => new Missing(MissingReason.Unreachable, $"{place} closed the connection: {reason.ReplyText}"),
    };

    static T? Find<T>(Exception failure) where T : Exception => failure switch
    {
        T found => found,
        AggregateException several => several.InnerExceptions.Select(Find<T>).FirstOrDefault(found => found is not null),
        { InnerException: { } inner } => Find<T>(inner),
        _ => null,
    };
}
