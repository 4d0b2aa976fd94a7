using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SwarmAutoscaler.Measuring.Redis;

/// <summary>TLS as a client. The files are read at each connect, so that renewed certificates need no restart.</summary>
static class RedisTlsStream
{
    /// <summary>The server's certificate must be for <paramref name="host"/> and lead to a trusted authority; there is no way to switch that off.</summary>
    public static async Task<Stream> OpenAsync(Stream inner, string host, RedisTls tls, CancellationToken deadline)
    {
        var options = Options(host, tls);
        var stream = new SslStream(inner);
        try
        {
            await stream.AuthenticateAsClientAsync(options, deadline);
            return stream;
        }
        catch (OperationCanceledException)
        {
            await stream.DisposeAsync();
            // Redis without TLS takes our greeting for the beginning of a command and waits for the rest.
            throw new RedisException(MissingReason.Timeout, "no answer in time to the TLS greeting; does this port speak TLS?");
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    static SslClientAuthenticationOptions Options(string host, RedisTls tls)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = host };
        if (tls.CaFile is { } authorities)
            options.CertificateChainPolicy = Load(authorities, TrustedAuthorities.PolicyFrom);
        if (tls is { ClientCertFile: { } certificate, ClientKeyFile: { } key })
            options.ClientCertificateContext = SslStreamCertificateContext.Create(
                Load(certificate, file => X509Certificate2.CreateFromPemFile(file, key)), Certificates(certificate), offline: true);
        return options;
    }

    static X509Certificate2Collection Certificates(string path)
    {
        var certificates = Load(path, file =>
        {
            var found = new X509Certificate2Collection();
            found.ImportFromPemFile(file);
            return found;
        });
        return certificates.Count > 0 ? certificates : throw new RedisException(MissingReason.Unreachable, $"{path} holds no certificate");
    }

    static T Load<T>(string path, Func<string, T> read)
    {
        try
        {
            return read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new RedisException(MissingReason.Unreachable, $"{path} cannot be used: {e.Message}");
        }
    }
}
