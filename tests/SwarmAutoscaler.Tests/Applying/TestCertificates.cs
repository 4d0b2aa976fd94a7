using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SwarmAutoscaler.Applying;

/// <summary>An authority made for one test, with a certificate for a server on loopback and a client's folder as the Docker client wants it.</summary>
sealed class TestCertificates : IDisposable
{
    readonly X509Certificate2 authority;
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("sas-tls-");

    public TestCertificates()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        authority = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue);
        Server = Issue("CN=engine", names => names.AddIpAddress(IPAddress.Loopback));
        File.WriteAllText(Path("ca.pem"), authority.ExportCertificatePem());
        using var client = Issue("CN=autoscaler", names => names.AddDnsName("autoscaler"));
        File.WriteAllText(Path("cert.pem"), client.ExportCertificatePem());
        File.WriteAllText(Path("key.pem"), client.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
    }

    public X509Certificate2 Server { get; }

    public string Folder => folder.FullName;

    public string Path(string name) => System.IO.Path.Combine(Folder, name);

    /// <summary>Whether this authority signed it.</summary>
    public bool Signed(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        return chain.Build(certificate);
    }

    public void Dispose()
    {
        Server.Dispose();
        authority.Dispose();
        folder.Delete(recursive: true);
    }

    X509Certificate2 Issue(string subject, Action<SubjectAlternativeNameBuilder> describe)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        describe(names);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(authority, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue, RandomNumberGenerator.GetBytes(8));
        using var whole = certificate.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }
}
