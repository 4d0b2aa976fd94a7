using System.Diagnostics.Metrics;
using SwarmAutoscaler.Recording;
using Xunit;

namespace SwarmAutoscaler.Applying;

/// <summary>Runs alone: a listener hears the instruments of every test in the process.</summary>
[CollectionDefinition(nameof(EngineMetricsTests), DisableParallelization = true)]
[Collection(nameof(EngineMetricsTests))]
public sealed class EngineMetricsTests
{
    [Theory]
    [InlineData(200, "{}", "ok")]
    [InlineData(500, "update out of sequence", "conflict")]
    [InlineData(404, "service not found", "not_found")]
    [InlineData(400, "invalid", "refused")]
    [InlineData(501, "service mode change is not allowed", "refused")]
    [InlineData(503, "This node is not a swarm manager.", "not_manager")]
    [InlineData(500, "node lost leader status", "error")]
    [InlineData(0, "", "unreachable")]
    public async Task Every_request_is_counted_with_its_outcome(int status, string message, string outcome)
    {
        await using var given = await GivenEngine.StartAsync();
        given.Fake.On(GivenEngine.Update, status == 0 ? new FakeAnswer(200, "") { Breaks = true } : FakeAnswer.Message(status, message));

        Assert.Equal(["ping ok", "list_services ok", "read_service ok", $"update_service {outcome}"], await CountedAsync(async () =>
        {
            await given.Swarm.ListAsync(GivenEngine.Names, CancellationToken.None);
            await given.ScaleAsync(5);
        }));
    }

    [Fact]
    public async Task A_time_out_is_counted_as_such()
    {
        await using var given = await GivenEngine.StartAsync();
        given.Fake.On(GivenEngine.List, new FakeAnswer(200, "") { Hangs = true });

        Assert.Equal(["ping ok", "check timeout"], await CountedAsync(async () =>
        {
            var check = given.Swarm.CheckAsync(CancellationToken.None);
            await given.Fake.NextRequestAsync();
            await given.Fake.NextRequestAsync();
            given.Time.Advance(TimeSpan.FromSeconds(11));
            await check;
        }));
    }

    static async Task<IReadOnlyList<string>> CountedAsync(Func<Task> act)
    {
        var counted = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == AutoscalerMeter.Name)
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            var values = tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value);
            if (values.TryGetValue("operation", out var operation))
                lock (counted)
                    counted.Add($"{operation} {values["outcome"]}");
        });
        listener.Start();
        await act();
        return counted;
    }
}
