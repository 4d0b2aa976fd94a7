using System.Buffers;
using System.Globalization;
using System.Text;

namespace SwarmAutoscaler.Measuring.Redis;

/// <summary>
/// Reads replies from bytes as they arrive. What has been read of an unfinished array is kept between calls, so that no byte is looked at twice
/// however small the pieces are. After a <see cref="RespProtocolException"/> nothing sensible can follow: the connection must be closed.
/// </summary>
sealed class RespParser
{
    /// <summary>Arrays within arrays.</summary>
    const int DeepestNesting = 8;

    /// <summary>Values in one reply, the nested ones included.</summary>
    const int MostElements = 1_000_000;

    /// <summary>Bytes in all texts of one reply.</summary>
    const int MostTextBytes = 16 * 1024 * 1024;

    /// <summary>A status, an error, a number or a length.</summary>
    const int LongestLine = 64 * 1024;

    /// <summary>The first byte of what a TLS server says to someone who does not begin with a TLS greeting.</summary>
    const char TlsAlert = '\x15';

    readonly Stack<UnfinishedArray> unfinished = new();
    int elements;
    long textBytes;
    int? awaitedBulk;

    /// <summary>Takes as much as there is of one reply; true when the reply is whole.</summary>
    /// <param name="input">Advanced past what was taken; the rest must be given again, with more bytes behind it.</param>
    /// <param name="reply">The whole reply, else null.</param>
    public bool TryRead(ref ReadOnlySequence<byte> input, out RespValue? reply)
    {
        while (TryReadElement(ref input, out var element))
            if (element is not null && Complete(element) is { } whole)
            {
                (elements, textBytes) = (0, 0);
                reply = whole;
                return true;
            }
        reply = null;
        return false;
    }

    /// <summary>True with a value, or true with null when an array has begun.</summary>
    bool TryReadElement(ref ReadOnlySequence<byte> input, out RespValue? element)
    {
        element = null;
        if (awaitedBulk is { } length)
            return TryReadBulk(ref input, length, out element);
        if (!TryReadLine(ref input, out var kind, out var line))
            return false;
        if (++elements > MostElements)
            throw new RespProtocolException($"a reply of more than {MostElements} values");
        switch (kind)
        {
            case '+': element = new RespText(line); break;
            case '-': element = new RespError(line); break;
            case ':': element = new RespInteger(Number(line)); break;
            case '$': element = BeginBulk(line); return element is not null || TryReadElement(ref input, out element);
            default: element = BeginArray(line); break;
        }
        return true;
    }

    RespValue? Complete(RespValue value)
    {
        while (unfinished.TryPeek(out var array))
        {
            array.Items.Add(value);
            if (array.Items.Count < array.Length)
                return null;
            unfinished.Pop();
            value = new RespArray(array.Items);
        }
        return value;
    }

    RespNull? BeginBulk(string line)
    {
        var length = Number(line);
        if (length == -1)
            return RespNull.Value;
        if (length < 0 || length > MostTextBytes)
            throw new RespProtocolException($"a text of {length} bytes");
        Count(length);
        awaitedBulk = (int)length;
        return null;
    }

    RespValue? BeginArray(string line)
    {
        var length = Number(line);
        if (length == -1)
            return RespNull.Value;
        if (length is < 0 or > MostElements)
            throw new RespProtocolException($"an array of {length} values");
        if (unfinished.Count == DeepestNesting)
            throw new RespProtocolException($"arrays nested deeper than {DeepestNesting}");
        if (length == 0)
            return new RespArray([]);
        unfinished.Push(new UnfinishedArray((int)length));
        return null;
    }

    bool TryReadBulk(ref ReadOnlySequence<byte> input, int length, out RespValue? element)
    {
        element = null;
        if (input.Length < length + 2)
            return false;
        Span<byte> end = stackalloc byte[2];
        input.Slice(length, 2).CopyTo(end);
        if (!end.SequenceEqual("\r\n"u8))
            throw new RespProtocolException("a text without its end");
        element = new RespText(Encoding.UTF8.GetString(input.Slice(0, length)));
        input = input.Slice(length + 2);
        awaitedBulk = null;
        return true;
    }

    bool TryReadLine(ref ReadOnlySequence<byte> input, out char kind, out string line)
    {
        (kind, line) = ('\0', "");
        if (input.IsEmpty)
            return false;
        kind = (char)input.FirstSpan[0];
        // Judged by its first byte, so that a web server on the port is told apart at once and not by a time-out.
        if (kind is not ('+' or '-' or ':' or '$' or '*'))
            throw new RespProtocolException(kind switch
            {
                'H' => "not Redis: it answers like a web server",
                TlsAlert => "it answers in TLS, which a rediss:// URL is for",
                _ => $"a reply that begins with 0x{(int)kind:x2}",
            });
        if (input.PositionOf((byte)'\n') is not { } end)
            return input.Length <= LongestLine ? false : throw new RespProtocolException("a line without an end");
        var bytes = input.Slice(1, end);
        if (bytes.Length > LongestLine)
            throw new RespProtocolException("a line that is too long");
        var text = Encoding.UTF8.GetString(bytes);
        if (!text.EndsWith('\r'))
            throw new RespProtocolException("a line without a carriage return");
        input = input.Slice(input.GetPosition(1, end));
        line = text[..^1];
        if (kind is '+' or '-')
            Count(bytes.Length);
        return true;
    }

    void Count(long bytes)
    {
        if ((textBytes += bytes) > MostTextBytes)
            throw new RespProtocolException($"a reply of more than {MostTextBytes} bytes");
    }

    static long Number(string line) =>
        long.TryParse(line, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : throw new RespProtocolException("a number was expected");

    sealed class UnfinishedArray(int length)
    {
        public int Length { get; } = length;

        /// <summary>Grows with what really arrives; a length is only a claim.</summary>
        public List<RespValue> Items { get; } = [];
    }
}
