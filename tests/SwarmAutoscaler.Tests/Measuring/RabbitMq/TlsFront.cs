using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SwarmAutoscaler.Measuring.RabbitMq;

/// <summary>Speaks TLS as <c>localhost</c> and hands everything on to a plain server; its certificate is signed by its own authority.</summary>
sealed class TlsFront : IAsyncDisposable
{
    readonly Authority authority = new();
    readonly X509Certificate2 certificate;
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource stopping = new();
    readonly Task accepting;

    public TlsFront(string upstream)
    {
        certificate = authority.Sign("localhost");
        listener.Start();
        accepting = AcceptAsync(IPEndPoint.Parse(upstream));
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public string CaFile => authority.File;

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Stop();
        await accepting;
        certificate.Dispose();
        authority.Dispose();
        stopping.Dispose();
    }

    async Task AcceptAsync(IPEndPoint upstream)
    {
        var served = new List<Task>();
        try
        {
            while (true)
                served.Add(ServeAsync(await listener.AcceptTcpClientAsync(stopping.Token), upstream));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(served);
        }
    }

    async Task ServeAsync(TcpClient client, IPEndPoint upstream)
    {
        using var _ = client;
        using var server = new TcpClient();
        try
        {
            await using var secure = new SslStream(client.GetStream());
            await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, stopping.Token);
            await server.ConnectAsync(upstream, stopping.Token);
            await Task.WhenAny(secure.CopyToAsync(server.GetStream(), stopping.Token), server.GetStream().CopyToAsync(secure, stopping.Token));
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException or OperationCanceledException or SocketException)
        {
            // The client did not like the certificate, or the test is over.
        }
    }

    /// <summary>A certificate authority with its certificate in a file.</summary>
    public sealed class Authority : IDisposable
    {
        readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        readonly X509Certificate2 root;

        public Authority()
        {
            var request = new CertificateRequest("CN=Test authority", key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            root = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            System.IO.File.WriteAllText(File, root.ExportCertificatePem());
        }

        public string File { get; } = Path.GetTempFileName();

        public X509Certificate2 Sign(string host)
        {
            using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest($"CN={host}", own, HashAlgorithmName.SHA256);
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(host);
            request.CertificateExtensions.Add(names.Build());
            using var signed = request.Create(root, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1), [1, 2, 3]);
            return signed.CopyWithPrivateKey(own);
        }

        public void Dispose()
        {
            System.IO.File.Delete(File);
            root.Dispose();
            key.Dispose();
        }
    }
}
