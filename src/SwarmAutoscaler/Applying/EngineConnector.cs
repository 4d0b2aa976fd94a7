using System.Net.Sockets;
using System.Security.Authentication;

namespace SwarmAutoscaler.Applying;

/// <summary>A connection could not be made: nothing was sent. The message is a sentence for people.</summary>
sealed class EngineUnreachable(string because, Exception cause) : IOException(because, cause);

/// <summary>Opens connections to one endpoint, and says in words what to do when that fails.</summary>
static class EngineConnector
{
    /// <summary>A connection of the machine or the local network is there at once or not at all.</summary>
    static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(3);

    /// <summary>Requests to this client name paths only; the connection behind it always leads to the endpoint.</summary>
    public static HttpClient Open(DockerEndpoint endpoint)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = ConnectTimeout,
            ConnectCallback = async (_, cancellation) => await ConnectAsync(endpoint, cancellation),
        };
        return new HttpClient(handler) { BaseAddress = new Uri("http://docker"), Timeout = Timeout.InfiniteTimeSpan };
    }

    static async Task<Stream> ConnectAsync(DockerEndpoint endpoint, CancellationToken cancellation)
    {
        try
        {
            return endpoint switch
            {
                UnixEndpoint unix => await ConnectAsync(unix, cancellation),
                TcpEndpoint { Tls: null } tcp => await ConnectAsync(tcp, cancellation),
                TcpEndpoint { Tls: { } tls } tcp => await tls.SecureAsync(await ConnectAsync(tcp, cancellation), tcp.Host, cancellation),
                _ => throw new InvalidOperationException($"no way to connect to {endpoint}"),
            };
        }
        catch (SocketException e)
        {
            throw new EngineUnreachable(Explain(endpoint, e.SocketErrorCode), e);
        }
        catch (AuthenticationException e)
        {
            throw new EngineUnreachable($"no secure connection to {endpoint}: {(e.InnerException ?? e).Message}", e);
        }
        catch (IOException e)
        {
            throw new EngineUnreachable($"no secure connection to {endpoint}: {e.Message}", e);
        }
    }

    static Task<Stream> ConnectAsync(UnixEndpoint unix, CancellationToken cancellation) => ConnectAsync(
        new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified),
        socket => socket.ConnectAsync(new UnixDomainSocketEndPoint(unix.Path), cancellation));

    static Task<Stream> ConnectAsync(TcpEndpoint tcp, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        KeepAlive(socket);
        return ConnectAsync(socket, _ => socket.ConnectAsync(tcp.Host, tcp.Port, cancellation));
    }

    /// <summary>
    /// The event stream may be silent for hours: without a sign of life a load balancer in between forgets the connection, and a machine that is gone is
    /// never noticed. Like this it is within a minute.
    /// </summary>
    static void KeepAlive(Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 30);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 10);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
    }

    static async Task<Stream> ConnectAsync(Socket socket, Func<Socket, ValueTask> connect)
    {
        try
        {
            await connect(socket);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>What a refused connection means for the one who set the endpoint up.</summary>
    public static string Explain(DockerEndpoint endpoint, SocketError error) => (endpoint, error) switch
    {
        (UnixEndpoint { Path: var path }, SocketError.AccessDenied) =>
            $"no permission to use {path}: add the socket's group to the container's user "
            + $"(user: \"uid:gid\" with the number that stat -c %g {path} prints on the host)",
        (UnixEndpoint { Path: var path }, _) when Directory.Exists(path) =>
            $"{path} is a folder: the engine's socket did not exist when it was mounted",
        (UnixEndpoint { Path: var path }, _) when !File.Exists(path) =>
            $"{path} does not exist: mount the engine's socket into the container, or set DOCKER_HOST",
        (UnixEndpoint { Path: var path }, SocketError.ConnectionRefused) => $"nothing listens on {path}: is the Docker engine running?",
        (TcpEndpoint { Host: var host }, SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData) =>
            $"the host name {host} of {endpoint} is not known",
        (_, SocketError.ConnectionRefused) =>
            $"{endpoint} refused the connection: is the Docker engine running and listening there?",
        _ => $"no connection to {endpoint}: {new SocketException((int)error).Message}",
    };
}
