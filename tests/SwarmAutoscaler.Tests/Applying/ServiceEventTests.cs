using System.Text;
using Xunit;

namespace SwarmAutoscaler.Applying;

/// <summary>Lines as a real engine wrote them, and what may come instead.</summary>
public sealed class ServiceEventTests
{
    const string Created = """{"Type":"service","Action":"create","Actor":{"ID":"sz6","Attributes":{"name":"web"}},"scope":"swarm","time":1795250636,"timeNano":1795250636040765296}""";
    const string Scaled = """{"Type":"service","Action":"update","Actor":{"ID":"sz6","Attributes":{"name":"web","replicas.new":"3","replicas.old":"1"}},"scope":"swarm","time":1795250639,"timeNano":1795250639046208735}""";
    const string RolledBack = """{"Type":"service","Action":"update","Actor":{"ID":"sz6","Attributes":{"name":"web","replicas.new":"5","replicas.old":"6","updatestate.new":"rollback_started","updatestate.old":"completed"}},"scope":"swarm","time":1795250694,"timeNano":1795250694194436105}""";

    [Fact]
    public async Task What_an_engine_tells_is_understood()
    {
        var events = await ReadAsync($"{Created}\n{Scaled}\n{RolledBack}\n");
        Assert.Equal(
            [
                new ServiceEvent("create", "sz6", "web", At("2026-11-21T08:43:56.0407652Z")),
                new ServiceEvent("update", "sz6", "web", At("2026-11-21T08:43:59.0462087Z")) { Count = new CountWrite(1, 3) },
                new ServiceEvent("update", "sz6", "web", At("2026-11-21T08:44:54.1944361Z")) { Count = new CountWrite(6, 5), Rollout = ("completed", "rollback_started") },
            ],
            events);
    }

    public static TheoryData<string> NoEvents =>
    [
        "", " ", "null", "5", "[]", "{}", "<html>", "{\"Type\":", Scaled[..100], "\u0001\u0002", Scaled.Replace("\"service\"", "\"network\"", StringComparison.Ordinal),
        Scaled.Replace("\"service\"", "5", StringComparison.Ordinal), Scaled.Replace("\"sz6\"", "\"\"", StringComparison.Ordinal), Scaled.Replace("\"sz6\"", "[]", StringComparison.Ordinal),
        Scaled.Replace("\"web\"", "null", StringComparison.Ordinal), Scaled.Replace("1795250639046208735", "\"soon\"", StringComparison.Ordinal),
        Scaled.Replace("\"timeNano\"", "\"when\"", StringComparison.Ordinal), Scaled.Replace("{\"name\"", "[{\"name\"", StringComparison.Ordinal),
        """{"status":"start","id":"c0ffee","Type":"container","Action":"start","Actor":{"ID":"c0ffee","Attributes":{}},"timeNano":1}""",
    ];

    [Theory]
    [MemberData(nameof(NoEvents))]
    public async Task Whatever_else_comes_is_passed_over_and_the_next_line_is_heard(string line) =>
        Assert.Equal(["create", "update"], (await ReadAsync($"{Created}\n{line}\n{Scaled}\n")).Select(told => told.Action));

    [Fact]
    public async Task Bytes_that_are_no_text_are_passed_over()
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes(Scaled.Replace("web", "w", StringComparison.Ordinal)).Select(letter => letter == 'w' ? (byte)0xff : letter), (byte)'\n'];
        Assert.Equal(["create"], (await ReadAsync([.. bytes, .. Encoding.UTF8.GetBytes($"{Created}\n")])).Select(told => told.Action));
    }

    [Fact]
    public async Task A_count_that_is_no_number_is_none()
    {
        var told = Assert.Single(await ReadAsync(Scaled.Replace("\"3\"", "\"many\"", StringComparison.Ordinal) + "\n"));
        Assert.Null(told.Count);
    }

    [Fact]
    public async Task A_line_that_is_cut_off_is_no_event() => Assert.Single(await ReadAsync($"{Created}\n{Scaled}"));

    [Fact]
    public async Task A_line_that_does_not_end_ends_the_stream() =>
        await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(new string('x', 200_000)));

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task A_line_may_come_in_pieces(int size)
    {
        using var pieces = new InPieces(Encoding.UTF8.GetBytes($"{Created}\n{Scaled}\n"), size);
        Assert.Equal(2, (await ReadAsync(pieces)).Count);
    }

    static Task<IReadOnlyList<ServiceEvent>> ReadAsync(string text) => ReadAsync(Encoding.UTF8.GetBytes(text));

    static async Task<IReadOnlyList<ServiceEvent>> ReadAsync(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        return await ReadAsync(stream);
    }

    static async Task<IReadOnlyList<ServiceEvent>> ReadAsync(Stream stream)
    {
        var events = new List<ServiceEvent>();
        await foreach (var told in ServiceEvent.ReadAllAsync(stream, CancellationToken.None))
            events.Add(told);
        return events;
    }

    static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    sealed class InPieces(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(size, buffer.Length)], cancellationToken);
    }
}
