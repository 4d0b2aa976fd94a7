using System.Net.Security;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace SwarmAutoscaler.Measuring.RabbitMq;

/// <summary>One AMQP connection to a vhost with a few channels. It does not recover by itself: when it is lost, a new one takes its place.</summary>
sealed class AmqpLink(IConnection connection)
{
    /// <summary>More channels than this make a thousand declares no faster.</summary>
    public const int Channels = 4;

    /// <summary>What the library waits at most; longer than any deadline of ours, which ends the wait earlier.</summary>
    static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);

    static readonly TimeSpan CloseWait = TimeSpan.FromSeconds(2);

    readonly IChannel?[] channels = new IChannel?[Channels];

    public bool IsOpen => connection.IsOpen;

    /// <summary>Why the connection is closed; null while it is open.</summary>
    public ShutdownEventArgs? CloseReason => connection.CloseReason;

    /// <summary>Success does not mean much: a missing vhost closes the connection a moment later.</summary>
    public static async Task<AmqpLink> OpenAsync(RabbitMqConnection broker, string virtualHost, string password, CancellationToken deadline)
    {
        var opening = Factory(broker, virtualHost, password).CreateConnectionAsync(deadline);
        try
        {
            return new AmqpLink(await opening.WaitAsync(deadline));
        }
        catch (OperationCanceledException)
        {
            _ = CloseOnceOpenAsync(opening);
            throw;
        }
    }

    /// <summary>The channel of a slot; a new one when the broker has closed it. One caller per slot at a time.</summary>
    public async Task<IChannel> ChannelAsync(int slot, CancellationToken deadline)
    {
        if (channels[slot] is { IsOpen: true } open)
            return open;
        if (Interlocked.Exchange(ref channels[slot], null) is { } closed)
            await closed.DisposeAsync().AsTask().WaitAsync(deadline);
        return channels[slot] = await connection.CreateChannelAsync(cancellationToken: deadline).WaitAsync(deadline);
    }

    /// <summary>Never throws, and takes no longer than the library's waits.</summary>
    public async Task CloseAsync()
    {
        try
        {
            await connection.CloseAsync(Constants.ReplySuccess, "done", CloseWait, abort: true, CancellationToken.None);
            await connection.DisposeAsync();
        }
        catch (Exception e) when (e is RabbitMQClientException or IOException or TimeoutException or OperationCanceledException or ObjectDisposedException)
        {
            // Nobody waits for this connection any more; what closing it said does not matter.
        }
    }

    static async Task CloseOnceOpenAsync(Task<IConnection> opening)
    {
        try
        {
            await new AmqpLink(await opening).CloseAsync();
        }
        catch (Exception e) when (e is RabbitMQClientException or IOException or TimeoutException or OperationCanceledException)
        {
            // It never opened, and the read that wanted it is over.
        }
    }

    static ConnectionFactory Factory(RabbitMqConnection broker, string virtualHost, string password) => new()
    {
        HostName = broker.Amqp!.IdnHost,
        Port = broker.Amqp.Port,
        VirtualHost = virtualHost,
        UserName = broker.User,
        Password = password,
        ClientProvidedName = "swarm-autoscaler",
        AutomaticRecoveryEnabled = false,
        TopologyRecoveryEnabled = false,
        RequestedConnectionTimeout = LongestWait,
        HandshakeContinuationTimeout = LongestWait,
        ContinuationTimeout = LongestWait,
        Ssl = new SslOption
        {
            Enabled = broker.Amqp.Scheme == "amqps",
            ServerName = broker.Amqp.IdnHost,
            AcceptablePolicyErrors = SslPolicyErrors.None,
            CertificateValidationCallback = broker.CaFile is { } caFile ? TrustedAuthorities.CheckFrom(caFile) : null,
        },
    };
}
