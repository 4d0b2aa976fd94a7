using SwarmAutoscaler.Constraining;
using SwarmAutoscaler.Cycle;
using Xunit;
using Xunit.Abstractions;

namespace SwarmAutoscaler.Coordinating;

/// <summary>The label with everything has to stay below what Raft takes in one message: 1.4 MB were accepted by a real engine, 2 MB refused.</summary>
public sealed class HistorySizeTests(ITestOutputHelper output)
{
    /// <summary>Every service with an id of its own, some changes within its longest period, and so many different proposals within its window.</summary>
    [Theory]
    [InlineData(1_000, 1, 1, 80_000)]
    [InlineData(1_000, 8, 4, 150_000)]
    [InlineData(10_000, 4, 2, 1_300_000)]
    public void Everything_fits_into_one_label(int services, int proposals, int changes, int most)
    {
        var (random, now, memory) = (new Random(1), new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new ServiceHistories());
        for (int i = 0; i < services; i++)
            memory.Remember(CycleTrial.Policy($"stack{i % 40}_service{i}"), Busy(random, now, proposals, changes), now, memory.Term);
        string label = HistoryLabel.Write(memory.Snapshot(), isClosed: false);
        output.WriteLine($"{services} services, {proposals} proposals and {changes} changes each: {label.Length} characters");
        Assert.InRange(label.Length, 1, most);
        Assert.Equal(services, HistoryLabel.Read(label, now).Services!.Count);
    }

    static ScalingHistory Busy(Random random, DateTimeOffset now, int proposals, int changes)
    {
        int count = random.Next(2, 50);
        return ScalingHistory.Of(
            Enumerable.Range(0, proposals).Select(age => (now.AddSeconds(-15 * random.Next(20) * Math.Min(1, age)), count + random.Next(20))),
            Enumerable.Range(1, changes).Select(_ => new ReplicaChange(now.AddSeconds(-15 * random.Next(20)), count, count + random.Next(1, 5))), []) with
        {
            ServiceId = new string([.. Enumerable.Range(0, 25).Select(_ => "0123456789abcdefghijklmnopqrstuvwxyz"[random.Next(36)])]),
            LastSeen = count,
            LastDecided = count,
            LastActive = now,
        };
    }
}
