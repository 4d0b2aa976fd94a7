using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Xunit;

namespace SwarmAutoscaler.Applying;

public sealed class TlsTests : IDisposable
{
    readonly TestCertificates ours = new();
    readonly TestCertificates others = new();

    [Fact]
    public async Task An_engine_is_reached_over_tcp()
    {
        await using var given = await StartAsync(port => Parse(port, null, null), secured: false);

        Assert.Equal(ApplyOutcomeKind.Applied, (await given.ScaleAsync(5)).Kind);
    }

    [Fact]
    public async Task An_engine_that_wants_a_client_certificate_gets_it()
    {
        await using var given = await StartAsync(port => Parse(port, ours.Folder, "1"));

        Assert.Null(await given.Swarm.CheckAsync(CancellationToken.None));
        Assert.Equal(ApplyOutcomeKind.Applied, (await given.ScaleAsync(5)).Kind);
    }

    [Fact]
    public async Task Without_a_client_certificate_such_an_engine_is_not_reached()
    {
        File.Delete(ours.Path("cert.pem"));
        File.Delete(ours.Path("key.pem"));
        await using var given = await StartAsync(port => Parse(port, ours.Folder, "1"));

        Assert.NotNull(await given.Swarm.CheckAsync(CancellationToken.None));
        Assert.Equal(ApplyOutcomeKind.Refused, (await given.ScaleAsync(5)).Kind);
        Assert.Empty(given.Fake.Seen);
    }

    [Fact]
    public async Task An_engine_whose_certificate_another_authority_signed_is_not_trusted()
    {
        File.Copy(others.Path("ca.pem"), ours.Path("ca.pem"), overwrite: true);
        await using var given = await StartAsync(port => Parse(port, ours.Folder, "1"));

        Assert.Contains("no secure connection to https://127.0.0.1", await given.Swarm.CheckAsync(CancellationToken.None), StringComparison.Ordinal);
        Assert.Equal(ApplyOutcomeKind.Refused, (await given.ScaleAsync(5)).Kind);
        Assert.Empty(given.Fake.Seen);
    }

    [Fact]
    public async Task An_engine_on_another_host_than_its_certificate_says_is_not_trusted()
    {
        await using var given = await StartAsync(port => Parse(port, ours.Folder, "1", "localhost"));

        Assert.Contains("no secure connection", await given.Swarm.CheckAsync(CancellationToken.None), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_systems_authorities_do_not_trust_a_private_one()
    {
        await using var given = await StartAsync(port => new TcpEndpoint("127.0.0.1", port, EngineTls.SystemTrust));

        Assert.Contains("no secure connection", await given.Swarm.CheckAsync(CancellationToken.None), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_verify_any_engine_is_accepted_as_the_docker_client_does()
    {
        File.Copy(others.Path("ca.pem"), ours.Path("ca.pem"), overwrite: true);
        await using var given = await StartAsync(port => Parse(port, ours.Folder, ""));

        Assert.Null(await given.Swarm.CheckAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Rotated_files_are_used_by_the_next_connection()
    {
        var good = await File.ReadAllTextAsync(ours.Path("ca.pem"));
        await File.WriteAllTextAsync(ours.Path("ca.pem"), await File.ReadAllTextAsync(others.Path("ca.pem")));
        await using var given = await StartAsync(port => Parse(port, ours.Folder, "1"));
        Assert.NotNull(await given.Swarm.CheckAsync(CancellationToken.None));

        await File.WriteAllTextAsync(ours.Path("ca.pem"), good);

        Assert.Null(await given.Swarm.CheckAsync(CancellationToken.None));
    }

    [Theory]
    [InlineData("ca.pem")]
    [InlineData("cert.pem")]
    [InlineData("key.pem")]
    public async Task A_file_that_is_no_certificate_is_named_but_not_quoted(string file)
    {
        await File.WriteAllTextAsync(ours.Path(file), "-----BEGIN secret stuff");
        await using var given = await StartAsync(port => Parse(port, ours.Folder, "1"));

        var because = await given.Swarm.CheckAsync(CancellationToken.None);

        Assert.Contains(ours.Folder, because, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plain_http_to_a_tls_port_is_an_answer_not_a_crash()
    {
        await using var given = await StartAsync(port => new TcpEndpoint("127.0.0.1", port, null));

        Assert.NotNull(await given.Swarm.CheckAsync(CancellationToken.None));
    }

    public void Dispose()
    {
        ours.Dispose();
        others.Dispose();
    }

    async Task<GivenEngine> StartAsync(Func<int, DockerEndpoint> endpoint, bool secured = true)
    {
        var fake = await FakeEngine.StartAsync(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (secured)
                listen.UseHttps(https =>
                {
                    https.ServerCertificate = ours.Server;
                    https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
                    https.ClientCertificateValidation = (certificate, _, _) => ours.Signed(certificate);
                });
        }), endpoint);
        return GivenEngine.At(GivenEngine.WithWeb(fake), fake.Endpoint);
    }

    static DockerEndpoint Parse(int port, string? certPath, string? verify, string host = "127.0.0.1")
    {
        var (options, problem) = DockerEngineOptions.Parse($"tcp://{host}:{port}", certPath, verify);
        Assert.Null(problem);
        return Assert.Single(options!.Endpoints);
    }
}
