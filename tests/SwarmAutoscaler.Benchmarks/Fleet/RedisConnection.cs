using System.Globalization;
using System.Net.Sockets;

namespace SwarmAutoscaler.Benchmarks.Fleet;

/// <summary>Sends inline commands whose answer is one line.</summary>
sealed class RedisConnection(TcpClient client) : IDisposable
{
    readonly StreamReader reader = new(client.GetStream());

    public int Port => ((System.Net.IPEndPoint)client.Client.RemoteEndPoint!).Port;

    public static async Task<RedisConnection> OpenAsync(string port)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync("127.0.0.1", int.Parse(port, CultureInfo.InvariantCulture));
        return new RedisConnection(client);
    }

    /// <exception cref="InvalidOperationException">Redis answered with an error.</exception>
    public async Task SendAsync(string command)
    {
        await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(command + "\r\n"));
        string? answer = await reader.ReadLineAsync();
        if (answer is null || answer.StartsWith('-'))
            throw new InvalidOperationException($"{command}: {answer}");
    }

    public void Dispose()
    {
        reader.Dispose();
        client.Dispose();
    }
}
