using Xunit;

namespace SwarmAutoscaler.Applying;

public sealed class DockerEngineOptionsTests
{
    [Theory]
    [InlineData(null, "unix:///var/run/docker.sock")]
    [InlineData("", "unix:///var/run/docker.sock")]
    [InlineData(" , ", "unix:///var/run/docker.sock")]
    [InlineData("unix://", "unix:///var/run/docker.sock")]
    [InlineData("unix:///run/user/1000/docker.sock", "unix:///run/user/1000/docker.sock")]
    [InlineData("tcp://manager.example.com:2375", "tcp://manager.example.com:2375")]
    [InlineData("tcp://manager.example.com", "tcp://manager.example.com:2375")]
    [InlineData("tcp://manager.example.com:80", "tcp://manager.example.com:80")]
    [InlineData("http://manager.example.com:8080/", "tcp://manager.example.com:8080")]
    [InlineData("https://manager.example.com", "https://manager.example.com:2376")]
    [InlineData("https://manager.example.com:443", "https://manager.example.com:443")]
    [InlineData("tcp://[::1]:2375", "tcp://[::1]:2375")]
    [InlineData("192.0.2.1:2375", "tcp://192.0.2.1:2375")]
    [InlineData("tcp://:2375", "tcp://localhost:2375")]
    [InlineData("tcp://a.example.com:2375, tcp://b.example.com:2375,unix:///s", "tcp://a.example.com:2375 tcp://b.example.com:2375 unix:///s")]
    public void Hosts_are_read_as_the_docker_client_reads_them(string? host, string expected)
    {
        var (options, problem) = DockerEngineOptions.Parse(host, null, null);

        Assert.Null(problem);
        Assert.Equal(expected, string.Join(' ', options!.Endpoints));
    }

    [Theory]
    [InlineData("ssh://manager.example.com", "is not supported")]
    [InlineData("npipe:////./pipe/docker_engine", "is not supported")]
    [InlineData("unix://docker.sock", "must begin with '/'")]
    [InlineData("tcp:///var/run/docker.sock", "write unix:///var/run/docker.sock")]
    [InlineData("/var/run/docker.sock", "write unix:///var/run/docker.sock")]
    [InlineData("tcp://", "is not an address")]
    [InlineData("tcp://manager.example.com:99999", "is not an address")]
    [InlineData("tcp://manager.example.com:2375/api", "is not an address")]
    [InlineData("tcp://two words:2375", "is not an address")]
    [InlineData("tcp://good.example.com:2375,ftp://bad.example.com", "'ftp://bad.example.com' is not supported")]
    public void A_host_that_cannot_be_used_is_a_problem(string host, string because)
    {
        var (options, problem) = DockerEngineOptions.Parse(host, null, null);

        Assert.Null(options);
        Assert.StartsWith("DOCKER_HOST", problem, StringComparison.Ordinal);
        Assert.Contains(because, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_password_in_a_host_is_not_repeated() =>
        Assert.DoesNotContain("hunter2", DockerEngineOptions.Parse("tcp://admin:hunter2@manager.example.com:2375", null, null).Problem, StringComparison.Ordinal);

    [Theory]
    [InlineData(true, "1", "https://h.example.com:2376", true)]
    [InlineData(true, "0", "https://h.example.com:2376", true)]
    [InlineData(true, "", "https://h.example.com:2376", false)]
    [InlineData(true, null, "https://h.example.com:2376", false)]
    [InlineData(false, null, "tcp://h.example.com:2375", null)]
    [InlineData(false, "", "tcp://h.example.com:2375", null)]
    public void Tls_needs_a_folder_or_verify_and_the_server_is_checked_when_verify_is_set(bool folder, string? verify, string expected, bool? verifies)
    {
        using var certificates = new TestCertificates();

        var (options, problem) = DockerEngineOptions.Parse("tcp://h.example.com", folder ? certificates.Folder : null, verify);

        Assert.Null(problem);
        var endpoint = Assert.IsType<TcpEndpoint>(Assert.Single(options!.Endpoints));
        Assert.Equal((expected, verifies), (endpoint.ToString(), endpoint.Tls?.Verify));
        Assert.Equal(verifies is true ? certificates.Path("ca.pem") : null, endpoint.Tls?.AuthorityFile);
    }

    [Theory]
    [InlineData("ca.pem", "1", "ca.pem does not exist")]
    [InlineData("cert.pem", "1", "cert.pem is missing beside")]
    [InlineData("key.pem", "", "key.pem is missing beside")]
    public void A_missing_file_is_a_problem_that_names_it(string missing, string verify, string because)
    {
        using var certificates = new TestCertificates();
        File.Delete(certificates.Path(missing));

        Assert.Contains(because, DockerEngineOptions.Parse("tcp://h.example.com", certificates.Folder, verify).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_socket_needs_no_certificates() =>
        Assert.Null(DockerEngineOptions.Parse("unix:///var/run/docker.sock", "/nowhere", "1").Problem);
}
