using Xunit;

namespace SwarmAutoscaler.Measuring.Prometheus;

public class PrometheusConnectionTests
{
    [Fact]
    public void A_url_is_enough()
    {
        var (connection, errors) = Given.ParseConnection("url: http://prometheus:9090");
        Assert.Empty(errors);
        Assert.Equal(new Uri("http://prometheus:9090"), connection!.Url);
        Assert.Equal("container_label_com_docker_swarm_service_name", connection.ServiceLabel);
    }

    [Theory]
    [InlineData("username: a\npassword_file: /p")]
    [InlineData("bearer_token_file: /t")]
    [InlineData("ca_file: /ca.pem")]
    [InlineData("headers: { X-Scope-OrgID: shop, Authorization: Bearer abc }")]
    [InlineData("service_label: container_label_service")]
    public void All_keys_are_known(string more) => Assert.Empty(Given.ParseConnection($"url: https://prometheus.example.com/prefix\n{more}").Errors);

    [Theory]
    [InlineData("{ username: a }", "1:1 'url' is missing", "1:13 'username' needs 'password_file'")]
    [InlineData("url: prometheus:9090", "1:6 'url' must be an absolute http or https URL, for instance http://prometheus:9090")]
    [InlineData("url: ftp://prometheus", "1:6 'url' must be an absolute http or https URL, for instance http://prometheus:9090")]
    [InlineData("url: http://me:hidden@prometheus", "1:6 'url' must not hold credentials: use 'username' and 'password_file'")]
    [InlineData("url: http://prometheus/?token=hidden", "1:6 'url' must not have a query or fragment: write the address that stands before /api/v1")]
    [InlineData("{ url: http://p, bearer_token_file: /t, username: u, password_file: /p }", "1:37 'bearer_token_file' and 'username' with 'password_file' exclude each other")]
    [InlineData("{ url: http://p, password_file: /p }", "1:33 'password_file' needs 'username'")]
    [InlineData("{ url: http://p, username: 'a:b', password_file: /p }", "1:28 'username' must not contain a colon")]
    [InlineData("{ url: http://p, bearer_token_file: '' }", "1:37 'bearer_token_file' must not be empty")]
    [InlineData("{ url: http://p, ca_file: /ca }", "1:27 'ca_file' needs an https 'url'")]
    [InlineData("{ url: http://p, service_label: a-b }", "1:33 'service_label': 'a-b' is not a label name (letters, digits and underscores, no digit first)")]
    [InlineData("{ url: http://p, headers: text }", "1:27 'headers' must be a mapping")]
    [InlineData("{ url: http://p, headers: { Content-Type: hidden } }", "1:27 'headers': 'Content-Type' cannot be set here")]
    [InlineData("{ url: http://p, headers: { 'a b': hidden } }", "1:27 'headers': 'a b' is not a request header")]
    [InlineData("{ url: http://p, headers: { X: \"hidden\\nY: 1\" } }", "1:27 'headers': the value of 'X' may hold only visible ASCII characters and spaces")]
    [InlineData("{ url: http://p, headers: { X: hidden, x: hidden } }", "1:27 'headers': 'X' is given more than once", "1:27 'headers': 'x' is given more than once")]
    [InlineData("{ url: http://p, username: u, password_file: /p, headers: { authorization: hidden } }",
        "1:59 'headers' must not set Authorization beside 'bearer_token_file' or 'username'")]
    public void A_mistake_is_reported_at_its_place_without_its_secret(string yaml, params string[] errors)
    {
        var (connection, found) = Given.ParseConnection(yaml);
        Assert.Equal(errors, found);
        Assert.Null(connection);
        Assert.DoesNotContain(found, error => error.Contains("hidden", StringComparison.Ordinal));
    }

    [Fact]
    public void Connections_are_equal_by_value_so_that_metrics_share_a_client()
    {
        const string Text = "username: u\npassword_file: /p\nheaders: { A: one, B: two }";
        Assert.Equal(Given.Connection("http://p", Text), Given.Connection("http://p", Text));
        Assert.Equal(Given.Connection("http://p", Text).GetHashCode(), Given.Connection("http://p", Text).GetHashCode());
        Assert.NotEqual(Given.Connection("http://p", Text), Given.Connection("http://p", Text.Replace("two", "three", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_connection_in_a_log_shows_no_header()
    {
        var connection = Given.Connection("http://p", "headers: { X-Key: hidden }");
        Assert.Equal("prometheus connection default", connection.ToString());
        Assert.DoesNotContain("hidden", Given.Metric(connection, "query: up").ToString(), StringComparison.Ordinal);
    }
}
