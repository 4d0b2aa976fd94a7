using System.Net.Sockets;
using System.Text;
using SwarmAutoscaler.Api;
using SwarmAutoscaler.Measuring;

namespace SwarmAutoscaler.Commands;

/// <summary>
/// <c>healthcheck</c>: asks the local instance for <c>/live</c>. Docker runs it every few seconds in every container, so it opens a plain socket
/// and stays away from HTTP clients, hosts and command line parsers, which cost several times as much processor time to start.
/// </summary>
static class HealthcheckCommand
{
    public const string Name = "healthcheck";

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>0 when the instance answers 200 within 2 s; 1 with one line on <paramref name="errors"/> otherwise.</summary>
    /// <param name="setting">A process setting by name; null when it is not set.</param>
    /// <param name="errors">Where the reason goes.</param>
    /// <param name="time">The clock of the time-out.</param>
    /// <param name="cancellation">Ends the wait early.</param>
    public static async Task<int> RunAsync(Func<string, string?> setting, TextWriter errors, TimeProvider time, CancellationToken cancellation)
    {
        var (address, problem) = AddressFrom(setting);
        problem ??= await ProblemOfAsync(address, time, cancellation);
        if (problem is null)
            return 0;
        await errors.WriteLineAsync($"healthcheck: {problem}");
        return 1;
    }

    static (ListenAddress Address, string? Problem) AddressFrom(Func<string, string?> setting)
    {
        try
        {
            string? text = setting(ListenAddress.Setting) is { Length: > 0 } value ? value
                : setting($"{ListenAddress.Setting}_FILE") is { Length: > 0 } path ? SecretFile.Read(path) : null;
            if (string.IsNullOrEmpty(text))
                return (ListenAddress.Default, null);
            bool isAddress = ListenAddress.TryParse(text, out var address);
            return (address, isAddress ? null : $"{ListenAddress.Setting}: '{text}' {ListenAddress.Problem}");
        }
        catch (IOException e)
        {
            return (ListenAddress.Default, e.Message);
        }
    }

    static async Task<string?> ProblemOfAsync(ListenAddress address, TimeProvider time, CancellationToken cancellation)
    {
        var endpoint = address.Local;
        using var deadline = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(endpoint, either.Token);
            await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /live HTTP/1.1\r\nHost: {endpoint}\r\nConnection: close\r\n\r\n"), either.Token);
            string status = await FirstLineAsync(socket, either.Token);
            return status.StartsWith("HTTP/1.1 200", StringComparison.Ordinal) ? null : $"{endpoint} answered '{status}'";
        }
        catch (SocketException e)
        {
            return $"{endpoint}: {e.Message}";
        }
        catch (OperationCanceledException)
        {
            return $"{endpoint} did not answer within {Patience.TotalSeconds:0} s";
        }
    }

    /// <summary>The status line, or what came of it before the connection ended.</summary>
    static async Task<string> FirstLineAsync(Socket socket, CancellationToken cancellation)
    {
        byte[] buffer = new byte[256];
        int filled = 0;
        while (filled < buffer.Length && buffer.AsSpan(0, filled).IndexOf((byte)'\n') < 0)
        {
            int received = await socket.ReceiveAsync(buffer.AsMemory(filled), cancellation);
            if (received == 0)
                break;
            filled += received;
        }
        return Encoding.ASCII.GetString(buffer, 0, filled).Split('\r', '\n')[0];
    }
}
