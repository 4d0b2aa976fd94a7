using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SwarmAutoscaler.Measuring.Redis;

/// <summary>A server on loopback that answers each command with literal bytes; null keeps silent, <see cref="HangUp"/> at the end closes the connection.</summary>
sealed class FakeRedis : IAsyncDisposable
{
    public const string HangUp = "\u0001";

    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource stop = new();
    readonly Func<string[], string?> answer;
    readonly Task accepting;
    int connections;

    public FakeRedis(Func<string[], string?> answer)
    {
        this.answer = answer;
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        accepting = AcceptAsync();
    }

    public int Port { get; }

    public string Url => $"{{ url: 'redis://127.0.0.1:{Port}' }}";

    public int Connections => connections;

    /// <summary>Ends when a client that was connected has gone.</summary>
    public TaskCompletionSource ClientGone { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A server with one list for every key.</summary>
    public static FakeRedis WithLists(string length) => new(command => command[0] switch
    {
        "TYPE" => "+list\r\n",
        "ROLE" => "*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n",
        _ => length,
    });

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(stop.Token);
                Interlocked.Increment(ref connections);
                serving.Add(ServeAsync(client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(serving);
        }
    }

    async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        var stream = client.GetStream();
        var parser = new RespParser();
        var (buffer, rest) = (new byte[65536], Array.Empty<byte>());
        try
        {
            while (await stream.ReadAsync(buffer, stop.Token) is > 0 and var count)
            {
                var input = new ReadOnlySequence<byte>([.. rest, .. buffer[..count]]);
                while (parser.TryRead(ref input, out var command))
                    if (answer([.. ((RespArray)command!).Items.Cast<RespText>().Select(word => word.Text)]) is { } text)
                    {
                        await stream.WriteAsync(Encoding.UTF8.GetBytes(text.TrimEnd('\u0001')), stop.Token);
                        if (text.EndsWith('\u0001'))
                            return;
                    }
                rest = input.ToArray();
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The client went away without a word, or the test is over.
        }
        finally
        {
            ClientGone.TrySetResult();
        }
    }
}
