using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace SwarmAutoscaler.TestSupport;

/// <summary>The engine's own API, where the exact text matters or the docker client is too slow.</summary>
sealed class EngineApi(string socket) : IDisposable
{
    readonly HttpClient http = Open(socket);

    /// <summary>A client of the engine behind a socket; its addresses are relative.</summary>
    public static HttpClient Open(string socket) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellation) =>
        {
            var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellation);
                return new NetworkStream(connection, ownsSocket: true);
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        },
    })
    { BaseAddress = new Uri("http://engine/"), Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>Creates a service of exactly this spec.</summary>
    public async Task CreateServiceAsync(string spec)
    {
        using var content = new StringContent(spec, Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync("services/create", content);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>A service's version and its spec, as the engine wrote them.</summary>
    public async Task<(ulong Version, string Spec)> ReadSpecAsync(string service)
    {
        using var document = JsonDocument.Parse(await http.GetStringAsync($"services/{service}"));
        return (document.RootElement.GetProperty("Version").GetProperty("Index").GetUInt64(), document.RootElement.GetProperty("Spec").GetRawText());
    }

    /// <summary>Writes a spec. Returns false when somebody else was faster.</summary>
    public async Task<bool> WriteSpecAsync(string service, ulong version, string spec)
    {
        using var content = new StringContent(spec, Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync($"services/{service}/update?version={version}&registryAuthFrom=spec", content);
        if (answer.StatusCode == HttpStatusCode.InternalServerError)
            return false;
        answer.EnsureSuccessStatusCode();
        return true;
    }

    public void Dispose() => http.Dispose();
}
