using Xunit;

namespace SwarmAutoscaler.Measuring.RabbitMq;

public class RabbitMqKeysTests
{
    static readonly RabbitMqConnection Both = Given.Broker("url: 'amqp://mq.example.com/shop', management_url: 'http://mq.example.com:15672'");
    static readonly RabbitMqConnection AmqpOnly = Given.Broker("url: 'amqp://mq.example.com'");

    [Theory]
    [InlineData("url: 'amqp://mq.example.com'", "amqp://mq.example.com:5672/", null, "/", "guest", "guest")]
    [InlineData("url: 'amqp://mq.example.com/'", "amqp://mq.example.com:5672/", null, "/", "guest", "guest")]
    [InlineData("url: 'amqps://mq.example.com/shop'", "amqps://mq.example.com:5671/", null, "shop", "guest", "guest")]
    [InlineData("url: 'amqp://mq.example.com:7000/%2Fshop'", "amqp://mq.example.com:7000/", null, "/shop", "guest", "guest")]
    [InlineData("url: 'amqp://app:p%40ss@mq.example.com'", "amqp://mq.example.com:5672/", null, "/", "app", "p@ss")]
    [InlineData("management_url: 'http://mq.example.com:15672'", null, "http://mq.example.com:15672/", "/", "guest", "guest")]
    [InlineData("management_url: 'https://app:secret@mq.example.com/rabbit'", null, "https://mq.example.com/rabbit/", "/", "app", "secret")]
    [InlineData("url: 'amqp://app:secret@mq.example.com', management_url: 'http://app@mq.example.com'", "amqp://mq.example.com:5672/", "http://mq.example.com/", "/", "app", "secret")]
    public void A_connection_is_addresses_without_credentials_a_vhost_and_a_user(
        string yaml, string? amqp, string? management, string virtualHost, string user, string password)
    {
        var broker = Given.Broker(yaml);
        Assert.Equal((amqp, management, virtualHost, user, password),
            (broker.Amqp?.ToString(), broker.Management?.ToString(), broker.VirtualHost, broker.User, broker.ReadPassword().Password));
    }

    [Theory]
    [InlineData("username: app", "'url' (amqp:// or amqps://) or 'management_url'")]
    [InlineData("url: 'http://mq.example.com'", "'url' is not an address such as amqp://")]
    [InlineData("url: 'amqp://'", "'url' is not an address such as amqp://")]
    [InlineData("url: ''", "'url' must not be empty")]
    [InlineData("management_url: 'amqp://mq.example.com'", "'management_url' is not an address such as http://")]
    [InlineData("url: 'amqp://mq.example.com/a/b'", "write a slash in its name as %2F")]
    [InlineData("url: 'amqp://mq.example.com/?heartbeat=5'", "without a query")]
    [InlineData("url: 'amqp://app@mq.example.com'", "user 'app' has no password")]
    [InlineData("url: 'amqp://app:secret@mq.example.com', username: other", "two different users")]
    [InlineData("url: 'amqp://app:secret@mq.example.com', management_url: 'http://app:terces@mq.example.com'", "two different passwords")]
    [InlineData("url: 'amqp://app:secret@mq.example.com', password_file: /run/secrets/mq", "the password is given twice")]
    [InlineData("url: 'amqp://mq.example.com', hostname: x", "unknown key 'hostname'")]
    public void A_mistake_in_a_connection_is_one_error_that_shows_no_password(string yaml, string message)
    {
        var error = Assert.Single(Given.Connection(yaml).Errors);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret@", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("terces", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_text_of_a_connection_or_a_query_shows_the_password()
    {
        var broker = Given.Broker("url: 'amqp://app:hush@mq.example.com', management_url: 'http://app:hush@mq.example.com'");
        Assert.DoesNotContain("hush", $"{broker} {Given.Metric(broker, "queue: jobs")}", StringComparison.Ordinal);
    }

    [Fact]
    public void A_password_file_is_read_each_time_and_an_unreadable_one_is_a_missing_credential()
    {
        var file = Path.GetTempFileName();
        var broker = Given.Broker($"url: 'amqp://app@mq.example.com', password_file: {file}");
        File.WriteAllText(file, "one\n");
        var first = broker.ReadPassword();
        File.WriteAllText(file, "two\n");
        var second = broker.ReadPassword();
        File.Delete(file);
        Assert.Equal(("one", "two", MissingReason.Unauthorized), (first.Password, second.Password, broker.ReadPassword().Failure?.Reason));
    }

    [Theory]
    [InlineData("queue: jobs", "shop", "jobs", null, QueueMeasure.Total, QueueCombination.Sum)]
    [InlineData("queue: jobs, vhost: /, measure: unacked", "/", "jobs", null, QueueMeasure.Unacked, QueueCombination.Sum)]
    [InlineData("queue_pattern: 'celery.*', combine: max, measure: drain_time", "shop", null, "celery.*", QueueMeasure.DrainTime, QueueCombination.Max)]
    [InlineData("queue_pattern: 'celery.*', measure: publish_rate", "shop", null, "celery.*", QueueMeasure.PublishRate, QueueCombination.Sum)]
    public void A_query_names_a_queue_or_a_pattern(string yaml, string virtualHost, string? queue, string? pattern, object measure, object combine)
    {
        var query = (RabbitMqQuery)Given.Metric(Both, yaml).Query;
        Assert.Equal((virtualHost, queue, pattern, measure, combine, Given.Metric(Both, yaml).Query),
            (query.VirtualHost, query.Queue, query.Pattern?.Text, query.Measure, (object)query.Combine, query));
    }

    [Theory]
    [InlineData("measure: ready", "'queue' or 'queue_pattern' is missing")]
    [InlineData("queue: jobs, queue_pattern: 'jobs.*'", "exclude each other")]
    [InlineData("queue: jobs, combine: max", "'combine' needs 'queue_pattern'")]
    [InlineData("queue_pattern: 'a)|(b'", "is not a regular expression")]
    [InlineData("queue_pattern: '(a)\\1'", "is not a regular expression that can be used here")]
    [InlineData("queue: jobs, measure: depth", "is not one of ready, unacked, total, publish_rate, deliver_rate, consumers, drain_time")]
    [InlineData("queue: jobs, vhost: ''", "'vhost' must not be empty")]
    [InlineData("queue: jobs, group: x", "unknown key 'group'")]
    public void A_mistake_in_a_query_is_one_error(string yaml, string message)
    {
        var (query, errors) = Given.Query(Both, yaml);
        Assert.Contains(message, Assert.Single(errors).Message, StringComparison.Ordinal);
        Assert.True(query is null || message.StartsWith("unknown", StringComparison.Ordinal));
    }

    [Fact]
    public void A_name_of_more_than_255_bytes_is_an_error() =>
        Assert.Contains("longer than 255 bytes", Assert.Single(Given.Query(Both, $"queue: {new string('ü', 128)}").Errors).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("queue: jobs", "'measure: total', the default, needs the management API")]
    [InlineData("queue: jobs, measure: total", "'measure: total' needs the management API")]
    [InlineData("queue: jobs, measure: unacked", "connection 'default' has no 'management_url'")]
    [InlineData("queue: jobs, measure: publish_rate", "needs the management API")]
    [InlineData("queue: jobs, measure: deliver_rate", "needs the management API")]
    [InlineData("queue: jobs, measure: drain_time", "needs the management API")]
    [InlineData("queue_pattern: 'jobs.*', measure: ready", "'queue_pattern' needs the management API")]
    public void What_AMQP_cannot_tell_is_refused_when_the_connection_has_no_management_url(string yaml, string message) =>
        Assert.Contains(message, Assert.Single(Given.Query(AmqpOnly, yaml).Errors).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("queue: jobs, measure: ready")]
    [InlineData("queue: jobs, measure: consumers")]
    public void What_AMQP_can_tell_is_accepted(string yaml) => Assert.NotNull(Given.Metric(AmqpOnly, yaml));

    [Theory]
    [InlineData("celery.*", "celery", true)]
    [InlineData("celery.*", "celery.high", true)]
    [InlineData("celery.*", "my-celery", false)]
    [InlineData("celery", "celery.high", false)]
    [InlineData("a|bc", "bc", true)]
    [InlineData("a|bc", "abc", false)]
    [InlineData("celery", "celery\n", false)]
    public void A_pattern_matches_whole_names(string pattern, string queue, bool matches) =>
        Assert.Equal(matches, new QueuePattern(pattern).Matches(queue));
}
