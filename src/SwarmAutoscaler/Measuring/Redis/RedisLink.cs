using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;

namespace SwarmAutoscaler.Measuring.Redis;

/// <summary>
/// One logged-in connection to one server, for one pipeline at a time. After any failure it must be disposed of: a late reply could otherwise be
/// taken for the answer to another command.
/// </summary>
sealed class RedisLink : IAsyncDisposable
{
    /// <summary>Commands are sent in pieces of about this many bytes.</summary>
    const int WriteSize = 32 * 1024;

    readonly Socket socket;
    readonly Stream stream;
    readonly PipeReader reader;
    readonly RespParser parser = new();
    readonly string? password;

    RedisLink(RedisAddress address, Socket socket, Stream stream, string? password)
    {
        Address = address;
        (this.socket, this.stream, this.password) = (socket, stream, password);
        reader = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
    }

    public RedisAddress Address { get; }

    /// <summary>
    /// Nothing is outstanding between pipelines, so readable means closed by the server, or talk that nobody asked for. Looking first means that a
    /// server that was restarted or that drops idle clients does not cost a reading.
    /// </summary>
    public bool IsQuiet => socket.Connected && !socket.Poll(TimeSpan.Zero, SelectMode.SelectRead);

    /// <summary>Connects, encrypts, logs in and selects the database.</summary>
    /// <exception cref="RedisException">The server refused us, or a file of ours cannot be read.</exception>
    public static async Task<RedisLink> OpenAsync(RedisAddress address, RedisLogin login, RedisTls? tls, int database, CancellationToken deadline)
    {
        var password = ReadPassword(login);
        var socket = await ConnectAsync(address, deadline);
        try
        {
            Stream stream = new NetworkStream(socket, ownsSocket: false);
            if (tls is not null)
                stream = await RedisTlsStream.OpenAsync(stream, address.Host, tls, deadline);
            var link = new RedisLink(address, socket, stream, password);
            await link.LogInAsync(login.Username, database, deadline);
            return link;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends all commands and fills in one reply for each. What had arrived before an exception is kept.</summary>
    /// <param name="commands">At least one.</param>
    /// <param name="replies">As many places as commands; those without an answer stay null.</param>
    /// <param name="deadline">Gives up, after which the link is of no use any more.</param>
    public async Task PipelineAsync(IReadOnlyList<RedisCommand> commands, RespValue?[] replies, CancellationToken deadline)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(deadline);
        // At the same time, because a server that waits for its replies to be taken stops taking commands.
        var writing = WriteAsync(commands, stop.Token);
        try
        {
            for (int i = 0; i < commands.Count; i++)
                replies[i] = WithoutPassword(await ReadReplyAsync(deadline));
        }
        catch
        {
            await stop.CancelAsync();
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
        await writing;
        if (HasMore())
        {
            Array.Clear(replies);
            throw new RespProtocolException("more replies than commands, so that none can be told from another");
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The socket first: closing a TLS stream would try to say goodbye to a server that may be frozen.
        socket.Dispose();
        await reader.CompleteAsync();
        await stream.DisposeAsync();
    }

    static async Task<Socket> ConnectAsync(RedisAddress address, CancellationToken deadline)
    {
        // A look-up in the machine's resolver cannot be cancelled, only abandoned.
        var addresses = await Dns.GetHostAddressesAsync(address.Host, deadline).WaitAsync(deadline);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, address.Port, deadline);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    async Task WriteAsync(IReadOnlyList<RedisCommand> commands, CancellationToken deadline)
    {
        var buffer = new ArrayBufferWriter<byte>(WriteSize);
        for (int i = 0; i < commands.Count; i++)
        {
            commands[i].WriteTo(buffer);
            if (buffer.WrittenCount < WriteSize && i < commands.Count - 1)
                continue;
            await stream.WriteAsync(buffer.WrittenMemory, deadline);
            buffer.ResetWrittenCount();
        }
    }

    async Task<RespValue> ReadReplyAsync(CancellationToken deadline)
    {
        while (true)
        {
            // What is here already is taken without a look at the deadline: it arrived in time.
            if (!reader.TryRead(out var read))
                read = await reader.ReadAsync(deadline);
            var rest = read.Buffer;
            bool whole = parser.TryRead(ref rest, out var reply);
            reader.AdvanceTo(rest.Start, whole ? rest.Start : rest.End);
            if (whole)
                return reply!;
            if (read.IsCompleted)
                throw new IOException("the server closed the connection");
        }
    }

    bool HasMore()
    {
        if (!reader.TryRead(out var read))
            return false;
        reader.AdvanceTo(read.Buffer.Start);
        return !read.Buffer.IsEmpty;
    }

    async Task LogInAsync(string? username, int database, CancellationToken deadline)
    {
        var commands = new List<RedisCommand>();
        if (password is not null)
            commands.Add(username is null ? new RedisCommand("AUTH", password) : new RedisCommand("AUTH", username, password));
        if (database > 0)
            commands.Add(new RedisCommand("SELECT", database.ToString(CultureInfo.InvariantCulture)));
        if (commands.Count == 0)
            return;
        var replies = new RespValue?[commands.Count];
        await PipelineAsync(commands, replies, deadline);
        for (int i = 0; i < replies.Length; i++)
            if (replies[i] is RespError error)
                throw new RedisException(ReasonOfRefusal(commands[i].Words[0], error), error.Text);
    }

    static MissingReason ReasonOfRefusal(string command, RespError error) => (command, error.Code) switch
    {
        ("AUTH", "ERR") when !error.Text.StartsWith("ERR max number of clients", StringComparison.Ordinal) => MissingReason.Unauthorized,
        ("SELECT", "ERR") => MissingReason.NotFound,
        _ => RedisFailures.Of(error, "").Reason,
    };

    static string? ReadPassword(RedisLogin login)
    {
        try
        {
            return login.ReadPassword();
        }
        catch (IOException e)
        {
            throw new RedisException(MissingReason.Unauthorized, e.Message);
        }
    }

    /// <summary>Some servers and proxies repeat in an error what they were sent.</summary>
    RespValue WithoutPassword(RespValue reply) => reply is RespError error && !string.IsNullOrEmpty(password)
        ? new RespError(error.Text.Replace(password, "***", StringComparison.Ordinal))
        : reply;
}
