using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace SwarmAutoscaler.TestSupport;

/// <summary>A socket in front of the engine's that tells when a service is about to be changed, and passes everything on until it is told to break.</summary>
sealed partial class InterceptedEngine : IAsyncDisposable
{
    [GeneratedRegex("/services/[^/ ]+/update[?]")]
    private static partial Regex UpdateForm();

    readonly string path = Path.Combine(Path.GetTempPath(), $"sas-{Guid.NewGuid():N}.sock");
    readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    readonly string engine;
    readonly Func<Task> beforeUpdate;
    readonly TaskCompletionSource updating = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Task accepting;
    readonly ConcurrentBag<Socket> open = [];

    /// <param name="engine">The engine's own socket.</param>
    /// <param name="beforeUpdate">Runs when the first request to change a service has come in, before the engine gets it.</param>
    public InterceptedEngine(string engine, Func<Task> beforeUpdate)
    {
        (this.engine, this.beforeUpdate) = (engine, beforeUpdate);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        accepting = AcceptAsync();
    }

    public string Host => $"unix://{path}";

    /// <summary>Done when the first request to change a service has been passed on.</summary>
    public Task Updating => updating.Task;

    /// <summary>Breaks all connections there are; new ones can be made.</summary>
    public void Break()
    {
        while (open.TryTake(out var connection))
            connection.Dispose();
    }

    async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptAsync());
        }
        catch (SocketException)
        {
            // The listener was closed.
        }
    }

    async Task ServeAsync(Socket client)
    {
        open.Add(client);
        using var near = new NetworkStream(client, ownsSocket: true);
        var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await server.ConnectAsync(new UnixDomainSocketEndPoint(engine));
        using var far = new NetworkStream(server, ownsSocket: true);
        await Task.WhenAny(PumpAsync(near, far, watch: true), PumpAsync(far, near, watch: false));
    }

    async Task PumpAsync(NetworkStream from, NetworkStream to, bool watch)
    {
        var buffer = new byte[65536];
        try
        {
            while (await from.ReadAsync(buffer) is > 0 and int count)
            {
                bool isUpdate = watch && !updating.Task.IsCompleted && UpdateForm().IsMatch(Encoding.Latin1.GetString(buffer, 0, count));
                if (isUpdate)
                    await beforeUpdate();
                await to.WriteAsync(buffer.AsMemory(0, count));
                if (isUpdate)
                    updating.TrySetResult();
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // One side has gone; so goes the other.
        }
    }

    public async ValueTask DisposeAsync()
    {
        listener.Dispose();
        await accepting;
        File.Delete(path);
    }
}
