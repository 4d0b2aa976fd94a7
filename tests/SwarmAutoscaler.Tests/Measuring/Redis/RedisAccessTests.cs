using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Xunit;

namespace SwarmAutoscaler.Measuring.Redis;

/// <summary>A server with a password, users and TLS, and a folder for secret files.</summary>
public sealed class SecuredRedis : IAsyncLifetime
{
    internal const string Password = "first-pass";

    internal RedisInstance Server { get; private set; } = null!;

    internal string Folder { get; } = Directory.CreateTempSubdirectory("redis-secrets-").FullName;

    public async Task InitializeAsync()
    {
        Server = await RedisInstance.StartAsync("redis-secured", Password, "--tls",
            "--acl", "reader:reader-pass:~queue:* -@all +type +llen +scard +zcard +hlen +xlen +xinfo|groups",
            "--acl", "blind:blind-pass:~queue:* -@all +type +ping");
        await Server.CommandAsync("RPUSH", "queue:list", "a", "b");
        await Server.CommandAsync("SADD", "queue:set", "a", "b", "c");
        await Server.CommandAsync("XADD", "queue:stream", "*", "job", "1");
        await Server.CommandAsync("XGROUP", "CREATE", "queue:stream", "workers", "0");
        await Server.CommandAsync("RPUSH", "private", "a");
    }

    public async Task DisposeAsync()
    {
        await Server.StopAsync();
        Directory.Delete(Folder, recursive: true);
    }

    internal string Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}

/// <summary>Who may read from a real server, and whom we believe to be that server.</summary>
public sealed class RedisAccessTests(SecuredRedis secured) : IClassFixture<SecuredRedis>
{
    readonly RedisInstance redis = secured.Server;

    [Theory]
    [InlineData("redis://:first-pass@", null)]
    [InlineData("redis://default:first-pass@", null)]
    [InlineData("redis://reader:reader-pass@", null)]
    [InlineData("redis://", "NOAUTH")]
    [InlineData("redis://:hunter2@", "WRONGPASS")]
    [InlineData("redis://reader:hunter2@", "WRONGPASS")]
    [InlineData("redis://nobody:hunter2@", "WRONGPASS")]
    [InlineData("redis://blind:blind-pass@", "NOPERM")]
    public async Task A_password_in_the_url_opens_or_not(string user, string? refusal)
    {
        await using var trial = new RedisTrial($"{{ url: '{user}127.0.0.1:{redis.Port}' }}");
        var reading = await trial.ReadAsync("{ key: 'queue:list' }");
        if (refusal is null)
            ReadingAsserts.Is(2, reading);
        else
        {
            ReadingAsserts.IsMissing(MissingReason.Unauthorized, refusal, reading);
            Assert.DoesNotContain("hunter2", reading.ToString(), StringComparison.Ordinal);
            Assert.Equal("unauthorized", trial.Outcomes[^1]);
        }
    }

    [Fact]
    public async Task A_user_needs_the_named_commands_only_and_a_forbidden_key_disturbs_no_other()
    {
        var file = secured.Write("reader", "reader-pass\n");
        await using var trial = new RedisTrial($"{{ url: 'redis://reader@127.0.0.1:{redis.Port}', password_file: {file} }}");
        for (int i = 0; i < 2; i++)
        {
            var readings = await trial.ReadAllAsync("{ key: 'queue:list' }", "{ key: private }", "{ key: 'queue:set' }", "{ key: 'queue:stream', group: workers }");
            ReadingAsserts.Is(2, readings[0]);
            ReadingAsserts.IsMissing(MissingReason.Unauthorized, "NOPERM", readings[1]);
            ReadingAsserts.Is(3, readings[2]);
            ReadingAsserts.Is(1, readings[3]);
        }
    }

    [Fact]
    public async Task A_rotated_password_file_is_read_again()
    {
        var file = secured.Write("rotated", "rotated-one");
        await redis.CommandAsync("ACL", "SETUSER", "rotating", "on", ">rotated-one", "~*", "+type", "+llen");
        await using var trial = new RedisTrial($"{{ url: 'redis://127.0.0.1:{redis.Port}', username: rotating, password_file: {file} }}");
        ReadingAsserts.Is(2, await trial.ReadAsync("{ key: 'queue:list' }"));
        await redis.CommandAsync("ACL", "DELUSER", "rotating");
        await redis.CommandAsync("ACL", "SETUSER", "rotating", "on", ">rotated-two", "~*", "+type", "+llen");
        ReadingAsserts.IsMissing(MissingReason.Unauthorized, "WRONGPASS", await trial.ReadAsync("{ key: 'queue:list' }"));
        secured.Write("rotated", "rotated-two");
        ReadingAsserts.Is(2, await trial.ReadAsync("{ key: 'queue:list' }"));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task An_own_authority_is_trusted_when_it_is_named(string host)
    {
        await using var trial = new RedisTrial($"{{ url: 'rediss://:first-pass@{host}:{redis.TlsPort}', ca_file: {redis.CaFile} }}");
        ReadingAsserts.Is(2, await trial.ReadAsync("{ key: 'queue:list' }"));
        ReadingAsserts.Is(2, await trial.ReadAsync("{ key: 'queue:list' }"));
    }

    [Fact]
    public async Task An_authority_that_is_not_named_is_not_trusted()
    {
        var other = secured.Write("other.pem", NewAuthority());
        foreach (var caFile in new[] { $", ca_file: {other}", "" })
        {
            await using var trial = new RedisTrial($"{{ url: 'rediss://:first-pass@127.0.0.1:{redis.TlsPort}'{caFile} }}");
            ReadingAsserts.IsMissing(MissingReason.Unreachable, "TLS failed", await trial.ReadAsync("{ key: 'queue:list' }"));
        }
    }

    [Fact]
    public async Task A_certificate_for_another_host_is_refused()
    {
        await redis.CommandAsync("CONFIG", "SET", "bind", "127.0.0.1 127.0.0.2");
        await using var trial = new RedisTrial($"{{ url: 'rediss://:first-pass@127.0.0.2:{redis.TlsPort}', ca_file: {redis.CaFile} }}");
        ReadingAsserts.IsMissing(MissingReason.Unreachable, "RemoteCertificateNameMismatch", await trial.ReadAsync("{ key: 'queue:list' }"));
    }

    [Fact]
    public async Task A_client_certificate_is_shown_to_a_server_that_wants_one()
    {
        var (certificate, key) = NewClientCertificate(redis.CaFile);
        var (certificateFile, keyFile) = (secured.Write("client.pem", certificate), secured.Write("client.key", key));
        await redis.CommandAsync("CONFIG", "SET", "tls-auth-clients", "yes");
        try
        {
            var start = $"url: 'rediss://:first-pass@127.0.0.1:{redis.TlsPort}', ca_file: {redis.CaFile}";
            await using var with = new RedisTrial($"{{ {start}, client_cert_file: {certificateFile}, client_key_file: {keyFile} }}");
            await using var without = new RedisTrial($"{{ {start} }}");
            ReadingAsserts.Is(2, await with.ReadAsync("{ key: 'queue:list' }"));
            ReadingAsserts.IsMissing(MissingReason.Unreachable, "", await without.ReadAsync("{ key: 'queue:list' }"));
        }
        finally
        {
            await redis.CommandAsync("CONFIG", "SET", "tls-auth-clients", "no");
        }
    }

    [Fact]
    public async Task Tls_and_plain_text_do_not_meet()
    {
        await using var plainToTls = new RedisTrial($"{{ url: 'redis://:first-pass@127.0.0.1:{redis.TlsPort}' }}");
        await using var tlsToPlain = new RedisTrial($"{{ url: 'rediss://:first-pass@127.0.0.1:{redis.Port}', ca_file: {redis.CaFile} }}");
        // The server sends an alert and resets the connection; which of the two we see first is chance.
        var reading = Assert.IsType<Missing>(await plainToTls.ReadAsync("{ key: 'queue:list' }"));
        Assert.True(reading.Reason is MissingReason.Malformed or MissingReason.Unreachable, reading.ToString());
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        ReadingAsserts.IsMissing(MissingReason.Timeout, "does this port speak TLS?", await tlsToPlain.ReadAsync("{ key: 'queue:list' }", deadline.Token));
    }

    [Theory]
    [InlineData("/nowhere/ca.pem", "/nowhere/ca.pem cannot be used")]
    [InlineData("EMPTY", "holds no certificate")]
    public async Task A_file_of_ours_that_cannot_be_used_is_named(string file, string detail)
    {
        var path = file == "EMPTY" ? secured.Write("empty.pem", "") : file;
        await using var trial = new RedisTrial($"{{ url: 'rediss://:first-pass@127.0.0.1:{redis.TlsPort}', ca_file: {path} }}");
        ReadingAsserts.IsMissing(MissingReason.Unreachable, detail, await trial.ReadAsync("{ key: 'queue:list' }"));
    }

    static string NewAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=other authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        return certificate.ExportCertificatePem();
    }

    /// <summary>Signed by the test bed's authority, whose key lies beside its certificate.</summary>
    static (string Certificate, string Key) NewClientCertificate(string authorityFile)
    {
        using var authority = X509Certificate2.CreateFromPemFile(authorityFile, Path.ChangeExtension(authorityFile, ".key"));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=autoscaler", key, HashAlgorithmName.SHA256);
        using var certificate = request.Create(authority, authority.NotBefore, authority.NotAfter, [1, 2, 3, 4]);
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
