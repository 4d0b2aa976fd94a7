using System.Net.Sockets;

namespace SwarmAutoscaler.Benchmarks.Fleet;

/// <summary>Stands before the engine's socket and counts the HTTP requests that pass.</summary>
sealed class CountingSocket : IAsyncDisposable
{
    readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    readonly string engine;
    readonly Task accepting;
    int requests;

    public CountingSocket(string engine)
    {
        this.engine = engine;
        listener.Bind(new UnixDomainSocketEndPoint(Path));
        listener.Listen(100);
        accepting = AcceptAsync();
    }

    public string Path { get; } = System.IO.Path.Combine(Directory.CreateTempSubdirectory("fleet-").FullName, "docker.sock");

    public int Requests => requests;

    public async ValueTask DisposeAsync()
    {
        listener.Dispose();
        await accepting;
        Directory.Delete(System.IO.Path.GetDirectoryName(Path)!, recursive: true);
    }

    async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // closed: the measurement is over
        }
    }

    async Task ServeAsync(Socket client)
    {
        using (client)
        using (var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            await server.ConnectAsync(new UnixDomainSocketEndPoint(engine));
            await Task.WhenAny(PumpAsync(client, server, CountRequest), PumpAsync(server, client, _ => { }));
        }
    }

    /// <summary>The docker client sends each head in one piece and waits for the answer.</summary>
    void CountRequest(ReadOnlyMemory<byte> piece)
    {
        var text = piece.Span;
        if (text.StartsWith("GET "u8) || text.StartsWith("HEAD "u8) || text.StartsWith("POST "u8))
            Interlocked.Increment(ref requests);
    }

    static async Task PumpAsync(Socket from, Socket to, Action<ReadOnlyMemory<byte>> see)
    {
        byte[] buffer = new byte[64 << 10];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var count)
            {
                see(buffer.AsMemory(0, count));
                await to.SendAsync(buffer.AsMemory(0, count));
            }
        }
        catch (SocketException)
        {
            // one side has hung up
        }
        catch (ObjectDisposedException)
        {
            // the other direction has ended
        }
    }
}
