using Xunit;

namespace SwarmAutoscaler.Measuring.Redis;

static class ReadingAsserts
{
    public static void Is(double expected, MetricReading reading)
    {
        if (reading is Missing missing)
            Assert.Fail($"expected {expected}, but: {missing.Reason}: {missing.Detail}");
        Assert.Equal(expected, ((Measured)reading).Value);
    }

    public static void IsMissing(MissingReason reason, string detail, MetricReading reading)
    {
        var missing = Assert.IsType<Missing>(reading);
        Assert.True(reason == missing.Reason, $"expected {reason}, but {missing.Reason}: {missing.Detail}");
        Assert.Contains(detail, missing.Detail, StringComparison.Ordinal);
    }
}
