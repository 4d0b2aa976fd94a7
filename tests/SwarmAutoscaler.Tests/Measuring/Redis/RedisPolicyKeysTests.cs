using SwarmAutoscaler.Recording;
using Xunit;

namespace SwarmAutoscaler.Measuring.Redis;

public sealed class RedisPolicyKeysTests : IDisposable
{
    readonly AutoscalerMeter meter = new();
    readonly RedisSource source;

    public RedisPolicyKeysTests() => source = new RedisSource(meter, new TestSupport.ManualTime());

    public void Dispose() => meter.Dispose();

    [Theory]
    [InlineData("{ url: 'redis://redis' }", "redis:6379/0")]
    [InlineData("{ url: 'redis://redis:6380' }", "redis:6380/0")]
    [InlineData("{ url: 'redis://redis:6380/' }", "redis:6380/0")]
    [InlineData("{ url: 'redis://redis:6380/3' }", "redis:6380/3")]
    [InlineData("{ url: 'redis://prodstack_redis:6379/0' }", "prodstack_redis:6379/0")]
    [InlineData("{ url: 'redis://[::1]:7000' }", "[::1]:7000/0")]
    [InlineData("{ url: 'redis://:s%3Acr%2Fet@redis' }", "redis:6379/0 password s:cr/et")]
    [InlineData("{ url: 'redis://reader:pw@redis' }", "redis:6379/0 user reader password pw")]
    [InlineData("{ url: 'redis://reader@redis', password_file: /run/secrets/redis }", "redis:6379/0 user reader file /run/secrets/redis")]
    [InlineData("{ url: 'redis://redis', username: reader, password_file: /run/secrets/redis }", "redis:6379/0 user reader file /run/secrets/redis")]
    [InlineData("{ url: 'redis://redis', password_file: /run/secrets/redis }", "redis:6379/0 file /run/secrets/redis")]
    [InlineData("{ url: 'rediss://redis' }", "redis:6379/0 tls")]
    [InlineData("{ url: 'rediss://redis', ca_file: ca.pem, client_cert_file: me.pem, client_key_file: me.key }", "redis:6379/0 tls ca.pem me.pem me.key")]
    [InlineData("{ sentinels: ['s1:26379', s2], master: mymaster }", "mymaster of s1:26379, s2:26379/0")]
    [InlineData("{ sentinels: [s1], master: mymaster, database: 2, tls: true, ca_file: ca.pem, sentinel_password_file: f }", "mymaster of s1:26379/2 tls ca.pem sentinel file f")]
    public void A_connection_is_read(string yaml, string expected)
    {
        var connection = RedisTrial.ReadConnection(source, yaml, out var errors);
        Assert.Empty(errors);
        Assert.Equal(expected, Show(connection!));
    }

    [Theory]
    [InlineData("{ }", "give either 'url', or 'sentinels' and 'master'")]
    [InlineData("{ url: 'redis://redis', sentinels: [s1], master: m }", "give either 'url', or 'sentinels' and 'master'")]
    [InlineData("{ url: '' }", "'url' must not be empty")]
    [InlineData("{ url: 'http://hunter2@redis' }", "'url' must have the form redis://[user@]host[:port][/database], or rediss:// for TLS")]
    [InlineData("{ url: 'redis://:hunter2@redis/zero' }", "'url' must have the form redis://[user@]host[:port][/database], or rediss:// for TLS")]
    [InlineData("{ url: 'redis://:hunter2@redis/0?timeout=5' }", "'url' must have the form redis://[user@]host[:port][/database], or rediss:// for TLS")]
    [InlineData("{ url: 'redis://:hunter2@redis:66666' }", "'url' must have the form redis://[user@]host[:port][/database], or rediss:// for TLS")]
    [InlineData("{ url: 'redis://hunter2@redis' }", "a user needs a password: give 'password_file'")]
    [InlineData("{ url: 'redis://redis', username: reader }", "a user needs a password: give 'password_file'")]
    [InlineData("{ url: 'redis://:hunter2@redis', password_file: f }", "the password is given twice, in 'url' and as 'password_file'")]
    [InlineData("{ url: 'redis://a:hunter2@redis', username: b }", "the user is given twice, in 'url' and as 'username'")]
    [InlineData("{ url: 'redis://redis', master: m }", "'master' goes with 'sentinels'")]
    [InlineData("{ url: 'redis://redis', database: 1 }", "'database' goes with 'sentinels'; in a URL it is the path: redis://host/1")]
    [InlineData("{ url: 'redis://redis', ca_file: f }", "'ca_file' needs TLS: a rediss:// URL, or 'tls: true' with sentinels")]
    [InlineData("{ url: 'rediss://redis', client_cert_file: f }", "'client_cert_file' and 'client_key_file' go together")]
    [InlineData("{ url: 'redis://redis', password: hunter2 }", "unknown key 'password'")]
    [InlineData("{ sentinels: [s1] }", "'master' is missing: the name under which the sentinels know the master")]
    [InlineData("{ sentinels: [], master: m }", "'sentinels' must be a list of at least one host:port")]
    [InlineData("{ sentinels: ['s1:none'], master: m }", "an entry of 'sentinels' is not host:port")]
    [InlineData("{ sentinels: ['s1'], master: m, sentinel_username: u }", "'sentinel_username' needs 'sentinel_password_file'")]
    [InlineData("{ sentinels: ['s1'], master: m, database: -1 }", "'database': '-1' must be from 0 to 1000000")]
    public void A_wrong_connection_is_reported_without_its_secrets(string yaml, string expected)
    {
        RedisTrial.ReadConnection(source, yaml, out var errors);
        Assert.Equal([expected], errors.Select(error => error.Message));
    }

    [Fact]
    public void A_password_does_not_show_in_a_connection_or_a_query()
    {
        var connection = RedisTrial.ReadConnection(source, "{ url: 'redis://reader:hunter2@redis' }", out _)!;
        var query = RedisTrial.ReadQuery(source, connection, "{ key: jobs }", out _);
        Assert.DoesNotContain("hunter2", $"{connection} {query} {connection.Login}", StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", System.Text.Json.JsonSerializer.Serialize(query), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ url: 'redis://a:pw@redis' }", true)]
    [InlineData("{ url: 'redis://a:pv@redis' }", false)]
    [InlineData("{ sentinels: [s1, s2], master: m }", true)]
    public void Equal_connections_share_a_client(string yaml, bool equal)
    {
        var other = yaml.Replace("pv", "pw", StringComparison.Ordinal);
        var (one, two) = (RedisTrial.ReadConnection(source, yaml, out _), RedisTrial.ReadConnection(source, other, out _));
        Assert.Equal(equal, one == two);
        Assert.True(!equal || one!.GetHashCode() == two!.GetHashCode());
    }

    [Theory]
    [InlineData("{ key: 'queue:jobs' }", null, nameof(RedisMeasure.Length))]
    [InlineData("{ key: 'queue:jobs', measure: length }", null, nameof(RedisMeasure.Length))]
    [InlineData("{ key: 'queue:jobs', group: workers }", "workers", nameof(RedisMeasure.Lag))]
    [InlineData("{ key: 'queue:jobs', group: workers, measure: lag }", "workers", nameof(RedisMeasure.Lag))]
    [InlineData("{ key: 'queue:jobs', group: workers, measure: pending }", "workers", nameof(RedisMeasure.Pending))]
    public void A_metric_is_read(string yaml, string? group, string measure)
    {
        var connection = new RedisConnection("default");
        var query = RedisTrial.ReadQuery(source, connection, yaml, out var errors);
        Assert.Empty(errors);
        Assert.Equal(new RedisQuery(connection, "queue:jobs", group, Enum.Parse<RedisMeasure>(measure)), query);
    }

    [Theory]
    [InlineData("{ }", "'key' is missing")]
    [InlineData("{ key: '' }", "'key' must not be empty")]
    [InlineData("{ key: a, group: '' }", "'group' must not be empty")]
    [InlineData("{ key: a, measure: lag }", "'measure: lag' and 'measure: pending' need the stream's 'group'")]
    [InlineData("{ key: a, group: g, measure: length }", "with 'group' the measure is lag or pending; leave 'group' out for the length of the whole stream")]
    [InlineData("{ key: a, measure: ready }", "'measure': 'ready' is not one of length, lag, pending")]
    [InlineData("{ key: a, queue: b }", "unknown key 'queue'")]
    public void A_wrong_metric_is_reported(string yaml, string expected)
    {
        RedisTrial.ReadQuery(source, new RedisConnection("default"), yaml, out var errors);
        Assert.Equal([expected], errors.Select(error => error.Message));
    }

    static string Show(RedisConnection connection)
    {
        var (login, tls, sentinels) = (connection.Login, connection.Tls, connection.Sentinels);
        var parts = new[]
        {
            $"{connection.Address?.ToString() ?? $"{sentinels!.Master} of {string.Join(", ", sentinels.Addresses)}"}/{connection.Database}",
            login.Username is { } user ? $"user {user}" : null,
            login.Password is { } password ? $"password {password.Reveal()}" : null,
            login.PasswordFile is { } file ? $"file {file}" : null,
            tls is null ? null : "tls",
            tls?.CaFile,
            tls?.ClientCertFile,
            tls?.ClientKeyFile,
            sentinels?.Login.PasswordFile is { } sentinelFile ? $"sentinel file {sentinelFile}" : null,
        };
        return string.Join(' ', parts.OfType<string>());
    }
}
