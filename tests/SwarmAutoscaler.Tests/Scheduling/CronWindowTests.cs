using System.Globalization;
using System.Text.Json;
using SwarmAutoscaler.Scheduling;
using Xunit;

namespace SwarmAutoscaler.Tests.Scheduling;

public sealed class CronWindowTests
{
    static readonly Dictionary<string, JsonElement> Vectors = JsonDocument
        .Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Conformance", "vectors.json"))).RootElement.GetProperty("vectors").EnumerateArray()
        .Where(row => row.GetProperty("kind").GetString() == "schedule.active")
        .ToDictionary(row => row.GetProperty("id").GetString()!);

    public static TheoryData<string> Replayed => [.. Vectors.Keys];

    static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    [Theory]
    [MemberData(nameof(Replayed))]
    public void A_fact_from_another_autoscaler_holds_here(string id)
    {
        var (row, hours) = (Vectors[id], Vectors[id].GetProperty("schedule"));
        var (start, zone) = (hours.GetProperty("start").GetString()!, row.GetProperty("timezone").GetString()!);
        var window = hours.TryGetProperty("end", out var end)
            ? CronWindow.Between(start, end.GetString()!, zone)
            : CronWindow.For(start, TimeSpan.FromSeconds(hours.GetProperty("duration_s").GetInt32()), zone);
        Assert.Equal(row.GetProperty("expected").GetProperty("active").GetBoolean(), window.IsActive(At(row.GetProperty("now").GetString()!)));
    }

    [Fact]
    public void So_many_are_replayed() => Assert.Equal(14, Replayed.Count);

    [Theory]
    // Across midnight, Berlin is one hour ahead in winter.
    [InlineData("0 22 * * *", "0 6 * * *", "2026-01-10T20:59:59Z", false)]
    [InlineData("0 22 * * *", "0 6 * * *", "2026-01-10T21:00:00Z", true)]
    [InlineData("0 22 * * *", "0 6 * * *", "2026-01-10T23:30:00Z", true)]
    [InlineData("0 22 * * *", "0 6 * * *", "2026-01-11T04:59:59.999Z", true)]
    [InlineData("0 22 * * *", "0 6 * * *", "2026-01-11T05:00:00Z", false)]
    // Over a weekend: from Friday evening to Monday morning.
    [InlineData("0 18 * * 5", "0 8 * * 1", "2026-01-10T12:00:00Z", true)]
    [InlineData("0 18 * * 5", "0 8 * * 1", "2026-01-12T06:59:00Z", true)]
    [InlineData("0 18 * * 5", "0 8 * * 1", "2026-01-12T07:00:00Z", false)]
    // Clocks go forward on 2026-03-29, 02:00 to 03:00; eight o'clock is 07:00 UTC before and 06:00 UTC after.
    [InlineData("0 8 * * *", "0 18 * * *", "2026-03-28T06:30:00Z", false)]
    [InlineData("0 8 * * *", "0 18 * * *", "2026-03-29T06:00:00Z", true)]
    [InlineData("0 8 * * *", "0 18 * * *", "2026-03-29T16:00:00Z", false)]
    [InlineData("0 22 * * *", "0 6 * * *", "2026-03-29T03:59:59Z", true)]
    [InlineData("0 22 * * *", "0 6 * * *", "2026-03-29T04:00:00Z", false)]
    // A start that is skipped is the moment the clocks went forward to; a window that is skipped as a whole has no hours.
    [InlineData("30 2 * * *", "0 5 * * *", "2026-03-29T00:59:59Z", false)]
    [InlineData("30 2 * * *", "0 5 * * *", "2026-03-29T01:00:00Z", true)]
    [InlineData("30 2 * * *", "0 5 * * *", "2026-03-29T02:59:59Z", true)]
    [InlineData("30 2 * * *", "0 5 * * *", "2026-03-29T03:00:00Z", false)]
    [InlineData("0 2 * * *", "45 2 * * *", "2026-03-29T01:00:00Z", false)]
    // Clocks go back on 2026-10-25, 03:00 to 02:00; the first of the two counts.
    [InlineData("0 8 * * *", "0 18 * * *", "2026-10-25T06:30:00Z", false)]
    [InlineData("0 8 * * *", "0 18 * * *", "2026-10-25T07:00:00Z", true)]
    [InlineData("0 22 * * *", "0 6 * * *", "2026-10-25T04:59:59Z", true)]
    [InlineData("0 22 * * *", "0 6 * * *", "2026-10-25T05:00:00Z", false)]
    [InlineData("30 2 * * *", "0 4 * * *", "2026-10-25T00:29:59Z", false)]
    [InlineData("30 2 * * *", "0 4 * * *", "2026-10-25T00:30:00Z", true)]
    [InlineData("30 2 * * *", "0 4 * * *", "2026-10-25T01:15:00Z", true)]
    [InlineData("30 2 * * *", "0 4 * * *", "2026-10-25T03:00:00Z", false)]
    public void Hours_are_those_of_the_clock_in_Berlin(string start, string end, string at, bool expected) =>
        Assert.Equal(expected, CronWindow.Between(start, end, "Europe/Berlin").IsActive(At(at)));

    [Theory]
    [InlineData("2026-03-28T21:00:00Z", true)]
    [InlineData("2026-03-29T05:00:00Z", false)]      // eight hours have passed, although the clock says 07:00
    [InlineData("2026-10-25T03:59:59Z", true)]
    [InlineData("2026-10-25T04:00:00Z", false)]      // the clock says 05:00
    public void A_duration_is_elapsed_time(string at, bool expected) =>
        Assert.Equal(expected, CronWindow.For("0 22 * * *", TimeSpan.FromHours(8), "Europe/Berlin").IsActive(At(at)));

    [Theory]
    [InlineData("0 * * * *", 90, "2026-01-01T12:59:00Z", true)]
    [InlineData("0 12 * * *", 60, "2025-01-01T12:30:00+05:30", false)]
    [InlineData("0 12 * * *", 60, "2025-01-01T17:30:00+05:30", true)]
    public void A_duration_longer_than_the_pause_never_ends_and_offsets_do_not_matter(string start, int minutes, string at, bool expected) =>
        Assert.Equal(expected, CronWindow.For(start, TimeSpan.FromMinutes(minutes), "UTC").IsActive(At(at)));

    /// <summary>The answer kept from the last question must not show: forwards, backwards and at every edge.</summary>
    [Fact]
    public void The_order_of_questions_does_not_matter()
    {
        var window = CronWindow.Between("30 8 * * 1-5", "0 18 * * 1-5", "America/New_York");
        var moments = Enumerable.Range(0, 14 * 24 * 12).Select(i => At("2026-03-02T00:00:00Z").AddMinutes(5 * i)).ToList();
        var forwards = moments.Select(window.IsActive).ToList();
        var fresh = moments.Select(at => CronWindow.Between("30 8 * * 1-5", "0 18 * * 1-5", "America/New_York").IsActive(at)).ToList();
        var backwards = Enumerable.Reverse(moments).Select(window.IsActive).Reverse().ToList();
        Assert.Equal(fresh, forwards);
        Assert.Equal(fresh, backwards);
        Assert.Equal(10 * 114, forwards.Count(isActive => isActive));
    }

    [Fact]
    public void Edges_are_the_starts_and_ends_in_order() => Assert.Equal(
        ["2026-03-27T07:00", "2026-03-27T17:00", "2026-03-30T06:00", "2026-03-30T16:00"],
        CronWindow.Between("0 8 * * 1-5", "0 18 * * 1-5", "Europe/Berlin").Edges(At("2026-03-27T00:00Z"), At("2026-03-31T00:00Z"))
            .Select(at => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture)));
}
