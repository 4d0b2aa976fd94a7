using System.Buffers;
using System.Text;
using Xunit;

namespace SwarmAutoscaler.Measuring.Redis;

public sealed class RespParserTests
{
    const string Everything = "*6\r\n:7\r\n$5\r\na\r\nbc\r\n*2\r\n+OK\r\n*0\r\n$-1\r\n-ERR no\r\n$0\r\n\r\n:-3\r\n$3\r\nz\u00fc\r\n*-1\r\n";
    const string EverythingShown = "[7 'a\r\nbc' ['OK' []] nil !ERR no ''] -3 'z\u00fc' nil";

    [Theory]
    [InlineData("+OK\r\n", "'OK'")]
    [InlineData("+\r\n", "''")]
    [InlineData("-ERR wrong\r\n", "!ERR wrong")]
    [InlineData(":42\r\n", "42")]
    [InlineData(":-1\r\n", "-1")]
    [InlineData(":9223372036854775807\r\n", "9223372036854775807")]
    [InlineData("$5\r\nhello\r\n", "'hello'")]
    [InlineData("$0\r\n\r\n", "''")]
    [InlineData("$-1\r\n", "nil")]
    [InlineData("*-1\r\n", "nil")]
    [InlineData("*0\r\n", "[]")]
    [InlineData("*2\r\n:1\r\n:2\r\n", "[1 2]")]
    [InlineData("*2\r\n*1\r\n*1\r\n:1\r\n+x\r\n", "[[[1]] 'x']")]
    [InlineData(":1\r\n:2\r\n:3\r\n", "1 2 3")]
    [InlineData(Everything, EverythingShown)]
    public void A_reply_is_read_as_the_protocol_says(string bytes, string expected) => Assert.Equal(expected, Read(Encoding.UTF8.GetBytes(bytes)));

    [Fact]
    public void It_does_not_matter_where_the_bytes_are_split()
    {
        var bytes = Encoding.UTF8.GetBytes(Everything);
        for (int first = 0; first <= bytes.Length; first++)
            for (int second = first; second <= bytes.Length; second++)
                Assert.Equal(EverythingShown, Read(bytes[..first], bytes[first..second], bytes[second..]));
        Assert.Equal(EverythingShown, Read([.. bytes.Select(one => new[] { one })]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("$")]
    [InlineData(":1")]
    [InlineData(":1\r")]
    [InlineData("$5\r\nhell")]
    [InlineData("$5\r\nhello\r")]
    [InlineData("*2\r\n:1\r\n")]
    [InlineData("*1000000\r\n")]
    [InlineData("$16777216\r\n")]
    public void What_is_not_whole_is_waited_for(string bytes) => Assert.Equal("", Read(Encoding.UTF8.GetBytes(bytes)));

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n", "not Redis: it answers like a web server")]
    [InlineData("H", "not Redis: it answers like a web server")]
    [InlineData("\x15\x03\x03", "it answers in TLS, which a rediss:// URL is for")]
    [InlineData("_\r\n", "a reply that begins with 0x5f")]
    [InlineData("\0", "a reply that begins with 0x00")]
    [InlineData(":\r\n", "a number was expected")]
    [InlineData(":1.5\r\n", "a number was expected")]
    [InlineData(": 1\r\n", "a number was expected")]
    [InlineData(":9223372036854775808\r\n", "a number was expected")]
    [InlineData(":1\n", "a line without a carriage return")]
    [InlineData("$3\r\nabcde", "a text without its end")]
    [InlineData("$-2\r\n", "a text of -2 bytes")]
    [InlineData("$16777217\r\n", "a text of 16777217 bytes")]
    [InlineData("*-2\r\n", "an array of -2 values")]
    [InlineData("*1000001\r\n", "an array of 1000001 values")]
    [InlineData("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n", "arrays nested deeper than 8")]
    public void What_breaks_the_protocol_or_its_limits_is_refused(string bytes, string expected) =>
        Assert.Equal(expected, (Record.Exception(() => Read(Encoding.UTF8.GetBytes(bytes))) as RespProtocolException)?.Message);

    [Fact]
    public void A_line_without_an_end_is_refused_before_it_fills_the_memory() =>
        Assert.Equal("a line without an end", Assert.Throws<RespProtocolException>(() => Read(Encoding.UTF8.GetBytes("+" + new string('x', 70_000)))).Message);

    [Fact]
    public void The_limits_hold_for_the_whole_of_a_nested_reply_and_begin_anew_with_the_next()
    {
        var million = "*1000\r\n" + string.Concat(Enumerable.Repeat("*1000\r\n" + string.Concat(Enumerable.Repeat(":1\r\n", 1000)), 1000));
        Assert.Equal("a reply of more than 1000000 values", Assert.Throws<RespProtocolException>(() => Read(Encoding.UTF8.GetBytes(million))).Message);

        var half = $"$9000000\r\n{new string('x', 9_000_000)}\r\n";
        Assert.Equal("a reply of more than 16777216 bytes", Assert.Throws<RespProtocolException>(() => Read(Encoding.UTF8.GetBytes("*2\r\n" + half + half))).Message);
        Assert.Equal(18_000_005, Read(Encoding.UTF8.GetBytes(half + half)).Length);
    }

    [Fact]
    public void No_bytes_make_it_fail_in_another_way()
    {
        var random = new Random(20260101);
        var alphabet = "+-:$*\r\n0123456789a\0\xff"u8.ToArray();
        var valid = Encoding.UTF8.GetBytes(Everything);
        int refused = 0, taken = 0;
        for (int round = 0; round < 20_000; round++)
        {
            var bytes = round % 2 == 0
                ? Enumerable.Range(0, random.Next(1, 40)).Select(_ => alphabet[random.Next(alphabet.Length)]).ToArray()
                : [.. valid.Select(one => random.Next(20) == 0 ? (byte)random.Next(256) : one)];
            int cut = random.Next(bytes.Length + 1);
            var exception = Record.Exception(() => Read(bytes[..cut], bytes[cut..]));
            Assert.True(exception is null or RespProtocolException, $"{exception} after {Convert.ToHexString(bytes)}");
            _ = exception is null ? taken++ : refused++;
        }
        Assert.True(refused > 1000 && taken > 1000, $"{refused} refused, {taken} taken");
    }

    /// <summary>All whole replies in the pieces, given one after the other with what was left over in front, in two segments.</summary>
    static string Read(params byte[][] pieces)
    {
        var parser = new RespParser();
        var shown = new List<string>();
        byte[] rest = [];
        foreach (var piece in pieces)
        {
            var input = Joined(rest, piece);
            while (parser.TryRead(ref input, out var reply))
                shown.Add(Show(reply!));
            rest = input.ToArray();
        }
        return string.Join(' ', shown);
    }

    static string Show(RespValue value) => value switch
    {
        RespText text => $"'{text.Text}'",
        RespInteger number => number.Value.ToString(System.Globalization.CultureInfo.InvariantCulture),
        RespError error => $"!{error.Text}",
        RespArray array => $"[{string.Join(' ', array.Items.Select(Show))}]",
        _ => "nil",
    };

    static ReadOnlySequence<byte> Joined(byte[] first, byte[] second)
    {
        if (first.Length == 0)
            return new ReadOnlySequence<byte>(second);
        var head = new Segment(first, null);
        var tail = new Segment(second, head);
        return new ReadOnlySequence<byte>(head, 0, tail, second.Length);
    }

    sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] bytes, Segment? before)
        {
            Memory = bytes;
            if (before is null)
                return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }
}
