using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SwarmAutoscaler.Applying;

/// <summary>How a TCP connection to an engine is secured. The files are read for each new connection, so rotated certificates need no restart.</summary>
/// <param name="AuthorityFile">PEM with the authorities that may have signed the server's certificate; null for the system's own.</param>
/// <param name="CertificateFile">PEM with the client's certificate; null to present none.</param>
/// <param name="KeyFile">PEM with its key.</param>
/// <param name="Verify">Whether the server's certificate is checked.</param>
sealed record EngineTls(string? AuthorityFile, string? CertificateFile, string? KeyFile, bool Verify)
{
    /// <summary>Checks the server against the system's authorities and presents no certificate.</summary>
    public static EngineTls SystemTrust { get; } = new(null, null, null, Verify: true);

    /// <summary>
    /// The Docker client's rules: <c>ca.pem</c>, <c>cert.pem</c> and <c>key.pem</c> in <paramref name="certPath"/>, by default <c>~/.docker</c>. Null when
    /// neither variable is set.
    /// </summary>
    public static (EngineTls? Tls, string? Problem) Parse(string? certPath, string? tlsVerify)
    {
        bool verify = !string.IsNullOrEmpty(tlsVerify);
        if (string.IsNullOrEmpty(certPath) && !verify)
            return (null, null);
        var folder = string.IsNullOrEmpty(certPath)
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".docker")
            : certPath;
        string authority = Path.Combine(folder, "ca.pem"), certificate = Path.Combine(folder, "cert.pem"), key = Path.Combine(folder, "key.pem");
        if (verify && !File.Exists(authority))
            return (null, $"DOCKER_TLS_VERIFY is set, but {authority} does not exist; DOCKER_CERT_PATH names the folder with ca.pem, cert.pem, key.pem");
        if (File.Exists(certificate) != File.Exists(key))
            return (null, $"DOCKER_CERT_PATH: {(File.Exists(key) ? certificate : key)} is missing beside {(File.Exists(key) ? key : certificate)}");
        bool presents = File.Exists(certificate);
        return (new EngineTls(verify ? authority : null, presents ? certificate : null, presents ? key : null, verify), null);
    }

    /// <summary>Secures a connection.</summary>
    /// <exception cref="IOException">A file cannot be read or holds no certificate; names the file only.</exception>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The server's certificate is not trusted, or the server refused ours.</exception>
    public async Task<Stream> SecureAsync(Stream plain, string host, CancellationToken cancellation)
    {
        var secured = new SslStream(plain, leaveInnerStreamOpen: false);
        try
        {
            await secured.AuthenticateAsClientAsync(Describe(host), cancellation);
            return secured;
        }
        catch
        {
            await secured.DisposeAsync();
            throw;
        }
    }

    SslClientAuthenticationOptions Describe(string host)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = host };
        if (!Verify)
            AcceptAnyServer(options);
        if (AuthorityFile is not null)
            options.CertificateChainPolicy = TrustedAuthorities.PolicyFrom(AuthorityFile);
        if (CertificateFile is not null && KeyFile is not null)
            options.ClientCertificates = [Load(CertificateFile, path => X509Certificate2.CreateFromPemFile(path, KeyFile))];
        return options;
    }

    [SuppressMessage("Security", "CA5359", Justification = "Asked for by setting DOCKER_CERT_PATH without DOCKER_TLS_VERIFY; the Docker client does the same.")]
    static void AcceptAnyServer(SslClientAuthenticationOptions options) => options.RemoteCertificateValidationCallback = (_, _, _, _) => true;

    static T Load<T>(string path, Func<string, T> load)
    {
        try
        {
            return load(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            // without the cause: its message might quote the file
            var because = e is CryptographicException ? "not a certificate with its key in PEM form" : "the file cannot be read";
            throw new IOException($"{path} or the key beside it cannot be used: {because}");
        }
    }
}
