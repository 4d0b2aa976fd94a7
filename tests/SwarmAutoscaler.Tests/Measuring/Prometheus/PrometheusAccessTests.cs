using System.Text;
using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.Measuring.Prometheus;

public sealed class PrometheusAccessTests : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("prometheus-access-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task A_bearer_token_comes_from_its_file()
    {
        await using var server = await FakePrometheus.StartAsync(200, FakePrometheus.Vector(("", "1")));
        Assert.Equal("1", await ReadAsync(server, $"bearer_token_file: {File("token", "s3cr3t-token\n")}"));
        Assert.Equal("Bearer s3cr3t-token", server.Requests.Single().Headers["Authorization"]);
    }

    [Fact]
    public async Task A_user_and_the_password_of_a_file_make_basic_authentication()
    {
        await using var server = await FakePrometheus.StartAsync(200, FakePrometheus.Vector(("", "1")));
        Assert.Equal("1", await ReadAsync(server, $"username: me\npassword_file: {File("password", "pä:ss wörd\r\n")}"));
        Assert.Equal($"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("me:pä:ss wörd"))}", server.Requests.Single().Headers["Authorization"]);
    }

    [Fact]
    public async Task Headers_are_sent_as_written()
    {
        await using var server = await FakePrometheus.StartAsync(200, FakePrometheus.Vector(("", "1")));
        Assert.Equal("1", await ReadAsync(server, "headers: { X-Scope-OrgID: shop|two, Authorization: 'Custom a=b', Host: metrics.example.com }"));
        var headers = server.Requests.Single().Headers;
        Assert.Equal(("shop|two", "Custom a=b", "metrics.example.com"), (headers["X-Scope-OrgID"], headers["Authorization"], headers["Host"]));
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task After_a_refusal_the_secret_is_read_again_and_not_before(int status)
    {
        await using var server = await FakePrometheus.StartAsync((context, request) => request.Headers["Authorization"] == "Bearer new"
            ? FakePrometheus.Write(context, 200, FakePrometheus.Vector(("", "1")))
            : FakePrometheus.Write(context, request.Query == "first" ? 200 : status, FakePrometheus.Vector(("", "1"))));
        using var source = Given.Source();
        var connection = Given.Connection(server.Url, $"bearer_token_file: {File("token", "old")}");
        async Task<string> Ask(string query) => (await source.ReadAsync(Given.Metric(connection, $"query: {query}")))[0].Text();

        Assert.Equal("1", await Ask("first"));
        File("token", "new");
        Assert.Equal($"unauthorized: HTTP {status}", await Ask("second"));
        Assert.Equal("1", await Ask("third"));
        Assert.Equal(["Bearer old", "Bearer old", "Bearer new"], server.Requests.Select(request => request.Headers["Authorization"]));
    }

    [Theory]
    [InlineData("bearer_token_file: /nonexistent/token", "unauthorized: secret file /nonexistent/token cannot be read")]
    [InlineData("username: me\npassword_file: /nonexistent/password", "unauthorized: secret file /nonexistent/password cannot be read")]
    public async Task A_missing_secret_is_a_reading_and_no_request(string yaml, string reading)
    {
        await using var server = await FakePrometheus.StartAsync();
        Assert.Equal(reading, await ReadAsync(server, yaml));
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("\n", "is empty")]
    [InlineData("s3cr3t\nX-Other: 1", "holds letters that no token has")]
    public async Task A_token_that_is_none_is_not_sent(string token, string problem)
    {
        await using var server = await FakePrometheus.StartAsync();
        var path = File("token", token);
        Assert.Equal($"unauthorized: secret file {path} {problem}", await ReadAsync(server, $"bearer_token_file: {path}"));
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("bearer_token_file: TOKEN")]
    [InlineData("username: me\npassword_file: TOKEN")]
    [InlineData("headers: { X-Api-Key: hidden-secret }")]
    [InlineData("headers: { Authorization: Bearer hidden-secret }")]
    public async Task A_server_that_repeats_the_secret_does_not_get_it_into_a_reading_or_the_log(string yaml)
    {
        await using var server = await FakePrometheus.StartAsync((context, request) =>
        {
            var said = string.Concat(request.Headers.Select(header => $"{header.Key} {header.Value} ")) + "hidden-secret";
            return request.Query switch
            {
                "error" => FakePrometheus.Write(context, 400, $$"""{"status":"error","errorType":"bad_data","error":"{{said.Replace("\"", "", StringComparison.Ordinal)}}"}"""),
                "type" => FakePrometheus.Write(context, 200, """{"data":{"resultType":"hidden-secret","result":[]}}"""),
                "status" => FakePrometheus.Write(context, 200, """{"status":"hidden-secret"}"""),
                _ => FakePrometheus.Write(context, 200, """{"warnings":["hidden-secret"],"data":{"result":[]}}"""),
            };
        });
        var log = new ListLog();
        using var source = Given.Source(log: log);
        var connection = Given.Connection(server.Url, yaml.Replace("TOKEN", File("token", "hidden-secret"), StringComparison.Ordinal));
        var readings = await source.ReadAsync([.. new[] { "error", "type", "status", "warning" }.Select(query => Given.Metric(connection, $"query: {query}"))]);
        Assert.Equal("error: HTTP 400: (a text that repeats a secret)", readings[0].Text());
        Assert.Single(log.Lines);
        Assert.All(readings.Select(reading => reading.Text()).Concat(log.Lines), text =>
        {
            Assert.DoesNotContain("hidden-secret", text, StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToBase64String("me:hidden-secret"u8), text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_long_error_text_is_one_line_and_cut()
    {
        await using var server = await FakePrometheus.StartAsync(400, $$"""{"error":"first\n\tsecond {{new string('x', 5000)}}"}""");
        var reading = await ReadAsync(server, "");
        Assert.StartsWith("error: HTTP 400: first second xxx", reading, StringComparison.Ordinal);
        Assert.InRange(reading.Length, 300, 330);
    }

    [Fact]
    public async Task Only_the_own_authority_is_trusted()
    {
        using var good = new TestAuthority("good");
        using var other = new TestAuthority("other");
        await using var server = await FakePrometheus.StartAsync(good.Issue("127.0.0.1"));
        server.Answer = (context, _) => FakePrometheus.Write(context, 200, FakePrometheus.Vector(("", "1")));
        Assert.Equal("1", await ReadAsync(server, $"ca_file: {File("good.pem", good.Pem)}"));
        Assert.Equal("1", await ReadAsync(server, $"ca_file: {File("both.pem", other.Pem + "\n" + good.Pem)}"));
        Assert.StartsWith("unreachable: TLS: ", await ReadAsync(server, $"ca_file: {File("other.pem", other.Pem)}"), StringComparison.Ordinal);
        Assert.StartsWith("unreachable: TLS: ", await ReadAsync(server, ""), StringComparison.Ordinal);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_not_trusted()
    {
        using var authority = new TestAuthority("good");
        await using var server = await FakePrometheus.StartAsync(authority.Issue("127.0.0.9"));
        Assert.StartsWith("unreachable: TLS: ", await ReadAsync(server, $"ca_file: {File("good.pem", authority.Pem)}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_renewed_authority_is_picked_up_after_a_refused_handshake()
    {
        using var before = new TestAuthority("before");
        using var after = new TestAuthority("after");
        await using var server = await FakePrometheus.StartAsync(after.Issue("127.0.0.1"));
        server.Answer = (context, _) => FakePrometheus.Write(context, 200, FakePrometheus.Vector(("", "1")));
        using var source = Given.Source();
        var metric = Given.Metric(Given.Connection(server.Url, $"ca_file: {File("ca.pem", before.Pem)}"), "query: up");
        Assert.StartsWith("unreachable: TLS: ", (await source.ReadAsync(metric))[0].Text(), StringComparison.Ordinal);
        File("ca.pem", after.Pem);
        Assert.Equal("1", (await source.ReadAsync(metric))[0].Text());
    }

    [Theory]
    [InlineData(null, "cannot be read")]
    [InlineData("no certificate here", "holds no certificate")]
    [InlineData("-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n", "cannot be read")]
    public async Task An_authority_file_that_is_none_is_a_reading(string? text, string problem)
    {
        var path = text is null ? Path.Combine(folder.FullName, "missing") : File("ca.pem", text);
        using var source = Given.Source();
        Assert.Equal($"unreachable: the CA file {path} {problem}",
            (await source.ReadAsync(Given.Metric(Given.Connection("https://127.0.0.1:1", $"ca_file: {path}"), "query: up")))[0].Text());
    }

    static async Task<string> ReadAsync(FakePrometheus server, string more)
    {
        using var source = Given.Source();
        return (await source.ReadAsync(Given.Metric(Given.Connection(server.Url, more), "query: up")))[0].Text();
    }

    string File(string name, string text)
    {
        var path = Path.Combine(folder.FullName, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }
}
