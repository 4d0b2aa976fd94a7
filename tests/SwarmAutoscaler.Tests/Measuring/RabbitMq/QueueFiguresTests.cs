using System.Text;
using System.Text.Json;
using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.Measuring.RabbitMq;

public class QueueFiguresTests
{
    static readonly QueueFigures Jobs = new("jobs") { State = "running", Ready = 27, Unacked = 3, Total = 30, Consumers = 2, PublishRate = 10, DeliverRate = 20 };

    [Theory]
    [InlineData(QueueMeasure.Ready, 27)]
    [InlineData(QueueMeasure.Unacked, 3)]
    [InlineData(QueueMeasure.Total, 30)]
    [InlineData(QueueMeasure.Consumers, 2)]
    [InlineData(QueueMeasure.PublishRate, 10)]
    [InlineData(QueueMeasure.DeliverRate, 20)]
    [InlineData(QueueMeasure.DrainTime, 1)]
    public void Each_measure_is_its_own_number_and_missing_when_it_is_not_told(object measure, double expected)
    {
        Assert.Equal(MetricReading.Of(expected), Jobs.Measure((QueueMeasure)measure));
        Assert.Equal("empty", new QueueFigures("jobs").Measure((QueueMeasure)measure).Short());
    }

    [Theory]
    [InlineData(100, 10, 20, "4.5")]
    [InlineData(0, 0, 0, "0")]
    [InlineData(0, 5, 0, "0")]
    [InlineData(1, 0, 4, "0")]
    [InlineData(12, 5, 0, "not_finite")]
    [InlineData(12, null, 5, "empty")]
    [InlineData(12, 5, null, "empty")]
    [InlineData(null, 5, 5, "empty")]
    public void Drain_time_is_seconds_never_negative_and_never_invented(int? messages, int? publish, int? deliver, string expected) =>
        Assert.Equal(expected, new QueueFigures("jobs") { Total = messages, PublishRate = publish, DeliverRate = deliver }.Measure(QueueMeasure.DrainTime).Short());

    [Theory]
    [InlineData("running", "30")]
    [InlineData("flow", "30")]
    [InlineData("syncing", "30")]
    [InlineData(null, "30")]
    [InlineData("down", "error")]
    [InlineData("crashed", "error")]
    [InlineData("stopped", "error")]
    [InlineData("minority", "error")]
    public void The_numbers_of_a_queue_that_does_not_work_are_not_believed(string? state, string expected) =>
        Assert.Equal(expected, (Jobs with { State = state }).Measure(QueueMeasure.Total).Short());

    [Theory]
    [InlineData(QueueMeasure.Total, QueueCombination.Sum, "35")]
    [InlineData(QueueMeasure.Total, QueueCombination.Max, "30")]
    [InlineData(QueueMeasure.Total, QueueCombination.Avg, "17.5")]
    [InlineData(QueueMeasure.DrainTime, QueueCombination.Sum, "2")] // (25 − 20) ÷ 20 + 35 ÷ 20
    [InlineData(QueueMeasure.DrainTime, QueueCombination.Max, "not_finite")]
    public void Queues_of_a_pattern_become_one_number(object measure, object combine, string expected)
    {
        var stuck = new QueueFigures("stuck") { Ready = 5, Unacked = 0, Total = 5, Consumers = 0, PublishRate = 15, DeliverRate = 0 };
        Assert.Equal(expected, QueueSet.Combine([Jobs, stuck], (QueueMeasure)measure, (QueueCombination)combine).Short());
    }

    [Theory]
    [InlineData(QueueCombination.Sum)]
    [InlineData(QueueCombination.Max)]
    [InlineData(QueueCombination.Avg)]
    public void One_queue_whose_number_is_not_known_makes_the_combined_number_unknown(object combine)
    {
        Assert.Equal("empty", QueueSet.Combine([Jobs, new QueueFigures("fresh")], QueueMeasure.Total, (QueueCombination)combine).Short());
        Assert.Equal("error", QueueSet.Combine([Jobs, Jobs with { State = "down" }], QueueMeasure.Total, (QueueCombination)combine).Short());
    }

    [Fact]
    public void Drain_times_of_other_autoscalers_tests_hold()
    {
        foreach (var row in Vectors("keda.rabbitmq_eta"))
        {
            var queue = new QueueFigures("q") { Total = Number(row, "messages"), PublishRate = Number(row, "publish_rate"), DeliverRate = Number(row, "deliver_rate") };
            var reading = Assert.IsType<Measured>(queue.Measure(QueueMeasure.DrainTime));
            Assert.Equal(Number(row.GetProperty("expected"), "metric"), reading.Value, 9);
            Assert.Equal(row.GetProperty("expected").GetProperty("active").GetBoolean(), reading.Value > Number(row, "activation"));
        }
    }

    [Fact]
    public void Sums_maxima_and_averages_of_other_autoscalers_tests_hold()
    {
        foreach (var row in Vectors("keda.rabbitmq_aggregate"))
        {
            var queues = row.GetProperty("queues").EnumerateArray().Select(queue => new QueueFigures("q")
            {
                Total = Number(queue, "messages"),
                Ready = Number(queue, "ready"),
                PublishRate = Number(queue, "publish_rate"),
                DeliverRate = Number(queue, "deliver_rate"),
                Unacked = 0,
                Consumers = 0,
            }).ToList();
            var combine = Enum.Parse<QueueCombination>(row.GetProperty("operation").GetString()!, ignoreCase: true);
            foreach (var (field, measure) in new[] { ("messages", QueueMeasure.Total), ("ready", QueueMeasure.Ready), ("publish_rate", QueueMeasure.PublishRate), ("deliver_rate", QueueMeasure.DeliverRate) })
            {
                var reading = QueueSet.Combine(queues, measure, combine);
                // Where no queue matches they say 0; here that is empty, which empty_is_zero turns into 0.
                double value = queues.Count == 0 ? Assert.IsType<Missing>(reading).Reason == MissingReason.Empty ? 0 : -1 : Assert.IsType<Measured>(reading).Value;
                // They cut the average of a count to a whole number, which hides one message in two queues; here it keeps its fraction.
                bool cut = combine == QueueCombination.Avg && measure is QueueMeasure.Total or QueueMeasure.Ready;
                Assert.Equal(Number(row.GetProperty("expected"), field), cut ? Math.Truncate(value) : value, 9);
            }
        }
    }

    [Theory]
    [InlineData("[]", 0)]
    [InlineData("""[{"name":"a","messages":1,"unknown":{"deep":[1,{"messages":9}]},"state":"running"},{"messages":2,"name":"b"}]""", 2)]
    [InlineData("""[{"name":"a","messages":null,"messages_ready":"","state":null,"message_stats":[]}]""", 1)]
    [InlineData("""[{"name":"a","message_stats":{"publish":3,"publish_details":{"rate":1.5},"deliver_get_details":{"avg":1}}}]""", 1)]
    public void A_list_of_queues_is_read_whatever_else_it_holds(string json, int count) =>
        Assert.Equal(count, QueueList.Parse(Encoding.UTF8.GetBytes(json)).Count);

    [Fact]
    public void Nested_figures_are_not_mistaken_for_the_queues_own()
    {
        var queue = QueueList.Parse("""[{"x":{"messages":9,"name":"no"},"name":"a","messages":1,"consumers":2,"message_stats":{"ack_details":{"rate":7},"publish_details":{"rate":1.5}}}]"""u8)["a"];
        Assert.Equal(new QueueFigures("a") { Total = 1, Consumers = 2, PublishRate = 1.5 }, queue);
    }

    static List<JsonElement> Vectors(string kind)
    {
        var file = Path.Combine(Testbed.Repository, "tests", "SwarmAutoscaler.Tests", "Measuring", "RabbitMq", "keda-rabbitmq.json");
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        var rows = document.RootElement.EnumerateArray().Where(row => row.GetProperty("kind").GetString() == kind).Select(row => row.Clone()).ToList();
        Assert.NotEmpty(rows);
        return rows;
    }

    static double Number(JsonElement row, string field) => row.GetProperty(field).GetDouble();
}
