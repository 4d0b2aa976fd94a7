using System.Globalization;
using System.Text;
using System.Text.Json;
using Xunit;

namespace SwarmAutoscaler.Measuring.Prometheus;

public class PrometheusAnswerTests
{
    const string One = """{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"2.5"]}]}}""";

    [Theory]
    [InlineData(200, One, "2.5")]
    [InlineData(200, """{"data":{"result":[{"value":["1","2"]}]}}""", "2")]
    [InlineData(200, """{"data":{"result":[{"value":[1,"1e+06"],"metric":{}}],"resultType":"vector"},"status":"success","infos":["x"]}""", "1000000")]
    [InlineData(200, """{"status":"success","data":{"resultType":"scalar","result":[1,"7"]}}""", "7")]
    [InlineData(200, """{"status":"success","data":{"resultType":"vector","result":[]}}""", "empty: the query gives no series")]
    [InlineData(200, """{"status":"success","data":{"resultType":"vector","result":null}}""", "empty: the query gives no series")]
    [InlineData(200, """{"status":"success","data":{"resultType":"scalar","result":[1,"NaN"]}}""", "not_finite: the answer is NaN")]
    [InlineData(200, """{"data":{"result":[{"value":[1,"+Inf"]}]}}""", "not_finite: the answer is Infinity")]
    [InlineData(200, """{"data":{"result":[{"value":[1,"-Inf"]}]}}""", "not_finite: the answer is -Infinity")]
    [InlineData(200, """{"data":{"result":[{"value":[1,"1e999"]}]}}""", "not_finite: the answer is Infinity")]
    [InlineData(200, """{"data":{"result":[{"value":[1,"1,5"]}]}}""", "malformed: the value is not a number")]
    [InlineData(200, """{"data":{"result":[{"value":[1]}]}}""", "malformed: the value is not a number")]
    [InlineData(200, """{"data":{"result":[{"metric":{}}]}}""", "malformed: the series has no value")]
    [InlineData(200, """{"data":{"result":[{"metric":{},"histogram":[1,{"count":"1"}]}]}}""", "malformed: the series is a native histogram: take histogram_quantile or another function of it")]
    [InlineData(200, """{"data":{"result":[{},{}]}}""", "several_series: the query gives 2 series, one is expected: aggregate them or set 'label'")]
    [InlineData(200, """{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"2"]]}]}}""",
        "malformed: the query gives a range of values (matrix): an instant vector or a scalar is needed")]
    [InlineData(200, """{"status":"success","data":{"resultType":"matrix","result":[]}}""", "malformed: the query gives a range of values (matrix): an instant vector or a scalar is needed")]
    [InlineData(200, """{"status":"success","data":{"resultType":"string","result":[1,"7"]}}""", "malformed: the query gives a string: an instant vector or a scalar is needed")]
    [InlineData(200, """{"status":"success","data":{"resultType":"tensor","result":[]}}""", "malformed: the query gives a result of the unknown type tensor")]
    [InlineData(200, "{}", "malformed: the answer holds no result")]
    [InlineData(200, """{"status":"success","data":null}""", "malformed: the answer holds no result")]
    [InlineData(200, "", "malformed: the answer is not the JSON of a Prometheus")]
    [InlineData(200, "[]", "malformed: the answer is not the JSON of a Prometheus")]
    [InlineData(200, "null", "malformed: the answer is not the JSON of a Prometheus")]
    [InlineData(200, """{"data":{"result":[{"value":[1,"2"]}]}""", "malformed: the answer is not the JSON of a Prometheus")]
    [InlineData(200, """{"data":{"result":[{"value":[1,"2"]}]}} more""", "malformed: the answer is not the JSON of a Prometheus")]
    [InlineData(200, """{"data":{"result":[{"value":[1,2]}]}}""", "malformed: the answer is not the JSON of a Prometheus")]
    [InlineData(200, """{"data":{"result":[{"value":[1,"2","3"]}]}}""", "malformed: the answer is not the JSON of a Prometheus")]
    [InlineData(200, """{"data":{"result":{"value":[1,"2"]}}}""", "malformed: the answer is not the JSON of a Prometheus")]
    [InlineData(200, """{"data":{"result":[],"result":[{"value":[1,"2"]}]}}""", "malformed: the answer is not the JSON of a Prometheus")]
    [InlineData(200, """{"status":"error","errorType":"internal","error":"disk is full"}""", "error: the server answered internal: disk is full")]
    [InlineData(200, """{"status":"wrong","data":{"result":[]}}""", "error: the server answered with status wrong")]
    [InlineData(400, """{"status":"error","errorType":"bad_data","error":"invalid parameter \"query\": 1:5: parse error"}""",
        "error: HTTP 400: bad_data: invalid parameter \"query\": 1:5: parse error")]
    [InlineData(422, """{"status":"error","errorType":"execution","error":"found duplicate series"}""", "error: HTTP 422: execution: found duplicate series")]
    [InlineData(503, """{"status":"error","errorType":"timeout","error":"query timed out"}""", "error: HTTP 503: timeout: query timed out")]
    [InlineData(503, "Service Unavailable", "error: HTTP 503")]
    [InlineData(500, One, "error: HTTP 500")]
    [InlineData(404, "404 page not found", "error: HTTP 404: no query interface there; is the path of 'url' right?")]
    [InlineData(401, "Unauthorized", "unauthorized: HTTP 401")]
    [InlineData(403, """{"error":"no access to tenant"}""", "unauthorized: HTTP 403: no access to tenant")]
    [InlineData(405, "", "error: HTTP 405")]
    public async Task An_answer_is_read_as_what_it_says(int status, string body, string reading)
    {
        await using var server = await FakePrometheus.StartAsync(status, body);
        using var source = Given.Source();
        Assert.Equal(reading, (await source.ReadAsync(Given.Metric(Given.Connection(server.Url), "query: up")))[0].Text());
    }

    [Fact]
    public async Task A_web_page_is_called_a_web_page()
    {
        await using var server = await FakePrometheus.StartAsync(200, "<html><body>Sign in</body></html>", "text/html; charset=utf-8");
        using var source = Given.Source();
        Assert.Equal("malformed: the answer is not the JSON of a Prometheus; it is an HTML page, does 'url' lead to a Prometheus?",
            (await source.ReadAsync(Given.Metric(Given.Connection(server.Url), "query: up")))[0].Text());
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_malformed()
    {
        var bytes = Encoding.Latin1.GetBytes("""{"data":{"result":[{"metric":{"job":"xÿ"},"value":[1,"2"]}]}}""".Replace('x', (char)0xC3));
        await using var server = await FakePrometheus.StartAsync(async (context, _) => await context.Response.Body.WriteAsync(bytes, context.RequestAborted));
        using var source = Given.Source();
        Assert.StartsWith("malformed: ", (await source.ReadAsync(Given.Metric(Given.Connection(server.Url), "{ query: up, label: job }")))[0].Text(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shop_api", "1")]
    [InlineData("shop_web", "several_series: 2 series have job=\"shop_web\", one is expected: aggregate by that label")]
    [InlineData("shop_nan", "not_finite: the answer is NaN")]
    [InlineData("shop_ünï", "4")]
    [InlineData("shop", "empty: none of the 6 series has job=\"shop\"")]
    public async Task A_label_picks_its_own_series_only(string key, string reading)
    {
        await using var server = await FakePrometheus.StartAsync(200, FakePrometheus.Vector(
            ("\"job\":\"shop_api\",\"x\":\"1\"", "1"), ("\"job\":\"shop_web\"", "2"), ("\"job\":\"shop_web\",\"x\":\"2\"", "3"),
            ("\"job\":\"shop_nan\"", "NaN"), ("\"job\":\"shop_\\u00fcn\\u00ef\"", "4"), ("\"x\":\"shop\"", "5")));
        using var source = Given.Source();
        Assert.Equal(reading, (await source.ReadAsync(Given.Metric(Given.Connection(server.Url), "{ query: up, label: job }", key)))[0].Text());
    }

    [Theory]
    [InlineData("query: up", "", "0")]
    [InlineData("{ query: up, label: job }", "", "0")]
    [InlineData("{ query: up, label: job }", """{"metric":{"job":"other"},"value":[1,"5"]}""", "0")]
    [InlineData("{ query: up, label: job }", """{"metric":{"other":"shop_api"},"value":[1,"5"]}""", "empty: none of the 1 series has a label job")]
    [InlineData("query: up", """{"metric":{},"value":[1,"NaN"]}""", "not_finite: the answer is NaN")]
    [InlineData("query: up", """{"metric":{},"value":[1,"+Inf"]}""", "not_finite: the answer is Infinity")]
    public async Task Only_no_series_is_zero_for_those_who_ask_for_it(string yaml, string result, string reading)
    {
        await using var server = await FakePrometheus.StartAsync(200, FakePrometheus.Result(result));
        using var source = Given.Source();
        Assert.Equal(reading, (await source.ReadAsync(Given.Metric(Given.Connection(server.Url), yaml, emptyIsZero: true)))[0].Text());
    }

    /// <summary>Where KEDA says 0 because null values are ignored, ours is missing: never a number that the server did not say.</summary>
    [Fact]
    public async Task The_answers_of_the_KEDA_vectors_are_read()
    {
        var rows = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(TestSupport.Testbed.Repository,
            "tests/SwarmAutoscaler.Tests/Measuring/Prometheus/keda-prometheus-value.json"))).RootElement.EnumerateArray().ToList();
        Assert.NotEmpty(rows);
        foreach (var row in rows)
        {
            await using var server = await FakePrometheus.StartAsync(row.GetProperty("http_status").GetInt32(), row.GetProperty("response").GetRawText());
            using var source = Given.Source();
            var reading = (await source.ReadAsync(Given.Metric(Given.Connection(server.Url), "query: up")))[0];
            var expected = row.GetProperty("expected");
            var value = expected.TryGetProperty("value", out var number) ? number.GetDouble() : (double?)null;
            var measured = (reading as Measured)?.Value;
            Assert.True(value is null or 0 ? measured is null or 0 && (value is 0 || measured is null) : measured == value, $"{row.GetProperty("id")}: {reading.Text()}");
        }
    }

    [Fact]
    public async Task A_vector_of_ten_thousand_series_serves_a_thousand_metrics_with_one_request()
    {
        var body = FakePrometheus.Vector([.. Enumerable.Range(0, 10_000).Select(i =>
            ($"\"container_label_com_docker_swarm_service_name\":\"s{i}\",\"id\":\"/docker/{i:x32}\"", (i / 2.0).ToString(CultureInfo.InvariantCulture)))]);
        await using var server = await FakePrometheus.StartAsync(200, body);
        using var source = Given.Source();
        var connection = Given.Connection(server.Url);
        var readings = await source.ReadAsync([.. Enumerable.Range(0, 1000).Select(i => Given.Metric(connection, "preset: cpu", $"s{i}"))]);
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => i / 2.0), readings.Select(reading => Assert.IsType<Measured>(reading).Value));
        Assert.Single(server.Requests);
    }
}
