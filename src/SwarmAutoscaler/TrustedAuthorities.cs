using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SwarmAutoscaler;

/// <summary>Trust in the certificates of one file instead of the machine's. The name in the server's certificate must still match.</summary>
static class TrustedAuthorities
{
    /// <summary>What a certificate must be good for, if it says what it is good for.</summary>
    const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>For connections that take a policy. The file (PEM) is read now.</summary>
    /// <exception cref="IOException">The file cannot be read or holds no certificate; the message names it and quotes nothing.</exception>
    public static X509ChainPolicy PolicyFrom(string caFile)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(caFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new IOException($"the CA file {caFile} cannot be read", e);
        }
        return policy.CustomTrustStore.Count > 0 ? policy : throw new IOException($"the CA file {caFile} holds no certificate");
    }

    /// <summary>For connections that take only a check. The file is read at each handshake, so that a renewed file needs no restart.</summary>
    public static RemoteCertificateValidationCallback CheckFrom(string caFile) => (_, certificate, chain, errors) =>
        certificate is not null
        && (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) == SslPolicyErrors.None
        && IsSignedBy(caFile, certificate, chain);

    static bool IsSignedBy(string caFile, X509Certificate certificate, X509Chain? sent)
    {
        using var chain = new X509Chain();
        try
        {
            chain.ChainPolicy = PolicyFrom(caFile);
        }
        catch (IOException)
        {
            return false;
        }
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        if (sent is not null)
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        using var server = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return chain.Build(server);
    }
}
