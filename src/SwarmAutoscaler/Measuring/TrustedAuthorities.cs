using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SwarmAutoscaler.Measuring;

/// <summary>Trust in the certificates of one file instead of the machine's. The name in the server's certificate must still match.</summary>
static class TrustedAuthorities
{
    /// <summary>What a certificate must be good for, if it says what it is good for.</summary>
    const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>A check for one connection or many; the file is read for each, so that a renewed file needs no restart.</summary>
    public static RemoteCertificateValidationCallback From(string caFile) => (_, certificate, chain, errors) =>
        certificate is not null
        && (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) == SslPolicyErrors.None
        && IsSignedBy(caFile, certificate, chain);

    /// <summary>The reading when a secure connection could not be made.</summary>
    public static Missing Distrusted(string place, string? caFile) => new(MissingReason.Unreachable,
        $"no secure connection to {place}: its certificate is not trusted{(caFile is null ? "" : $" by {caFile}")}, or it speaks no TLS");

    static bool IsSignedBy(string caFile, X509Certificate certificate, X509Chain? sent)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        try
        {
            chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(caFile);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
        if (sent is not null)
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        using var server = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return chain.Build(server);
    }
}
